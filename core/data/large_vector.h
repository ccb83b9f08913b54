// Vectors of a hundred megabytes, without a page fault for every 4 KB of them.
#pragma once

#include <cstdint>
#include <vector>

#include <sys/mman.h>

namespace hbev {

/// resize() of an empty vector, in huge pages where the system gives them.
template <class T>
void resizeLarge(std::vector<T>& rows, std::size_t size) {
  constexpr std::uintptr_t kPage = std::uintptr_t(2) << 20;
  rows.reserve(size);
  const auto begin = (reinterpret_cast<std::uintptr_t>(rows.data()) + kPage - 1) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(rows.data() + size) / kPage * kPage;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // only a wish
  rows.resize(size);
}

}  // namespace hbev
