// A card made of the processor: it runs the project's CUDA kernels as they are launched, block by block and
// warp by warp, where there is neither a card nor CUDA. A launch that CUDA would refuse is refused, and a
// shuffle that a lane of the warp does not come to is an error, which on a card may as well be a wrong
// number. Addresses are the processor's, so that sanitizers see what kernels read and write.
#pragma once

#include <cstddef>
#include <cstring>
#include <functional>

struct CUstream_st {};

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInsufficientDriver = 35,
  cudaErrorNoDevice = 100,
  cudaErrorNoKernelImageForDevice = 209,
  cudaErrorLaunchFailure = 719
};

struct uint3 {
  unsigned x = 0, y = 0, z = 0;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned across = 1, unsigned down = 1, unsigned deep = 1) : x(across), y(down), z(deep) {}
};

namespace hbev::host_card {

/// The card, as a test wants it. Not to be changed while kernels run.
struct Card {
  int devices = 1;
  bool has_driver = true;
  bool runs_kernels = true;         ///< false: older than those that they were compiled for
  std::size_t memory = ~0UL;        ///< bytes
  std::size_t allocated_bytes = 0;  ///< by all threads
};
Card& card();

// Of the thread that runs.
extern thread_local uint3 threadIdx, blockIdx;
extern thread_local dim3 blockDim;

/// What `kernel<<<grid, block, shared, stream>>>(...)` becomes. The work is done when it returns.
class Launch {
 public:
  Launch(dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st* stream);
  /// `thread` is called once for each thread of the grid.
  void operator()(const std::function<void()>& thread) const;

 private:
  dim3 grid_, block_;
};

cudaError_t kernelProblem();

int laneOfWarp();
/// Waits until all lanes of the warp are here with a value of `bytes`. Returns the value of lane `from`,
/// which stays until this lane comes here again.
const void* meet(unsigned mask, const void* value, std::size_t bytes, int from);

template <class T>
T exchanged(unsigned mask, T value, int from) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  T other;
  std::memcpy(&other, meet(mask, &value, sizeof(T), from), sizeof(T));
  return other;
}

}  // namespace hbev::host_card
