// Writes pickles (protocol 4) that Python and NumPy 1 and 2 load: numbers, text, lists, dictionaries, arrays.
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>

namespace hbev {

/// Values go to the stream in the order of the calls; nothing is kept but the texts of keys. Containers are
/// begun and ended: in a dictionary a key() stands before every value. Stream errors are the caller's to see.
class PickleWriter {
 public:
  explicit PickleWriter(std::ostream& out);

  void none() { operation('N'); }
  void boolean(bool value) { operation(value ? 0x88 : 0x89); }
  void integer(std::int64_t value);
  void number(double value);
  void text(std::string_view value);             ///< UTF-8
  void numbers(std::span<const double> values);  ///< a list

  void beginList();
  void endList() { operation('e'); }
  void beginTuple() { operation('('); }
  void endTuple() { operation('t'); }
  void beginDict();
  void key(std::string_view name);  ///< written once, then by reference
  void endDict() { operation('u'); }

  /// NumPy arrays in C order. Throw std::invalid_argument when the shape does not fit.
  void array(std::span<const double> values, std::span<const std::size_t> shape);        ///< float64
  void array(std::span<const std::int64_t> values, std::span<const std::size_t> shape);  ///< int64
  void array(std::span<const std::uint8_t> values, std::span<const std::size_t> shape);  ///< uint8
  void array(std::span<const Eigen::half> values, std::span<const std::size_t> shape);   ///< float16
  void boolArray(std::span<const std::uint8_t> values);                                  ///< bool [N]
  void textArray(std::span<const std::string> values);                                   ///< <U.. [N]

  /// The end: nothing may follow.
  void finish() { operation('.'); }

 private:
  void operation(int code) { out_.put(char(code)); }
  void littleEndian(std::uint64_t value, int bytes);
  void global(const std::string& module, const std::string& name);
  bool recall(const std::string& name);
  void remember(const std::string& name);
  void dtype(const std::string& code, int item_size, int alignment);
  void rawArray(const std::string& code, int item_size, int alignment, std::span<const std::size_t> shape,
                std::span<const std::byte> elements);

  std::ostream& out_;
  std::map<std::string, std::uint32_t, std::less<>> memo_;
};

}  // namespace hbev
