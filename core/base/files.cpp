#include "core/base/files.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace fs = std::filesystem;

std::vector<std::byte> readFile(const fs::path& file, std::uint64_t max_bytes) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (!fs::exists(status)) {
    throw Error({file.filename().string() + " is missing", file, "a file", "nothing there", {}});
  }
  if (!fs::is_regular_file(status)) {
    throw Error({file.filename().string() + " cannot be read", file, "a file", "a folder or device", {}});
  }
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  // The size of what was opened: the name may mean another file by now.
  const std::streamoff size = stream ? std::streamoff(stream.tellg()) : -1;
  const auto unreadable = [&] {
    return Error({file.filename().string() + " cannot be read",
                  file,
                  {},
                  std::strerror(errno),
                  "Check the permissions and the disk."});
  };
  if (size < 0) throw unreadable();
  if (std::uint64_t(size) > max_bytes) {
    throw Error({file.filename().string() + " is too large",
                 file,
                 fmt::format("at most {} bytes", max_bytes),
                 fmt::format("{} bytes", size),
                 {}});
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  stream.seekg(0);
  if (!stream.read(reinterpret_cast<char*>(bytes.data()), size)) throw unreadable();
  return bytes;
}

fs::path userCacheFolder() {
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache == '/') return fs::path(cache) / "hbevocc-studio";
  const char* const home = std::getenv("HOME");
  return home && *home == '/' ? fs::path(home) / ".cache" / "hbevocc-studio" : fs::path();
}

std::string lastName(const fs::path& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

fs::path temporarySibling(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  return file.parent_path() / fmt::format(".{}.{}.{}.tmp", file.filename().string(), ::getpid(), count++);
}

void publishFile(const fs::path& temporary, const fs::path& file) {
  std::error_code code;
  fs::rename(temporary, file, code);
  if (!code) return;
  const std::string reason = code.message();
  fs::remove(temporary, code);
  throw Error({file.filename().string() + " cannot be written",
               file,
               {},
               reason,
               "Check the permissions of the folder."});
}

void writeFile(const fs::path& file, std::span<const std::byte> bytes) {
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  const fs::path temporary = temporarySibling(file);
  {
    std::ofstream stream(temporary, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    stream.flush();
    if (!stream) {
      const std::string reason = std::strerror(errno);
      stream.close();
      fs::remove(temporary, code);
      throw Error({file.filename().string() + " cannot be written",
                   file,
                   {},
                   reason,
                   "Check the free space and the permissions of the folder."});
    }
  }
  publishFile(temporary, file);
}

void writeFile(const fs::path& file, std::string_view text) {
  writeFile(file, std::as_bytes(std::span(text)));
}

}  // namespace hbev
