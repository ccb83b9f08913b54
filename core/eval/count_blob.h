// Counts as bytes: seven bits a byte, so that the many zeros and small numbers of a frame take one each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hbev {

/// Numbers must not be negative.
std::vector<std::byte> packCounts(std::span<const std::int64_t> counts);
/// Fills `counts`. Throws Error when the bytes hold more, fewer or other than counts.
void unpackCounts(std::span<const std::byte> bytes, std::span<std::int64_t> counts);

}  // namespace hbev
