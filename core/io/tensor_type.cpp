#include "core/io/tensor_type.h"

#include <array>
#include <cstring>

namespace hbev {
namespace {

struct TypeFacts {
  std::string_view name, storage;
  std::size_t bytes;
  std::uint64_t exponent;  // the bits that are all set in NaN and infinity; 0: there are none such
};

constexpr std::array<TypeFacts, kTensorTypes> kFacts{{{"bool", "BoolStorage", 1, 0},
                                                      {"uint8", "ByteStorage", 1, 0},
                                                      {"int8", "CharStorage", 1, 0},
                                                      {"int16", "ShortStorage", 2, 0},
                                                      {"int32", "IntStorage", 4, 0},
                                                      {"int64", "LongStorage", 8, 0},
                                                      {"float16", "HalfStorage", 2, 0x7C00},
                                                      {"bfloat16", "BFloat16Storage", 2, 0x7F80},
                                                      {"float32", "FloatStorage", 4, 0x7F800000},
                                                      {"float64", "DoubleStorage", 8, 0x7FF0000000000000}}};

const TypeFacts& factsOf(TensorType type) {
  return kFacts.at(std::size_t(type));
}

template <class Bits>
std::size_t countWithExponent(std::span<const std::byte> elements, std::uint64_t exponent) {
  const Bits all = Bits(exponent);
  std::size_t count = 0;
  for (std::size_t at = 0; at + sizeof(Bits) <= elements.size(); at += sizeof(Bits)) {
    Bits bits;
    std::memcpy(&bits, &elements[at], sizeof(Bits));
    count += (bits & all) == all;
  }
  return count;
}

}  // namespace

std::string_view tensorTypeName(TensorType type) {
  return factsOf(type).name;
}
std::size_t tensorItemSize(TensorType type) {
  return factsOf(type).bytes;
}
std::string_view storageClassName(TensorType type) {
  return factsOf(type).storage;
}

std::optional<TensorType> tensorTypeOfStorage(std::string_view class_name) {
  for (std::size_t i = 0; i < kFacts.size(); ++i) {
    if (kFacts[i].storage == class_name) return TensorType(i);
  }
  return std::nullopt;
}

std::size_t countNotFinite(TensorType type, std::span<const std::byte> elements) {
  const TypeFacts& facts = factsOf(type);
  if (facts.exponent == 0) return 0;
  if (facts.bytes == 2) return countWithExponent<std::uint16_t>(elements, facts.exponent);
  if (facts.bytes == 4) return countWithExponent<std::uint32_t>(elements, facts.exponent);
  return countWithExponent<std::uint64_t>(elements, facts.exponent);
}

}  // namespace hbev
