// Zip archives around fuzzed members: with right checksums and sizes, so that what is inside gets read.
#pragma once

#include <string>

#include "tests/fuzz/target.h"

namespace hbev::fuzz {

/// `npy` with its elements repeated until there are as many as its header says, unless those take more than
/// `max_bytes`.
std::string filledNpy(std::string_view npy, std::size_t max_bytes);

/// The archive that an input stands for. An input that begins as a zip does is one. Any other is a sequence
/// of members: a byte of flags (1 deflated, 2 wrong checksum, 4 wrong size, 8 filled), a byte that picks the
/// name from `names`, and a piece of .npy. A filled member's elements are repeated until it is as long as its
/// header says (at most `max_filled` bytes): small inputs make whole grids.
std::string archiveOf(const std::uint8_t* data, std::size_t size, std::span<const std::string_view> names,
                      std::size_t max_filled);

}  // namespace hbev::fuzz
