#include "core/base/files.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

/// Whether it is the kernel's name for a file that a process has open.
bool isOpenFile(const fs::path& file) {
  return file == "/dev/stdout" || file == "/dev/stderr" || file.parent_path() == "/dev/fd" ||
         (file.string().starts_with("/proc/") && file.parent_path().filename() == "fd");
}

/// A device, a pipe or a socket, which no file may take the place of; or what a process has open, whatever
/// that is: a shell may have redirected it into a file.
bool isDevice(const fs::path& file) {
  std::error_code code;
  if (isOpenFile(fs::absolute(file, code).lexically_normal())) return fs::exists(file, code);
  const fs::file_status status = fs::status(file, code);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

Error cannotBeWritten(const fs::path& file, const std::string& found,
                      const std::string& advice = "Check the free space and the permissions of the folder.") {
  return Error({(file.empty() ? "A file without a name" : lastName(file)) + " cannot be written",
                file,
                {},
                found,
                advice});
}

/// Throws Error for `wanted` unless a file of the name can be made in `folder` or, while that is not there,
/// in the folder where it would be made.
void tryToWrite(fs::path folder, const fs::path& name, const fs::path& wanted) {
  std::error_code code;
  folder = folder.empty() ? fs::current_path(code) : fs::absolute(folder, code);
  while (!fs::exists(fs::symlink_status(folder, code)) && folder != folder.parent_path())
    folder = folder.parent_path();
  if (!fs::is_directory(folder, code))
    throw cannotBeWritten(wanted, folder.string() + " is no folder", "Choose another place.");
  const fs::path trial = temporarySibling(folder / name);
  const int number = ::open(trial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (number < 0)
    throw cannotBeWritten(wanted, std::strerror(errno), "Check the permissions, or choose another place.");
  ::close(number);
  fs::remove(trial, code);
}

}  // namespace

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
  if (path.empty()) return {};
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

fs::path temporarySibling(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  return file.parent_path() / fmt::format(".{}.{}.{}.tmp", file.filename().string(), ::getpid(), count++);
}

void publishFile(const fs::path& temporary, const fs::path& file) {
  std::error_code code;
  if (isDevice(file)) {
    fs::remove(temporary, code);
    throw cannotBeWritten(file, "a device or a pipe", "Choose a name for a file.");
  }
  fs::rename(temporary, file, code);
  if (!code) return;
  const std::string reason = code.message();
  fs::remove(temporary, code);
  throw cannotBeWritten(file, reason, "Check the permissions of the folder.");
}

void demandWritableFile(const fs::path& file, Devices devices) {
  if (file == "-")
    throw cannotBeWritten(file, "no name of a file", "Standard output is /dev/stdout; a file, ./-.");
  std::error_code code;
  if (fs::is_directory(file, code))
    throw cannotBeWritten(file, "a folder of this name", "Choose another name.");
  if (!file.has_filename()) throw cannotBeWritten(file, "no name of a file", "Choose a name.");
  if (isDevice(file)) {
    if (devices == Devices::Refused)
      throw cannotBeWritten(file, "a device or a pipe", "Choose a name for a file.");
    if (::access(file.c_str(), W_OK) != 0) throw cannotBeWritten(file, std::strerror(errno));
    return;
  }
  tryToWrite(file.parent_path(), file.filename(), file);
}

void demandWritableFolder(const fs::path& folder) {
  tryToWrite(folder, "folder", folder);
}

void writeFile(const fs::path& file, std::span<const std::byte> bytes) {
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  const bool in_place = isDevice(file);
  const fs::path temporary = in_place ? file : temporarySibling(file);
  {
    std::ofstream stream(temporary, in_place ? std::ios::binary | std::ios::app : std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    stream.flush();
    if (!stream) {
      const std::string reason = std::strerror(errno);
      stream.close();
      if (!in_place) fs::remove(temporary, code);
      throw cannotBeWritten(file, reason);
    }
  }
  if (!in_place) publishFile(temporary, file);
}

void writeFile(const fs::path& file, std::string_view text) {
  writeFile(file, std::as_bytes(std::span(text)));
}

}  // namespace hbev
