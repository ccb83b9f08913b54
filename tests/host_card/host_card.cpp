#include "tests/host_card/host_card.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <ucontext.h>
#include <utility>

#include "tests/host_card/include/cuda_runtime.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace hbev::host_card {

thread_local uint3 threadIdx, blockIdx;
thread_local dim3 blockDim;

namespace {

constexpr int kLanes = 32;
constexpr std::size_t kStackBytes = std::size_t(256) << 10;

thread_local cudaError_t last_error = cudaSuccess;

cudaError_t answer(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

/// A stack of its own to be on, and where it was left.
struct Fibre {
  ucontext_t context{};
  std::unique_ptr<char[]> memory;
  const void* stack = nullptr;
  std::size_t stack_bytes = 0;
  void* sanitizers = nullptr;
};

void switchTo(Fibre& from, Fibre& to) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&from.sanitizers, to.stack, to.stack_bytes);
#elif defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(to.sanitizers, 0);
#endif
  swapcontext(&from.context, &to.context);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.sanitizers, nullptr, nullptr);
#endif
}

/// Lanes that run one after the other, each until it waits for the others at a shuffle or is done.
class Warp {
 public:
  Warp() {
#if defined(__SANITIZE_THREAD__)
    main_.sanitizers = __tsan_get_current_fiber();
#endif
    for (Lane& lane : lanes_) {
      lane.fibre.memory = std::make_unique_for_overwrite<char[]>(kStackBytes);
      lane.fibre.stack = lane.fibre.memory.get();
      lane.fibre.stack_bytes = kStackBytes;
#if defined(__SANITIZE_THREAD__)
      lane.fibre.sanitizers = __tsan_create_fiber(0);
#endif
      begin(lane.fibre);
    }
  }
  ~Warp() {
#if defined(__SANITIZE_THREAD__)
    for (Lane& lane : lanes_)
      __tsan_destroy_fiber(lane.fibre.sanitizers);
#endif
  }
  Warp(const Warp&) = delete;
  Warp& operator=(const Warp&) = delete;

  /// Calls `thread` in `count` lanes; the first is thread `first` of the block.
  cudaError_t run(const std::function<void()>& thread, unsigned first, int count) {
    thread_ = &thread;
    for (int i = 0; i < kLanes; ++i)
      lanes_[std::size_t(i)].state = i < count ? State::Runs : State::Done;
    for (;;) {
      for (current_ = 0; current_ < count; ++current_) {
        Lane& lane = lanes_[std::size_t(current_)];
        if (lane.state == State::Done) continue;
        const unsigned index = first + unsigned(current_), row = index / blockDim.x;
        threadIdx = {index % blockDim.x, row % blockDim.y, row / blockDim.y};
        lane.state = State::Runs;
        switchTo(main_, lane.fibre);
      }
      const auto isDone = [](const Lane& lane) { return lane.state == State::Done; };
      if (std::ranges::all_of(lanes_, isDone)) return cudaSuccess;
      const auto waitsLikeTheFirst = [&](const Lane& lane) {
        return lane.state == State::Waits && lane.mask == ~0U && lane.bytes == lanes_[0].bytes &&
               lane.meetings == lanes_[0].meetings;
      };
      if (!std::ranges::all_of(lanes_, waitsLikeTheFirst)) {
        for (Lane& lane : lanes_) {
          lane.meetings = 0;
          begin(lane.fibre);
        }
        return cudaErrorLaunchFailure;
      }
    }
  }

  int lane() const {
    return current_;
  }

  const void* meet(unsigned mask, const void* value, std::size_t bytes, int from) {
    Lane& mine = lanes_[std::size_t(current_)];
    // Lanes read each other's values one after the other: the next one must not lie in the same place.
    const std::size_t place = mine.meetings++ % 2;
    std::memcpy(mine.offered[place].data(), value, bytes);
    mine.mask = mask;
    mine.bytes = bytes;
    mine.state = State::Waits;
    switchTo(mine.fibre, main_);
    return lanes_[std::size_t(from)].offered[place].data();
  }

 private:
  enum class State { Runs, Waits, Done };
  struct Lane {
    Fibre fibre;
    State state = State::Done;
    unsigned mask = 0;
    std::size_t bytes = 0, meetings = 0;
    std::array<std::array<unsigned char, 8>, 2> offered{};
  };

  static void begin(Fibre& fibre) {
    getcontext(&fibre.context);
    fibre.context.uc_stack.ss_sp = fibre.memory.get();
    fibre.context.uc_stack.ss_size = kStackBytes;
    fibre.context.uc_link = nullptr;
    makecontext(&fibre.context, &Warp::runLane, 0);
  }

  static void runLane();
  void runLanes() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(nullptr, &main_.stack, &main_.stack_bytes);
#endif
    for (;;) {
      (*thread_)();
      Lane& mine = lanes_[std::size_t(current_)];
      mine.state = State::Done;
      mine.meetings = 0;
      switchTo(mine.fibre, main_);
    }
  }

  Fibre main_;
  std::array<Lane, kLanes> lanes_;
  const std::function<void()>* thread_ = nullptr;
  int current_ = 0;
};

Warp& warp() {
  static thread_local Warp only;
  return only;
}

void Warp::runLane() {
  warp().runLanes();
}

/// What is allocated on the card, by its first byte.
struct Memory {
  std::mutex mutex;
  std::map<const char*, std::size_t> bytes_of;

  bool holds(const void* data, std::size_t bytes) {
    const std::lock_guard lock(mutex);
    const char* begin = static_cast<const char*>(data);
    auto next = bytes_of.upper_bound(begin);
    if (next == bytes_of.begin()) return false;
    --next;
    return begin + bytes <= next->first + next->second;
  }
};

Memory& memory() {
  static Memory only;
  return only;
}

bool isLaunchable(const dim3& grid, const dim3& block) {
  constexpr unsigned kRows = 65535, kThreads = 1024;
  const auto within = [](const dim3& size, unsigned x, unsigned y, unsigned z) {
    return 1 <= size.x && size.x <= x && 1 <= size.y && size.y <= y && 1 <= size.z && size.z <= z;
  };
  return within(grid, 0x7fffffff, kRows, kRows) && within(block, kThreads, kThreads, 64) &&
         block.x * block.y * block.z <= kThreads;
}

}  // namespace

Card& card() {
  static Card only;
  return only;
}

Launch::Launch(dim3 grid, dim3 block, std::size_t, CUstream_st*) : grid_(grid), block_(block) {}

void Launch::operator()(const std::function<void()>& thread) const {
  if (!isLaunchable(grid_, block_)) {
    answer(cudaErrorInvalidConfiguration);
    return;
  }
  blockDim = block_;
  const unsigned threads = block_.x * block_.y * block_.z;
  // The last block first: a card promises no order.
  for (std::size_t left = std::size_t(grid_.x) * grid_.y * grid_.z; left-- > 0;) {
    blockIdx = {unsigned(left % grid_.x), unsigned(left / grid_.x % grid_.y),
                unsigned(left / grid_.x / grid_.y)};
    for (unsigned first = 0; first < threads; first += kLanes) {
      const int lanes = int(std::min(threads - first, unsigned(kLanes)));
      if (answer(warp().run(thread, first, lanes)) != cudaSuccess) return;
    }
  }
}

cudaError_t kernelProblem() {
  return answer(card().runs_kernels ? cudaSuccess : cudaErrorNoKernelImageForDevice);
}

int laneOfWarp() {
  return warp().lane();
}

const void* meet(unsigned mask, const void* value, std::size_t bytes, int from) {
  return warp().meet(mask, value, bytes, from);
}

}  // namespace hbev::host_card

using hbev::host_card::answer;
using hbev::host_card::card;
using hbev::host_card::memory;

cudaError_t cudaDriverGetVersion(int* version) {
  *version = card().has_driver ? 13000 : 0;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = card().has_driver ? card().devices : 0;
  if (!card().has_driver) return answer(cudaErrorInsufficientDriver);
  return answer(*count > 0 ? cudaSuccess : cudaErrorNoDevice);
}

cudaError_t cudaMalloc(void** allocated, std::size_t bytes) {
  const std::lock_guard lock(memory().mutex);
  if (bytes > card().memory || card().allocated_bytes > card().memory - bytes)
    return answer(cudaErrorMemoryAllocation);
  char* const data = new char[bytes];
  std::memset(data, 0xff, bytes);  // not what a kernel could take for a result
  memory().bytes_of.emplace(data, bytes);
  card().allocated_bytes += bytes;
  *allocated = data;
  return cudaSuccess;
}

cudaError_t cudaFree(void* allocated) {
  if (!allocated) return cudaSuccess;
  const std::lock_guard lock(memory().mutex);
  const auto found = memory().bytes_of.find(static_cast<const char*>(allocated));
  if (found == memory().bytes_of.end()) return answer(cudaErrorInvalidValue);
  card().allocated_bytes -= found->second;
  memory().bytes_of.erase(found);
  delete[] static_cast<char*>(allocated);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind,
                            cudaStream_t stream) {
  // One side is the card's, as everywhere in this project.
  if (!stream || memory().holds(to, bytes) == memory().holds(from, bytes))
    return answer(cudaErrorInvalidValue);
  std::memcpy(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new CUstream_st;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return answer(stream ? cudaSuccess : cudaErrorInvalidValue);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaGetLastError() {
  return std::exchange(hbev::host_card::last_error, cudaSuccess);
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorInsufficientDriver:
      return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorNoKernelImageForDevice:
      return "no kernel image is available for execution on the device";
    case cudaErrorLaunchFailure:
      return "unspecified launch failure";
  }
  return "unrecognized error code";
}
