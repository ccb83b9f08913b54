#include "tests/fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <fmt/format.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
/// Fewer freed bytes are kept back, and shorter stacks: both cost more than most inputs.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=16:malloc_context_size=4";
}
#endif
#endif

namespace hbev::fuzz {
namespace fs = std::filesystem;

namespace {

void writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    require(written > 0, "the fuzzer's own file cannot be written");
    bytes.remove_prefix(std::size_t(written));
  }
}

}  // namespace

void require(bool holds, std::string_view what) {
  if (holds) return;
  fmt::print(stderr, "FINDING: {}\n", what);
  std::abort();
}

void requireReadable(const Error& error) {
  constexpr std::size_t kLongest = 2000;  // characters; what fits into a message box
  require(!error.problem().summary.empty(), "an Error without a summary");
  require(std::string_view(error.what()).size() < kLongest, "an Error as long as a page");
}

bool isOneIn(unsigned n, const std::uint8_t* data, std::size_t size) {
  return ::crc32(0, data, uInt(size)) % n == 0;
}

MemoryFile::MemoryFile() : descriptor_(::memfd_create("fuzz", 0)) {
  require(descriptor_ >= 0, "no file in memory");
  path_ = fmt::format("/proc/self/fd/{}", descriptor_);
}

MemoryFile::~MemoryFile() {
  ::close(descriptor_);
}

void MemoryFile::write(std::string_view bytes) {
  require(::ftruncate(descriptor_, 0) == 0, "the file in memory cannot be emptied");
  ::lseek(descriptor_, 0, SEEK_SET);
  writeAll(descriptor_, bytes);
}

MemoryFolder::MemoryFolder() {
  std::error_code code;
  const fs::path memory = "/dev/shm";
  fs::path parent = fs::is_directory(memory, code) ? memory : fs::temp_directory_path();
  std::string name = (parent / "hbevocc-fuzz-XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "no folder for the fuzzer's files");
  path_ = name;
}

MemoryFolder::~MemoryFolder() {
  std::error_code code;
  fs::remove_all(path_, code);
}

void MemoryFolder::write(const fs::path& name, std::string_view bytes) const {
  const fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  const int descriptor = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  require(descriptor >= 0, "the fuzzer's own file cannot be opened");
  writeAll(descriptor, bytes);
  ::close(descriptor);
}

std::uint8_t Pieces::byte() {
  if (rest_.empty()) return 0;
  const auto value = std::uint8_t(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint16_t Pieces::word() {
  const std::uint8_t low = byte();
  return std::uint16_t(low | byte() << 8);
}

std::string_view Pieces::piece() {
  const std::size_t wanted = word();
  const std::size_t size = std::min(wanted, rest_.size());
  const std::string_view piece = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return piece;
}

}  // namespace hbev::fuzz
