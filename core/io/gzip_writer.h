// Writes a gzip file as a stream; it appears whole when it is closed.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>

namespace hbev {

class GzipWriter {
 public:
  /// Writes beside `file` until close(); parent folders are made. Throws Error.
  explicit GzipWriter(const std::filesystem::path& file);
  /// Without close() nothing is left.
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  std::ostream& stream() { return *stream_; }
  /// Throws Error when anything could not be written.
  void close();

 private:
  class Buffer;
  std::filesystem::path file_, temporary_;
  std::unique_ptr<Buffer> buffer_;
  std::unique_ptr<std::ostream> stream_;
};

}  // namespace hbev
