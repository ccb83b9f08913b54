// What the elements of a tensor in a file are: PyTorch's types that hold numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hbev {

enum class TensorType : std::uint8_t {
  Bool,
  UInt8,
  Int8,
  Int16,
  Int32,
  Int64,
  Float16,
  BFloat16,
  Float32,
  Float64
};

inline constexpr std::size_t kTensorTypes = 10;

/// PyTorch's name: "float32", "bfloat16".
std::string_view tensorTypeName(TensorType type);
/// Bytes of one element.
std::size_t tensorItemSize(TensorType type);
/// The type of a storage class of PyTorch: "FloatStorage" is Float32.
std::optional<TensorType> tensorTypeOfStorage(std::string_view class_name);
/// The class name of `type`'s storages in PyTorch.
std::string_view storageClassName(TensorType type);

/// How many of these little-endian elements are NaN or infinite; 0 for whole numbers.
std::size_t countNotFinite(TensorType type, std::span<const std::byte> elements);

}  // namespace hbev
