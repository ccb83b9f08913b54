#include "core/eval/count_blob.h"

#include <string>

#include "core/base/error.h"

namespace hbev {
namespace {

[[noreturn]] void throwDamaged(std::size_t counts, std::size_t bytes) {
  throw Error({"Counts of a frame are damaged",
               {},
               std::to_string(counts) + " numbers",
               std::to_string(bytes) + " bytes that are not these",
               "Evaluate again, into another file."});
}

}  // namespace

std::vector<std::byte> packCounts(std::span<const std::int64_t> counts) {
  std::vector<std::byte> bytes;
  bytes.reserve(counts.size() + counts.size() / 2);
  for (const std::int64_t count : counts) {
    auto rest = std::uint64_t(count);
    for (; rest >= 0x80; rest >>= 7)
      bytes.push_back(std::byte(0x80 | (rest & 0x7F)));
    bytes.push_back(std::byte(rest));
  }
  return bytes;
}

void unpackCounts(std::span<const std::byte> bytes, std::span<std::int64_t> counts) {
  constexpr int kMostBits = 49;  // what is larger was never counted
  std::size_t at = 0;
  for (std::int64_t& count : counts) {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      if (at == bytes.size() || shift >= kMostBits) throwDamaged(counts.size(), bytes.size());
      const auto byte = std::uint64_t(bytes[at++]);
      value |= (byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) break;
    }
    count = std::int64_t(value);
  }
  if (at != bytes.size()) throwDamaged(counts.size(), bytes.size());
}

}  // namespace hbev
