// An allocator of the processor's tensors, written once for all versions of LibTorch.
#pragma once

#include <cstddef>

#include <c10/core/Allocator.h>
#include <torch/version.h>

namespace hbev {

/// What takes memory and what gives it back are functions of others.
class CpuAllocator : public at::Allocator {
 public:
  using Take = at::DataPtr (*)(std::size_t bytes);
  CpuAllocator(Take take, at::DeleterFnPtr give_back) : take_(take), give_back_(give_back) {}

#if TORCH_VERSION_MAJOR >= 2
  at::DataPtr allocate(std::size_t bytes) override {
    return take_(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
#else
  at::DataPtr allocate(std::size_t bytes) const override {
    return take_(bytes);
  }
#endif
  at::DeleterFnPtr raw_deleter() const override {
    return give_back_;
  }

 private:
  Take take_;
  at::DeleterFnPtr give_back_;
};

}  // namespace hbev
