#include "core/ops/memory.h"

#include <cstdlib>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/mman.h>

#include "core/ops/cpu_allocator.h"

namespace hbev {
namespace {

constexpr std::size_t kSmallest = std::size_t(1) << 20;
constexpr std::size_t kPage = std::size_t(2) << 20;  // a huge one: a thousandth of the page faults

/// Blocks of whole huge pages. Safe to use from several threads.
class Pool {
 public:
  void* take(std::size_t bytes) {
    const std::size_t size = (bytes + kPage - 1) / kPage * kPage;
    const std::lock_guard lock(mutex_);
    // A block that is a little too large does as well.
    const auto fitting = kept_.lower_bound(size);
    if (fitting != kept_.end() && fitting->first <= size + size / 4) {
      void* block = fitting->second;
      used_.emplace(block, fitting->first);
      kept_.erase(fitting);
      return block;
    }
    void* block = nullptr;
    if (posix_memalign(&block, kPage, size) != 0) {
      giveBack();
      if (posix_memalign(&block, kPage, size) != 0) throw std::bad_alloc();
    }
    madvise(block, size, MADV_HUGEPAGE);  // fails harmlessly where there are none
    used_.emplace(block, size);
    return block;
  }

  /// False when the block is not of this pool.
  bool release(void* block) {
    const std::lock_guard lock(mutex_);
    const auto entry = used_.find(block);
    if (entry == used_.end()) return false;
    if (users_ > 0) {
      kept_.emplace(entry->second, block);
    } else {
      std::free(block);
    }
    used_.erase(entry);
    return true;
  }

  void enter() {
    const std::lock_guard lock(mutex_);
    ++users_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--users_ == 0) giveBack();
  }
  bool inUse() {
    const std::lock_guard lock(mutex_);
    return users_ > 0;
  }

 private:
  void giveBack() {
    for (const auto& [size, block] : kept_)
      std::free(block);
    kept_.clear();
  }

  std::mutex mutex_;
  int users_ = 0;
  std::multimap<std::size_t, void*> kept_;
  std::unordered_map<void*, std::size_t> used_;
};

/// Never destroyed: tensors of static storage may outlive everything else.
Pool& pool() {
  static Pool& only = *new Pool;
  return only;
}

void release(void* block) {
  if (!pool().release(block)) c10::free_cpu(block);
}

at::DataPtr take(std::size_t bytes) {
  if (bytes < kSmallest || !pool().inUse()) {
    void* block = c10::alloc_cpu(bytes);
    return {block, block, &c10::free_cpu, at::Device(at::kCPU)};
  }
  void* block = pool().take(bytes);
  return {block, block, &release, at::Device(at::kCPU)};
}

}  // namespace

MemoryReuse::MemoryReuse() {
  static std::once_flag once;
  std::call_once(once, [] {
    static CpuAllocator& only = *new CpuAllocator(&take, &release);
    c10::SetCPUAllocator(&only);
  });
  pool().enter();
}

MemoryReuse::~MemoryReuse() {
  pool().leave();
}

}  // namespace hbev
