// Zip archives: members by name, read with a bound, written by rename.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hbev {

/// Reads a zip (stored or deflated, zip64 too). Sizes that the archive claims are never trusted for
/// allocation.
class ZipReader {
 public:
  struct Member {
    std::string name;
    std::uint64_t claimed_size = 0;  ///< Uncompressed bytes, as the archive says; absent sizes are 0.
  };

  /// Throws Error when `file` is absent or no zip archive.
  explicit ZipReader(std::filesystem::path file);
  ~ZipReader();
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;

  const std::vector<Member>& members() const { return members_; }

  /// The most bytes that read() hands on at once.
  static constexpr std::size_t kPiece = 1 << 16;

  /// Reads member `index` from its start: `consume` gets pieces in order and says whether to go on. Throws
  /// Error when the member is damaged (checksum, truncation) or compressed in a way that is not supported.
  void read(std::size_t index, const std::function<bool(std::span<const std::byte>)>& consume,
            std::size_t piece_bytes = kPiece) const;

  /// As read(), in one call and much faster: the bytes [skip, size) of a member that is `size` bytes long.
  /// nullopt where that is impossible; read() then says why. Allocates no more than an archive of this length
  /// can hold.
  std::optional<std::vector<std::byte>> readWhole(std::size_t index, std::size_t size,
                                                  std::size_t skip) const;

 private:
  std::filesystem::path file_;
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::vector<Member> members_;
};

/// Writes a zip archive. Nothing is at `file` before close() has succeeded.
class ZipWriter {
 public:
  explicit ZipWriter(std::filesystem::path file);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void add(const std::string& name, std::vector<std::byte> bytes, bool deflate);
  /// Writes and renames. Throws Error.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hbev
