// CVPR 2024's ray submissions: a gzipped pickle, put into a right gzip file so that the pickle gets read. An
// input that begins as gzip does is the file itself.
#include <algorithm>
#include <zlib.h>

#include "core/data/predictions/ray_submission.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

constexpr std::size_t kMaxUnpacked = std::size_t(2) << 20;
constexpr std::string_view kRun = "\xFE\xFERUN";  // then three bytes of count and four to repeat
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::MemoryFolder folder;
  const std::string_view text = fuzz::textOf(data, size);
  folder.write("submission.gz", text.starts_with("\x1F\x8B") ? std::string(text) : gzipped(withRuns(text)));
  fuzz::readOrRefuse([&] {
    const auto submission = RaySubmission::open(folder.path() / "submission.gz");
    std::size_t read = 0;
    for (const std::string& token : submission->tokens()) {
      if (++read > 4) break;
      fuzz::readOrRefuse([&] {
        const RayPrediction rays = submission->read(token);
        fuzz::require(rays.distances_m.size() == rays.labels.size(), "a distance for each ray");
        fuzz::require(rays.flow_mps.size() == 2 * rays.labels.size(), "a flow for each ray");
        if (size % 8 != 0) return;  // the voxels of a whole grid take a hundred times as long as the rays
        static const RayFan fan = fanOf(1);
        const Occupancy occupancy = occupancyOfRays(rays, fan);
        fuzz::require(std::ranges::max(occupancy.semantics) <= occupancy.classes->free(),
                      "classes of the set");
      });
    }
  });
  return 0;
}
