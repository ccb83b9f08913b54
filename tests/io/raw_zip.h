// Zip archives byte by byte, so that a test can let them lie.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hbev::test {

struct RawMember {
  std::string name;
  std::string data;                             ///< as it lies in the archive
  std::uint16_t method = 0;                     ///< 0 stored, 8 deflated
  std::optional<std::uint32_t> claimed_size{};  ///< of the content; that of `data` without it
  std::optional<std::uint32_t> claimed_crc{};   ///< that of `data` without it
};

/// An archive of `members`.
std::string rawZip(const std::vector<RawMember>& members);

/// Writes an archive of `members` to `file`.
void writeRawZip(const std::filesystem::path& file, const std::vector<RawMember>& members);

/// `start`, then `zeros` zero bytes (a multiple of 1 MiB), deflated.
std::string deflatedZeros(const std::string& start, std::uint64_t zeros);

/// `content` deflated.
std::string deflated(const std::string& content);

/// An .npy of version 1.0: the dictionary `header` as it is given, then `data`.
std::string rawNpy(const std::string& header, const std::string& data);

std::uint32_t crc32Of(const std::string& content);

}  // namespace hbev::test
