// A real race between threads: ThreadSanitizer must report it in spite of what tests/tsan.supp suppresses.
// (In tasks of TBB it cannot: see there.)
#include <cstdio>
#include <thread>

int main() {
  int count = 0;
  const auto add = [&count] {
    for (int i = 0; i < 100'000; ++i)
      count += i;
  };
  { const std::jthread first(add), second(add); }
  std::printf("%d\n", count);
  return 0;
}
