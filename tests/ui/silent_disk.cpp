#undef _FORTIFY_SOURCE  // its own open() would be in the way of ours
#include "tests/ui/silent_disk.h"

#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace hbev::ui::test {
namespace {

struct Disk {
  std::mutex mutex;
  std::condition_variable answers;
  std::string folder;  ///< empty: every disk answers
  std::thread::id window;
  int waiting = 0;
  std::string asked;
};

Disk& theDisk() {
  static auto* const disk = new Disk;  // threads that are left ask until the process has ended
  return *disk;
}

/// Whoever comes here has called `function` for `path`.
void arrive(std::string_view function, std::string_view path) {
  Disk& disk = theDisk();
  std::unique_lock lock(disk.mutex);
  if (disk.folder.empty() || !path.starts_with(disk.folder)) return;
  if (std::this_thread::get_id() == disk.window) {
    disk.asked.append(function).append(" ").append(path).append("\n");
    return;
  }
  ++disk.waiting;
  disk.answers.wait(lock, [&] { return disk.folder.empty(); });
  --disk.waiting;
}

/// The C library's own.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

SilentDisk::SilentDisk(const std::filesystem::path& folder) {
  Disk& disk = theDisk();
  const std::lock_guard lock(disk.mutex);
  disk.folder = folder.string();
  disk.window = std::this_thread::get_id();
  disk.asked.clear();
}

SilentDisk::~SilentDisk() {
  answer();
}

void SilentDisk::answer() {
  Disk& disk = theDisk();
  const std::lock_guard lock(disk.mutex);
  disk.folder.clear();
  disk.answers.notify_all();
}

bool SilentDisk::holdsSomebody() const {
  const std::lock_guard lock(theDisk().mutex);
  return theDisk().waiting > 0;
}

std::string SilentDisk::askedHere() const {
  const std::lock_guard lock(theDisk().mutex);
  return theDisk().asked;
}

}  // namespace hbev::ui::test

// What asks a disk for a path: by the standard library, by Qt, and by the program itself.
#define HBEV_ASKS(result, name, parameters, arguments, rest)                    \
  extern "C" result name parameters rest {                                      \
    hbev::ui::test::arrive(#name, path);                                        \
    static auto* const theirs = hbev::ui::test::real<result parameters>(#name); \
    return theirs arguments;                                                    \
  }
#define HBEV_OPENS(name)                                                                 \
  extern "C" int name(const char* path, int flags, ...) {                                \
    va_list more;                                                                        \
    va_start(more, flags);                                                               \
    const auto mode = mode_t(va_arg(more, int));                                         \
    va_end(more);                                                                        \
    hbev::ui::test::arrive(#name, path);                                                 \
    static auto* const theirs = hbev::ui::test::real<int(const char*, int, ...)>(#name); \
    return theirs(path, flags, mode);                                                    \
  }

#define HBEV_OPENS_AT(name)                                                                   \
  extern "C" int name(int at, const char* path, int flags, ...) {                             \
    va_list more;                                                                             \
    va_start(more, flags);                                                                    \
    const auto mode = mode_t(va_arg(more, int));                                              \
    va_end(more);                                                                             \
    hbev::ui::test::arrive(#name, path);                                                      \
    static auto* const theirs = hbev::ui::test::real<int(int, const char*, int, ...)>(#name); \
    return theirs(at, path, flags, mode);                                                     \
  }

HBEV_OPENS(open)
HBEV_OPENS(open64)
HBEV_OPENS_AT(openat)
HBEV_OPENS_AT(openat64)
// As _FORTIFY_SOURCE has them called, in libraries of the system above all.
HBEV_ASKS(int, __open_2, (const char* path, int flags), (path, flags), )
HBEV_ASKS(int, __open64_2, (const char* path, int flags), (path, flags), )
HBEV_ASKS(int, __openat_2, (int at, const char* path, int flags), (at, path, flags), )
HBEV_ASKS(int, __openat64_2, (int at, const char* path, int flags), (at, path, flags), )
HBEV_ASKS(char*, __realpath_chk, (const char* path, char* resolved, std::size_t size),
          (path, resolved, size), )
HBEV_ASKS(ssize_t, __readlink_chk, (const char* path, char* target, std::size_t length, std::size_t size),
          (path, target, length, size), )
HBEV_ASKS(FILE*, fopen, (const char* path, const char* mode), (path, mode), )
HBEV_ASKS(FILE*, fopen64, (const char* path, const char* mode), (path, mode), )
HBEV_ASKS(DIR*, opendir, (const char* path), (path), )
HBEV_ASKS(int, stat, (const char* path, struct stat* found), (path, found), noexcept)
HBEV_ASKS(int, stat64, (const char* path, struct stat64* found), (path, found), noexcept)
HBEV_ASKS(int, lstat, (const char* path, struct stat* found), (path, found), noexcept)
HBEV_ASKS(int, lstat64, (const char* path, struct stat64* found), (path, found), noexcept)
HBEV_ASKS(int, statx, (int at, const char* path, int flags, unsigned mask, struct statx* found),
          (at, path, flags, mask, found), noexcept)
HBEV_ASKS(int, access, (const char* path, int mode), (path, mode), noexcept)
HBEV_ASKS(int, statvfs, (const char* path, struct statvfs* found), (path, found), noexcept)
HBEV_ASKS(int, statvfs64, (const char* path, struct statvfs64* found), (path, found), noexcept)
HBEV_ASKS(int, mkdir, (const char* path, mode_t mode), (path, mode), noexcept)
HBEV_ASKS(int, rename, (const char* path, const char* to), (path, to), noexcept)
HBEV_ASKS(int, unlink, (const char* path), (path), noexcept)
HBEV_ASKS(char*, realpath, (const char* path, char* resolved), (path, resolved), noexcept)
HBEV_ASKS(ssize_t, readlink, (const char* path, char* target, std::size_t size), (path, target, size),
          noexcept)
HBEV_ASKS(int, rmdir, (const char* path), (path), noexcept)
HBEV_ASKS(int, remove, (const char* path), (path), noexcept)
HBEV_ASKS(int, unlinkat, (int at, const char* path, int flags), (at, path, flags), noexcept)
HBEV_ASKS(int, renameat2, (int at, const char* path, int to_at, const char* to, unsigned flags),
          (at, path, to_at, to, flags), noexcept)
HBEV_ASKS(int, chmod, (const char* path, mode_t mode), (path, mode), noexcept)
HBEV_ASKS(int, fchmodat, (int at, const char* path, mode_t mode, int flags), (at, path, mode, flags),
          noexcept)
HBEV_ASKS(int, truncate, (const char* path, off_t size), (path, size), noexcept)
HBEV_ASKS(int, utimensat, (int at, const char* path, const timespec* times, int flags),
          (at, path, times, flags), noexcept)
