// NumPy's .npz archives: named arrays in a zip. Members that hold objects or text are skipped, never
// unpickled.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/io/npy.h"
#include "core/io/zip.h"

namespace hbev {

/// An opened .npz. Arrays are read when asked for.
class NpzReader {
 public:
  /// Throws Error when the file is absent or no zip.
  explicit NpzReader(const std::filesystem::path& file);

  /// Names of all members, without ".npy", in the archive's order.
  std::vector<std::string> names() const;
  bool contains(const std::string& name) const { return index_.contains(name); }
  /// The header alone. Throws Error when there is no such member or it is malformed.
  NpyHeader header(const std::string& name) const;
  /// The array. Memory is reserved by what the header says, bounded by `max_bytes`, and never by what the zip
  /// claims. Throws Error: absent, malformed, not numbers, too large, truncated, or with bytes left over.
  NpyArray read(const std::string& name, std::size_t max_bytes = std::size_t(1) << 30) const;

 private:
  std::size_t member(const std::string& name) const;

  std::filesystem::path file_;
  ZipReader zip_;
  std::map<std::string, std::size_t> index_;
};

/// Writes arrays into one .npz; the file appears whole at close().
class NpzWriter {
 public:
  /// `deflate` compresses as numpy.savez_compressed does.
  NpzWriter(const std::filesystem::path& file, bool deflate);

  template <class T>
  void add(const std::string& name, std::span<const T> values, std::initializer_list<std::size_t> shape) {
    const std::vector<std::size_t> extents(shape);
    zip_.add(name + ".npy", formatNpy<T>(values, extents), deflate_);
  }
  void close() { zip_.close(); }

 private:
  ZipWriter zip_;
  bool deflate_;
};

}  // namespace hbev
