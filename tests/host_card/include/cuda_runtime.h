// What the project's .cu files take from CUDA, on the host card (tests/host_card/host_card.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "tests/host_card/host_card.h"

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(threads)

using cudaStream_t = CUstream_st*;
enum cudaMemcpyKind { cudaMemcpyDefault = 4 };
enum : unsigned { cudaStreamNonBlocking = 1 };
struct cudaFuncAttributes {};

cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaMalloc(void** memory, std::size_t bytes);
cudaError_t cudaFree(void* memory);
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaGetLastError();
const char* cudaGetErrorString(cudaError_t error);

template <class T>
cudaError_t cudaMalloc(T** memory, std::size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(memory), bytes);
}

template <class Kernel>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes*, Kernel*) {
  return hbev::host_card::kernelProblem();
}

using hbev::host_card::blockDim;
using hbev::host_card::blockIdx;
using hbev::host_card::threadIdx;

template <class T>
T __shfl_sync(unsigned mask, T value, int lane) {
  return hbev::host_card::exchanged(mask, value, lane & 31);
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance) {
  const int lane = hbev::host_card::laneOfWarp(), from = lane + int(distance);
  return hbev::host_card::exchanged(mask, value, from < 32 ? from : lane);
}

/// Threads of the host card run one at a time.
template <class T>
T atomicAdd(T* to, T value) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  const T before = *to;
  *to += value;
  return before;
}
