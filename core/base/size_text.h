// Sizes of files and memory in words, the same everywhere.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace hbev {

inline constexpr std::uint64_t kMegabyte = 1000000;

/// "640 MB", "7.6 GB", "24 GB": in powers of 1000, as the units say and as disks and drivers are sold by.
inline std::string sizeText(std::uint64_t bytes) {
  const double gigabytes = double(bytes) / 1e9;
  if (gigabytes >= 9.95) return fmt::format("{:.0f} GB", gigabytes);
  if (gigabytes >= 0.9995) return fmt::format("{:.1f} GB", gigabytes);
  return fmt::format("{:.0f} MB", double(bytes) / double(kMegabyte));
}

}  // namespace hbev
