// Ends the program with a sentence where a limit of its address space (ulimit -v) leaves too little for its
// libraries: OpenBLAS, which OpenCV brings along, takes memory before main(), and asks again for ever when it
// is refused.
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <sched.h>
#include <string_view>
#include <unistd.h>

#include <sys/mman.h>

namespace hbev {
namespace {

// What the libraries took before main(): OpenBLAS' buffer and what the others begin with, and for each
// further thread of an OpenBLAS that starts its own a buffer and a stack.
constexpr std::size_t kLibraryBytes = 320'000'000, kThreadBytes = 145'000'000;

/// How many threads OpenBLAS starts before main(); at most 128.
std::size_t openblasThreads() {
  const auto kind = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
  constexpr int kOwnThreads = 1;
  cpu_set_t bound;
  CPU_ZERO(&bound);
  if (!kind || kind() != kOwnThreads || sched_getaffinity(0, sizeof(bound), &bound) != 0) return 0;
  constexpr int kMost = 128;  // as Debian builds it
  const int processors = CPU_COUNT(&bound);
  return std::size_t(processors < kMost ? processors : kMost) - 1;
}

/// Nothing is begun yet, not even the standard library: only the kernel is asked.
void demandLibraryRoom(int, char**, char**) {
  if (!dlsym(RTLD_DEFAULT, "openblas_get_parallel")) return;
  const std::size_t needed = kLibraryBytes + kThreadBytes * openblasThreads();
  void* const room = mmap(nullptr, needed, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room != MAP_FAILED) {
    munmap(room, needed);
    return;
  }
  constexpr std::string_view kSentence =
      "error: The limit of this process's memory leaves too little for the program's libraries. "
      "Raise the limit: `ulimit -v unlimited` takes it away.\n";
  _exit(write(STDERR_FILENO, kSentence.data(), kSentence.size()) < 0 ? 2 : 1);
}

// The dynamic linker calls what a program puts here before the libraries' own beginnings.
[[gnu::section(".preinit_array"), gnu::used]] void (*const kBeforeLibraries)(int, char**,
                                                                             char**) = demandLibraryRoom;

}  // namespace
}  // namespace hbev
