// Hashes as text: names of cached files, and what a file's content was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hbev {

/// 16 lower-case hexadecimal digits.
std::string hexText(std::uint64_t value);

/// The XXH3 hash of these bytes: 16 hexadecimal digits, enough to tell versions of one thing apart.
std::string hashText(std::string_view bytes);

/// The same with 128 bits, 32 digits: for what must never be taken for another.
std::string longHashText(std::string_view bytes);

}  // namespace hbev
