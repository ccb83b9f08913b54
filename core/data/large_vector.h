// Vectors of a hundred megabytes, without a page fault for every 4 KB of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <sys/mman.h>
#include <tbb/parallel_for.h>

namespace hbev {

/// resize() of an empty vector, in huge pages where the system gives them, which all cores ask it for.
template <class T>
void resizeLarge(std::vector<T>& rows, std::size_t size) {
  constexpr std::uintptr_t kPage = std::uintptr_t(2) << 20;
  rows.reserve(size);
  const auto begin = (reinterpret_cast<std::uintptr_t>(rows.data()) + kPage - 1) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(rows.data() + size) / kPage * kPage;
  if (begin < end) {  // wishes, which a system may refuse
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
    constexpr std::uintptr_t kStretch = 8 * kPage;
    tbb::parallel_for(begin, end, kStretch, [=](std::uintptr_t at) {
      ::madvise(reinterpret_cast<void*>(at), std::min(kStretch, end - at), MADV_POPULATE_WRITE);
    });
  }
  rows.resize(size);
}

}  // namespace hbev
