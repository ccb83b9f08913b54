#include "core/io/gzip_writer.h"

#include <streambuf>
#include <system_error>
#include <zlib.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {

/// zlib's file as a stream's buffer; zlib has a buffer of its own.
class GzipWriter::Buffer : public std::streambuf {
 public:
  explicit Buffer(const std::filesystem::path& file) : file_(gzopen(file.c_str(), "wb6")) {}
  ~Buffer() override { close(); }

  bool isOpen() const { return file_ != nullptr; }
  bool close() {
    const bool closed = file_ == nullptr || gzclose(file_) == Z_OK;
    file_ = nullptr;
    return closed;
  }

 protected:
  int_type overflow(int_type letter) override {
    const auto byte = traits_type::to_char_type(letter);
    return xsputn(&byte, 1) == 1 ? letter : traits_type::eof();
  }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    constexpr std::streamsize kMostAtOnce = 1 << 24;  // zlib counts in int
    std::streamsize written = 0;
    while (file_ && written < count) {
      const int done = gzwrite(file_, bytes + written, unsigned(std::min(kMostAtOnce, count - written)));
      if (done <= 0) break;
      written += done;
    }
    return written;
  }

 private:
  gzFile file_;
};

GzipWriter::GzipWriter(const std::filesystem::path& file) : file_(file), temporary_(temporarySibling(file)) {
  std::error_code ignored;  // opening tells
  std::filesystem::create_directories(std::filesystem::absolute(file).parent_path(), ignored);
  buffer_ = std::make_unique<Buffer>(temporary_);
  if (!buffer_->isOpen()) throw Error({"The file cannot be written", file, {}, {}, "Choose another folder."});
  stream_ = std::make_unique<std::ostream>(buffer_.get());
}

GzipWriter::~GzipWriter() {
  stream_.reset();
  if (!buffer_) return;
  buffer_.reset();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void GzipWriter::close() {
  const bool written = stream_->good();
  stream_.reset();
  const bool closed = buffer_->close();
  buffer_.reset();
  if (!written || !closed) {
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);
    throw Error({"The file could not be written", file_, {}, {}, "Is the disk full?"});
  }
  publishFile(temporary_, file_);
}

}  // namespace hbev
