// NumPy's .npy format, versions 1 to 3: all integer, boolean and float types, C and Fortran order.
// Format: numpy.lib.format. Object arrays (pickles) and structured types are recognised and never read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

namespace hbev {

/// What an .npy file says of itself.
struct NpyHeader {
  char kind = 'u';            ///< NumPy's letter: b boolean, i, u, f; U and S text; O and V cannot be read
  std::size_t item_size = 1;  ///< bytes of one element
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<std::size_t> shape;  ///< empty for a single number
  std::size_t data_offset = 0;     ///< bytes from the start of the file to the first element

  std::size_t count() const;  ///< elements; checked against overflow when parsed
  std::size_t byteCount() const { return count() * item_size; }
  bool isNumber() const { return kind == 'b' || kind == 'i' || kind == 'u' || kind == 'f'; }
  /// "uint8 [200, 200, 16]", for messages
  std::string description() const;
};

/// The most bytes that a header may take; NumPy writes 64 to a few hundred.
inline constexpr std::size_t kMaxNpyHeader = 1 << 16;

/// Whether these first bytes of a file are enough for parseNpyHeader() to accept or to refuse it.
bool holdsNpyHeader(std::span<const std::byte> bytes);

/// Parses the header at the start of `bytes` (at least the header, the elements may be cut off). `name` is
/// for messages. Throws Error on a bad magic number, an unknown version, a malformed dictionary or type, or a
/// shape whose size overflows.
NpyHeader parseNpyHeader(std::span<const std::byte> bytes, const std::string& name);

/// An array of numbers in memory, C order, native byte order.
class NpyArray {
 public:
  /// No elements.
  NpyArray() = default;
  /// Takes the elements of a file as they lie there; they are brought to C order and native byte order.
  /// Throws Error when `elements` is not exactly header.byteCount() long.
  NpyArray(NpyHeader header, std::vector<std::byte> elements, const std::string& name);

  const std::vector<std::size_t>& shape() const { return header_.shape; }
  std::size_t count() const { return header_.count(); }
  const NpyHeader& header() const { return header_; }
  bool hasShape(std::initializer_list<std::size_t> shape) const;

  /// The elements as T: uint8_t, int32_t, int64_t, float, double. Integers that T cannot hold and fractions
  /// that would be lost in an integer throw Error; floats narrow to float silently.
  template <class T>
  std::vector<T> values() const;
  /// The elements themselves when they are of type T already, else nothing.
  template <class T>
  std::span<const T> view() const;

 private:
  NpyHeader header_{.shape = {0}};
  std::vector<std::byte> elements_;
  std::string name_;
};

/// Reads a whole .npy image. Throws Error also when bytes follow or are missing.
NpyArray parseNpy(std::span<const std::byte> bytes, const std::string& name);

/// An .npy image (version 1.0, C order) of `values` with `shape`. T: uint8_t, int32_t, int64_t, float,
/// double, Eigen::half.
template <class T>
std::vector<std::byte> formatNpy(std::span<const T> values, std::span<const std::size_t> shape);

}  // namespace hbev
