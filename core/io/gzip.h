// Unpacks gzip files (.gz) with a bound. Format: RFC 1952; several members one behind the other are one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "core/base/progress.h"

namespace hbev {

/// True when `bytes` begin as a gzip file does.
bool isGzip(std::span<const std::byte> bytes);

/// Gives the unpacked bytes in order, piece by piece; `consume` says whether to go on. Throws Error: damaged,
/// truncated, or anything but gzip.
void gunzip(std::span<const std::byte> packed,
            const std::function<bool(std::span<const std::byte>)>& consume);

/// Everything unpacked. Throws Error also when that is more than `max_bytes`.
std::vector<std::byte> gunzip(std::span<const std::byte> packed, std::uint64_t max_bytes);

/// Unpacks `file` to `target`, which appears whole, by rename: for what is too large for memory.
void gunzipToFile(const std::filesystem::path& file, const std::filesystem::path& target,
                  std::uint64_t max_bytes, Progress* progress = nullptr);

}  // namespace hbev
