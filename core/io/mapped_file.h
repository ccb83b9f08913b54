// A file's bytes without reading it: mapped into memory, read only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace hbev {

/// Valid as long as it lives; can be moved. The file must not be shortened meanwhile (files of ours never
/// are: they are replaced by rename).
class MappedFile {
 public:
  /// Throws Error when the file is absent, unreadable, no regular file, or larger than `max_bytes`.
  MappedFile(const std::filesystem::path& file, std::uint64_t max_bytes);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace hbev
