// Reading files with a bound, and writing them so that nobody ever sees half of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hbev {

/// The whole file. Throws Error when it is absent, unreadable, or larger than `max_bytes`.
std::vector<std::byte> readFile(const std::filesystem::path& file, std::uint64_t max_bytes);

/// Writes a temporary file beside `file` and renames it, so that `file` is either the old or the new one,
/// whole. Parent folders are made. What is no file, such as /dev/stdout or a pipe, is added to as it is.
/// Throws Error.
void writeFile(const std::filesystem::path& file, std::span<const std::byte> bytes);
void writeFile(const std::filesystem::path& file, std::string_view text);

/// Throws Error unless a file can be written there, or a folder be made: for what is written at the end of
/// long work. It is tried, and leaves nothing. "-" is refused: here it means no standard output. Devices and
/// pipes are to be refused for what is not written by writeFile().
enum class Devices { Allowed, Refused };
void demandWritableFile(const std::filesystem::path& file, Devices devices = Devices::Allowed);
void demandWritableFolder(const std::filesystem::path& folder);

/// The folder for files that can be regenerated: $XDG_CACHE_HOME/hbevocc-studio or ~/.cache/hbevocc-studio;
/// empty when neither is set to an absolute path. The folder may not exist yet.
std::filesystem::path userCacheFolder();

/// The last part of a path for people, also of one that ends in a slash or is a dot: "results-8f".
/// Empty of an empty one.
std::string lastName(const std::filesystem::path& path);

/// The name that writeFile() uses until the rename: beside `file`, different for every process and call.
std::filesystem::path temporarySibling(const std::filesystem::path& file);

/// Renames `temporary` to `file`; removes it and throws Error when that fails, or when it would take the
/// place of a device or a pipe.
void publishFile(const std::filesystem::path& temporary, const std::filesystem::path& file);

}  // namespace hbev
