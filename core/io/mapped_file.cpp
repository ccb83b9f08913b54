#include "core/io/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/error.h"

namespace hbev {
namespace {

Error unreadable(const std::filesystem::path& file, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file, "a readable file", found, {}});
}

/// Closes a file descriptor at the end of its scope; the mapping stays.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& file, std::uint64_t max_bytes) {
  // Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (descriptor.number() < 0 || ::fstat(descriptor.number(), &status) != 0)
    throw unreadable(file, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw unreadable(file, "no regular file");
  const auto size = std::uint64_t(status.st_size);
  if (size > max_bytes) {
    throw Error({file.filename().string() + " is too large",
                 file,
                 "at most " + std::to_string(max_bytes) + " bytes",
                 std::to_string(size) + " bytes",
                 {}});
  }
  if (size == 0) return;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.number(), 0);
  if (address == MAP_FAILED) throw unreadable(file, std::strerror(errno));
  bytes_ = {static_cast<const std::byte*>(address), std::size_t(size)};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace hbev
