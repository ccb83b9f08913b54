// A real race between TBB's threads: ThreadSanitizer must report it in spite of what tests/tsan.supp
// suppresses.
#include <cstdio>
#include <vector>

#include <tbb/parallel_for.h>

int main() {
  std::vector<int> counts(4);
  tbb::parallel_for(0, 100'000, [&](int i) { counts[std::size_t(i) % counts.size()] += i; });
  std::printf("%d\n", counts[0]);
  return 0;
}
