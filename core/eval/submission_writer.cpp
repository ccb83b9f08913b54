#include "core/eval/submission_writer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/error.h"
#include "core/eval/caster.h"
#include "core/eval/ray_ends.h"

namespace hbev {
namespace {

std::vector<Eigen::half> halves(const std::vector<float>& values) {
  std::vector<Eigen::half> rounded(values.size());
  std::ranges::transform(values, rounded.begin(), [](float value) { return Eigen::half(value); });
  return rounded;
}

}  // namespace

RayPrediction raysOf(const Occupancy& occupancy, std::span<const Eigen::Vector3d> origins) {
  if (occupancy.classes != &ClassSet::openocc()) {
    throw Error({.summary = "A ray submission needs OpenOcc's classes",
                 .file = {},
                 .expected = "openocc",
                 .found = std::string(occupancy.classes->name()),
                 .advice = "Choose a configuration for OpenOcc."});
  }
  const RayEnds ends = castEnds(occupancy, origins);
  RayPrediction prediction{ends.label, ends.distance_m, std::vector<float>(2 * ends.size(), 0.0F)};
  for (std::size_t i = 0; i < ends.flow_mps.size(); ++i)
    std::ranges::copy(ends.flow_mps[i], prediction.flow_mps.begin() + std::ptrdiff_t(2 * i));
  return prediction;
}

SubmissionWriter::SubmissionWriter(const std::filesystem::path& file, const std::string& method,
                                   const std::string& team)
    : gzip_(file), pickle_(gzip_.stream()) {
  pickle_.beginDict();
  const std::array<std::pair<const char*, const std::string*>, 2> words{
      {{"method", &method}, {"team", &team}}};
  for (const auto& [name, word] : words) {
    pickle_.key(name);
    pickle_.text(*word);
  }
  pickle_.key("authors");
  pickle_.beginList();
  pickle_.endList();
  for (const char* name : {"e-mail", "institution / company", "country / region"}) {
    pickle_.key(name);
    pickle_.text("");
  }
  pickle_.key("results");
  pickle_.beginDict();
}

void SubmissionWriter::add(const std::string& token, const RayPrediction& prediction) {
  const std::size_t rays = prediction.labels.size();
  const std::array<std::size_t, 2> pairs{rays, 2};
  pickle_.key(token);
  pickle_.beginDict();
  pickle_.key("pcd_cls");
  pickle_.array(std::span<const std::uint8_t>(prediction.labels), std::span(&rays, 1));
  pickle_.key("pcd_dist");
  pickle_.array(std::span<const Eigen::half>(halves(prediction.distances_m)), std::span(&rays, 1));
  pickle_.key("pcd_flow");
  pickle_.array(std::span<const Eigen::half>(halves(prediction.flow_mps)), pairs);
  pickle_.endDict();
}

void SubmissionWriter::close() {
  pickle_.endDict();
  pickle_.endDict();
  pickle_.finish();
  gzip_.close();
}

}  // namespace hbev
