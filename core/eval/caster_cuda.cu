// Casting on a card: one thread per ray, all origins of a frame at once. The voxels (640 KB) lie in the
// second-level cache; neighbouring threads are neighbouring rays, which walk about equally far.
#include <algorithm>
#include <cuda_runtime.h>

#include "core/eval/device_launch.h"

namespace hbev {

struct DeviceWork {
  static constexpr std::size_t kVoxels =
      std::size_t(cast_body::Voxels::kX) * cast_body::Voxels::kY * cast_body::Voxels::kZ;
  cudaStream_t stream = nullptr;
  std::uint8_t* semantics = nullptr;
  double* origins_m = nullptr;
  float* rays = nullptr;
  cast_body::Answer* answers = nullptr;
  std::size_t origin_room = 0, ray_room = 0, answer_room = 0;
};

namespace {

constexpr unsigned kThreadsOfBlock = 128;

__global__ void __launch_bounds__(kThreadsOfBlock)
    castKernel(cast_body::Voxels voxels, const double* origins_m, const float* rays, unsigned ray_count,
               cast_body::Answer* answers) {
  const unsigned ray = blockIdx.x * blockDim.x + threadIdx.x;
  if (ray >= ray_count) return;
  const std::size_t origin = blockIdx.y;
  answers[origin * ray_count + ray] = cast_body::castRay(voxels, origins_m + 3 * origin, rays + 3 * ray);
}

template <class T>
cudaError_t grow(T*& memory, std::size_t& room, std::size_t wanted) {
  if (wanted <= room) return cudaSuccess;
  cudaFree(memory);
  memory = nullptr;
  room = 0;
  const cudaError_t error = cudaMalloc(&memory, wanted * sizeof(T));
  if (error == cudaSuccess) room = wanted;
  return error;
}

const char* wordsOf(cudaError_t error) {
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}

cudaError_t cast(DeviceWork& work, const cast_body::Voxels& voxels, const double* origins_m,
                 std::size_t origins, const float* rays, std::size_t ray_count, cast_body::Answer* answers) {
  std::size_t voxel_room = work.semantics ? DeviceWork::kVoxels : 0;
  const auto copy = [&](void* to, const void* from, std::size_t bytes) {
    return cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, work.stream);
  };
  cudaError_t error = cudaSuccess;
  const auto go = [&](cudaError_t next) { error = error == cudaSuccess ? next : error; };
  if (!work.stream) go(cudaStreamCreateWithFlags(&work.stream, cudaStreamNonBlocking));
  go(grow(work.semantics, voxel_room, DeviceWork::kVoxels));
  go(grow(work.origins_m, work.origin_room, 3 * origins));
  go(grow(work.rays, work.ray_room, 3 * ray_count));
  go(grow(work.answers, work.answer_room, origins * ray_count));
  if (error != cudaSuccess) return error;
  go(copy(work.semantics, voxels.semantics, DeviceWork::kVoxels));
  go(copy(work.origins_m, origins_m, 3 * origins * sizeof(double)));
  go(copy(work.rays, rays, 3 * ray_count * sizeof(float)));
  if (error != cudaSuccess) return error;
  const dim3 blocks((unsigned(ray_count) + kThreadsOfBlock - 1) / kThreadsOfBlock, unsigned(origins));
  castKernel<<<blocks, kThreadsOfBlock, 0, work.stream>>>({work.semantics, voxels.free}, work.origins_m,
                                                          work.rays, unsigned(ray_count), work.answers);
  go(cudaGetLastError());
  go(copy(answers, work.answers, origins * ray_count * sizeof(cast_body::Answer)));
  go(cudaStreamSynchronize(work.stream));
  return error;
}

}  // namespace

const char* deviceProblem() {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess) return cudaGetErrorString(error);
  return devices > 0 ? nullptr : "no CUDA card";
}

DeviceWork* makeDeviceWork() {
  return new DeviceWork;
}

void freeDeviceWork(DeviceWork* work) {
  if (!work) return;
  for (void* memory : {static_cast<void*>(work->semantics), static_cast<void*>(work->origins_m),
                       static_cast<void*>(work->rays), static_cast<void*>(work->answers)})
    cudaFree(memory);
  if (work->stream) cudaStreamDestroy(work->stream);
  delete work;
}

const char* castOnDevice(DeviceWork& work, const cast_body::Voxels& voxels, const double* origins_m,
                         std::size_t origins, const float* rays, std::size_t ray_count,
                         cast_body::Answer* answers) {
  if (origins == 0 || ray_count == 0) return nullptr;
  return wordsOf(cast(work, voxels, origins_m, origins, rays, ray_count, answers));
}

}  // namespace hbev
