#include "core/data/predictions/ray_submission.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/data/predictions/pickle_file.h"

namespace hbev {

namespace {

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kMaxOriginsOfSubmission = 64;  // the metric takes eight
// Distances end where a ray leaves its voxel; half-precision numbers are off by up to 0.016 m at 40 m.
constexpr float kBackIntoVoxel_m = 0.05F;

Error unusable(const std::string& token, std::string expected, std::string found) {
  return Error({"The rays of " + token + " cannot be used", {}, std::move(expected), std::move(found), {}});
}

/// The array of that name, whose shape must be [count] or [count, 2]; any count when 0.
const PickleValue& arrayOf(const PickleValue& arrays, const char* name, std::size_t count, bool pairs,
                           const std::string& token) {
  const PickleValue* value = arrays.find(name);
  if (!value || !value->isArray()) {
    throw unusable(token, fmt::format("an array called {}", name), value ? value->description() : "none");
  }
  const std::vector<std::size_t>& shape = value->header().shape;
  const bool fits = value->header().isNumber() && shape.size() == (pairs ? 2U : 1U) &&
                    (count == 0 || shape[0] == count) && (!pairs || shape[1] == 2);
  if (fits) return *value;
  const std::string rows = count ? std::to_string(count) : "N";
  throw unusable(token, fmt::format("{} [{}{}]", name, rows, pairs ? ", 2" : ""), value->description());
}

std::size_t rayCount(const PickleValue& arrays, const std::string& token) {
  const std::size_t count = arrayOf(arrays, "pcd_cls", 0, false, token).header().shape[0];
  if (count % kSubmissionRays == 0 && count / kSubmissionRays <= kMaxOriginsOfSubmission) return count;
  throw unusable(token,
                 fmt::format("a multiple of {} rays, up to {}", kSubmissionRays,
                             kSubmissionRays * kMaxOriginsOfSubmission),
                 std::to_string(count));
}

/// A name that somebody gave: short, and nothing that makes a terminal do things.
std::string textAt(const PickleValue& root, const char* key) {
  const PickleValue* value = root.find(key);
  if (!value || !value->isText()) return {};
  std::string text(value->text().substr(0, kLongestName));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char letter) { return std::iscntrl(letter) || letter > 126; },
      '?');
  return text;
}

bool allFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

std::shared_ptr<const RaySubmission> RaySubmission::open(const std::filesystem::path& file,
                                                         Progress* progress) {
  return fromPickle(file, PickleShelf(progress).open(file));
}

std::shared_ptr<const RaySubmission> RaySubmission::fromPickle(const std::filesystem::path& file,
                                                               std::shared_ptr<const Pickle> pickle) {
  auto submission = std::make_shared<RaySubmission>();
  submission->file_ = file;
  submission->pickle_ = std::move(pickle);
  const PickleValue& root = submission->pickle_->root();
  const PickleValue* named = root.find("results");
  const PickleValue& results = named && named->isDict() ? *named : root;
  const auto isResult = [](const PickleEntry& entry) {
    return entry.key.isText() && entry.value.isDict() && entry.value.find("pcd_cls");
  };
  if (!results.isDict() || results.entries().empty() || !isResult(results.entries().front())) {
    throw Error({file.filename().string() + " is no ray submission",
                 file,
                 "results with pcd_cls, pcd_dist and pcd_flow for every sample token",
                 root.description(),
                 {}});
  }
  submission->method_ = textAt(root, "method");
  submission->team_ = textAt(root, "team");
  for (const PickleEntry& entry : results.entries()) {
    if (!entry.key.isText()) continue;
    std::string token(entry.key.text());
    if (submission->results_.insert_or_assign(token, entry.value).second)
      submission->tokens_.push_back(std::move(token));
  }
  return submission;
}

const PickleValue& RaySubmission::arrays(const std::string& token) const {
  const auto found = results_.find(token);
  if (found != results_.end()) return found->second;
  throw Error({"The submission has no rays for this keyframe", file_, token, "no such token", {}});
}

void RaySubmission::check(const std::string& token) const {
  aboutFile(file_, [&] {
    const PickleValue& values = arrays(token);
    const std::size_t count = rayCount(values, token);
    arrayOf(values, "pcd_dist", count, false, token);
    arrayOf(values, "pcd_flow", count, true, token);
  });
}

RayPrediction RaySubmission::read(const std::string& token) const {
  check(token);
  return aboutFile(file_, [&] {
    const PickleValue& values = arrays(token);
    RayPrediction prediction{values.at("pcd_cls").array().values<std::uint8_t>(),
                             values.at("pcd_dist").array().values<float>(),
                             values.at("pcd_flow").array().values<float>()};
    if (!allFinite(prediction.distances_m) || !allFinite(prediction.flow_mps))
      throw unusable(token, "finite distances and flow", "NaN or infinity");
    const auto largest = std::max_element(prediction.labels.begin(), prediction.labels.end());
    if (largest != prediction.labels.end() && *largest > ClassSet::openocc().free())
      throw unusable(token, "class numbers 0 to 16", std::to_string(*largest));
    return prediction;
  });
}

namespace {

using Votes = std::array<std::uint16_t, 17>;

/// Winner's number by voxel; free where nobody voted.
std::uint8_t winnerOf(const Votes& votes) {
  const auto most = std::max_element(votes.begin(), votes.end());
  return *most == 0 ? ClassSet::openocc().free() : std::uint8_t(most - votes.begin());
}

/// The voxel in which ray `i` ends, or nothing when it meets nothing or ends outside.
std::optional<std::size_t> endVoxel(const RayPrediction& prediction, const RayFan& fan, std::size_t i,
                                    const GridSpec& grid) {
  if (prediction.labels[i] == ClassSet::openocc().free()) return std::nullopt;
  const Eigen::Vector3d point =
      fan.origins[i / fan.rays.size()] +
      double(prediction.distances_m[i] - kBackIntoVoxel_m) * fan.rays[i % fan.rays.size()].cast<double>();
  const std::optional<Eigen::Vector3i> voxel = grid.voxelAt(point);
  return voxel ? std::optional(grid.index(*voxel)) : std::nullopt;
}

}  // namespace

Occupancy occupancyOfRays(const RayPrediction& prediction, const RayFan& fan) {
  const std::size_t rays = fan.origins.size() * fan.rays.size();
  if (rays != prediction.labels.size() || rays == 0) {
    throw Error({"The rays do not belong to this keyframe",
                 {},
                 fmt::format("{} rays from {} origins", rays, fan.origins.size()),
                 std::to_string(prediction.labels.size()),
                 "Open the data set (tables with lidar poses) that the submission was made for."});
  }
  Occupancy occupancy;
  const GridSpec& grid = occupancy.grid;
  std::unordered_map<std::size_t, Votes> votes;
  for (std::size_t i = 0; i < rays; ++i) {
    if (const auto voxel = endVoxel(prediction, fan, i, grid)) {
      std::uint16_t& count = votes.try_emplace(*voxel).first->second[prediction.labels[i]];
      if (count < UINT16_MAX) ++count;
    }
  }
  occupancy.semantics.assign(grid.size(), occupancy.classes->free());
  for (const auto& [voxel, counts] : votes)
    occupancy.semantics[voxel] = winnerOf(counts);
  occupancy.flow.assign(2 * grid.size(), 0.0F);
  for (std::size_t i = 0; i < rays; ++i) {
    const auto voxel = endVoxel(prediction, fan, i, grid);
    if (!voxel || prediction.labels[i] != occupancy.semantics[*voxel]) continue;
    const float share = 1.0F / float(votes.at(*voxel)[prediction.labels[i]]);
    occupancy.flow[2 * *voxel] += share * prediction.flow_mps[2 * i];
    occupancy.flow[2 * *voxel + 1] += share * prediction.flow_mps[2 * i + 1];
  }
  return occupancy;
}

}  // namespace hbev
