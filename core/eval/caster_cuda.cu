// Casting on a card: one thread per ray, all origins of a frame at once. The voxels (640 KB) lie in the
// second-level cache; neighbouring threads are neighbouring rays, which walk about equally far.
#include <cuda_runtime.h>

#include "core/eval/device_launch.h"

namespace hbev {
namespace {

using cast_body::Answer;
using cast_body::Voxels;

constexpr unsigned kThreadsOfBlock = 128;
constexpr std::size_t kVoxels = std::size_t(Voxels::kX) * Voxels::kY * Voxels::kZ;

__global__ void __launch_bounds__(kThreadsOfBlock)
    castKernel(Voxels voxels, const double* origins_m, const float* rays, std::size_t ray_count,
               std::size_t answer_count, Answer* answers) {
  // One dimension holds them all: the others of a grid end at 65535.
  const std::size_t index = std::size_t(blockIdx.x) * blockDim.x + threadIdx.x;
  if (index >= answer_count) return;
  answers[index] =
      cast_body::castRay(voxels, origins_m + 3 * (index / ray_count), rays + 3 * (index % ray_count));
}

/// Numbers on the card.
template <class T>
class CardArray {
 public:
  CardArray() = default;
  ~CardArray() { cudaFree(data_); }
  CardArray(const CardArray&) = delete;
  CardArray& operator=(const CardArray&) = delete;

  T* data() const { return data_; }

  /// Room for `count` numbers, whatever they are.
  cudaError_t makeRoom(std::size_t count) {
    if (count <= room_) return cudaSuccess;
    cudaFree(data_);
    data_ = nullptr;
    room_ = 0;
    const cudaError_t error = cudaMalloc(&data_, count * sizeof(T));
    if (error == cudaSuccess) room_ = count;
    return error;
  }

 private:
  T* data_ = nullptr;
  std::size_t room_ = 0;
};

/// A later launch must not be blamed for this error.
const char* wordsOf(cudaError_t error) {
  if (error == cudaSuccess) return nullptr;
  cudaGetLastError();
  return cudaGetErrorString(error);
}

class CudaWork final : public DeviceWork {
 public:
  ~CudaWork() override {
    if (stream_) cudaStreamDestroy(stream_);
  }

  const char* cast(const Voxels& voxels, const double* origins_m, std::size_t origins, const float* rays,
                   std::size_t ray_count, Answer* answers) override {
    if (origins == 0 || ray_count == 0) return nullptr;
    return wordsOf(run(voxels, origins_m, origins, rays, ray_count, answers));
  }

 private:
  template <class T>
  cudaError_t copy(T* to, const T* from, std::size_t count) {
    return cudaMemcpyAsync(to, from, count * sizeof(T), cudaMemcpyDefault, stream_);
  }

  cudaError_t run(const Voxels& voxels, const double* origins_m, std::size_t origins, const float* rays,
                  std::size_t ray_count, Answer* answers) {
    const std::size_t answer_count = origins * ray_count;
    cudaError_t error = cudaSuccess;
    const auto go = [&](cudaError_t next) { error = error == cudaSuccess ? next : error; };
    if (!stream_) go(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
    go(semantics_.makeRoom(kVoxels));
    go(origins_.makeRoom(3 * origins));
    go(rays_.makeRoom(3 * ray_count));
    go(answers_.makeRoom(answer_count));
    if (error != cudaSuccess) return error;
    go(copy(semantics_.data(), voxels.semantics, kVoxels));
    go(copy(origins_.data(), origins_m, 3 * origins));
    go(copy(rays_.data(), rays, 3 * ray_count));
    if (error != cudaSuccess) return error;
    const auto blocks = static_cast<unsigned>((answer_count + kThreadsOfBlock - 1) / kThreadsOfBlock);
    castKernel<<<blocks, kThreadsOfBlock, 0, stream_>>>({semantics_.data(), voxels.free}, origins_.data(),
                                                        rays_.data(), ray_count, answer_count,
                                                        answers_.data());
    go(cudaGetLastError());
    if (error == cudaSuccess) go(copy(answers, answers_.data(), answer_count));
    go(cudaStreamSynchronize(stream_));
    return error;
  }

  cudaStream_t stream_ = nullptr;
  CardArray<std::uint8_t> semantics_;
  CardArray<double> origins_;
  CardArray<float> rays_;
  CardArray<Answer> answers_;
};

const char* cudaProblem() {
  int driver = 0, devices = 0;
  // CUDA calls a driver that is missing one that is too old.
  if (cudaDriverGetVersion(&driver) == cudaSuccess && driver == 0) return "no NVIDIA driver";
  if (const char* problem = wordsOf(cudaGetDeviceCount(&devices))) return problem;
  if (devices == 0) return "no CUDA card";
  // A card older than those that the kernel was compiled for, or one that refuses more work, answers, too.
  cudaFuncAttributes attributes{};
  return wordsOf(cudaFuncGetAttributes(&attributes, castKernel));
}

}  // namespace

RayCard cudaRayCard() {
  return {cudaProblem, []() -> std::unique_ptr<DeviceWork> { return std::make_unique<CudaWork>(); }};
}

}  // namespace hbev
