#include "core/base/hash_text.h"

#include <xxhash.h>

#include <fmt/format.h>

namespace hbev {

std::string hexText(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

std::string hashText(std::string_view bytes) {
  return hexText(XXH3_64bits(bytes.data(), bytes.size()));
}

std::string longHashText(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return hexText(hash.high64) + hexText(hash.low64);
}

}  // namespace hbev
