// CVPR 2024's ray submissions: a pickle, read out of memory and now and then out of a right gzip file around
// it. An input that begins as gzip does is the file itself.
#include <algorithm>
#include <zlib.h>

#include "core/data/predictions/ray_submission.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

constexpr std::size_t kMaxUnpacked = std::size_t(512) << 10;  // two keyframes of one origin
constexpr std::string_view kRun = "\xFE\xFERUN";              // then three bytes of count and four to repeat
constexpr std::size_t kUnit = 4;

/// Rays come by tens of thousands: runs of bytes stand in inputs as their counts.
std::string withRuns(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(kRun), text.size());
    whole += text.substr(0, at);
    text.remove_prefix(at);
    if (text.size() < kRun.size() + 3 + kUnit) return whole + std::string(text);
    fuzz::Pieces run(reinterpret_cast<const std::uint8_t*>(text.data()) + kRun.size(), 3);
    const std::size_t low = run.word(), count = low | std::size_t(run.byte()) << 16;
    const std::size_t begin = whole.size(), end = std::min(begin + count * kUnit, kMaxUnpacked);
    if (begin < end) whole += text.substr(kRun.size() + 3, kUnit);
    while (whole.size() < end)
      whole.append(whole, begin, end - whole.size());
    text.remove_prefix(kRun.size() + 3 + kUnit);
  }
  return whole;
}

std::string gzipped(const std::string& content) {
  z_stream stream{};
  fuzz::require(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib works");
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = uInt(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

RayFan fanOf(std::size_t origins) {
  RayFan fan;
  fan.origins.assign(origins, Eigen::Vector3d(0.5, 0, 1.8));
  for (std::size_t i = 0; i < kSubmissionRays; ++i)
    fan.rays.push_back(Eigen::Vector3f(float(i % 7) - 3, float(i % 11) - 5, -0.5F).normalized());
  return fan;
}

/// What of a keyframe is looked at: 56,000 numbers take ten times as long as their headers, and the voxels of
/// a whole grid a hundred times as long as those.
enum class Depth { Headers, Numbers, Voxels };

void visit(const RaySubmission& submission, Depth depth) {
  constexpr std::size_t kKeyframes = 2;
  const std::vector<std::string>& tokens = submission.tokens();
  for (std::size_t i = 0; i < std::min(tokens.size(), kKeyframes); ++i) {
    fuzz::readOrRefuse([&] {
      submission.check(tokens[i]);
      if (depth == Depth::Headers) return;
      const RayPrediction rays = submission.read(tokens[i]);
      fuzz::require(rays.distances_m.size() == rays.labels.size(), "a distance for each ray");
      fuzz::require(rays.flow_mps.size() == 2 * rays.labels.size(), "a flow for each ray");
      if (depth != Depth::Voxels) return;
      static const RayFan fan = fanOf(1);
      const Occupancy occupancy = occupancyOfRays(rays, fan);
      fuzz::require(std::ranges::max(occupancy.semantics) <= occupancy.classes->free(), "classes of the set");
    });
  }
}

void readFile(const std::string& content) {
  static const fuzz::MemoryFolder folder;
  folder.write("submission.gz", content);
  fuzz::readOrRefuse([&] { visit(*RaySubmission::open(folder.path() / "submission.gz"), Depth::Numbers); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::textOf(data, size);
  if (text.starts_with("\x1F\x8B")) {
    readFile(std::string(text));
    return 0;
  }
  const std::string unpacked = withRuns(text);
  const bool is_rare = fuzz::isOneIn(256, data, size);
  fuzz::readOrRefuse([&] {
    auto pickle = std::make_shared<const Pickle>(readPickle(std::as_bytes(std::span(unpacked))));
    const Depth depth = is_rare                        ? Depth::Voxels
                        : fuzz::isOneIn(8, data, size) ? Depth::Numbers
                                                       : Depth::Headers;
    visit(*RaySubmission::fromPickle("submission.pkl", std::move(pickle)), depth);
  });
  if (is_rare) readFile(gzipped(unpacked));
  return 0;
}
