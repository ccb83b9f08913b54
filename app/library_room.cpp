// Ends the program with a sentence where a limit of its address space (ulimit -v) leaves too little for its
// libraries: OpenBLAS, which OpenCV brings along, takes memory before main(), and asks again for ever when it
// is refused.
#include <charconv>
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

/// A variable's whole number; 0 where it is not set, has none, or a negative one.
int numberOf(std::string_view variable, char* const* environment) {
  for (; *environment; ++environment) {
    const std::string_view entry = *environment;
    if (!entry.starts_with(variable) || entry.substr(variable.size(), 1) != "=") continue;
    int number = 0;
    const std::string_view text = entry.substr(variable.size() + 1);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number < 0 ? 0 : number;
  }
  return 0;
}

/// How many threads OpenBLAS starts before main() beside the first; at most 127.
std::size_t openblasThreads(char* const* environment) {
  const auto kind = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
  constexpr int kOwnThreads = 1;
  cpu_set_t bound;
  CPU_ZERO(&bound);
  if (!kind || kind() != kOwnThreads || sched_getaffinity(0, sizeof(bound), &bound) != 0) return 0;
  constexpr int kMost = 128;  // as Debian builds it
  int threads = CPU_COUNT(&bound);
  // It obeys the first of these that is set, as long as there are so many processors.
  for (const char* variable : {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"}) {
    const int wanted = numberOf(variable, environment);
    if (wanted == 0) continue;
    if (wanted < threads) threads = wanted;
    break;
  }
  return std::size_t(threads < kMost ? threads : kMost) - 1;
}

/// Nothing is begun yet, not even the standard library: only the kernel is asked.
void demandLibraryRoom(int, char**, char** environment) {
  if (!dlsym(RTLD_DEFAULT, "openblas_get_parallel")) return;
  const std::size_t needed = kLibraryBytes + kThreadBytes * openblasThreads(environment);
  void* const room = mmap(nullptr, needed, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room != MAP_FAILED) {
    munmap(room, needed);
    return;
  }
  constexpr std::string_view kSentence =
      "error: The limit of this process's memory leaves too little for the program's libraries. "
      "Start it from a shell without the limit (ulimit -v), or set OPENBLAS_NUM_THREADS=1.\n";
  _exit(write(STDERR_FILENO, kSentence.data(), kSentence.size()) < 0 ? 2 : 1);
}

// The dynamic linker calls what a program puts here before the libraries' own beginnings.
[[gnu::section(".preinit_array"), gnu::used]] void (*const kBeforeLibraries)(int, char**,
                                                                             char**) = demandLibraryRoom;

}  // namespace
}  // namespace hbev
