// File names of readings, kept small: nuScenes' names differ only in the time stamp, which the row has
// anyway.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hbev {

/// A stretch of a text that holds many words.
struct TextSpan {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

/// A name, or what is left of it without the time stamp.
struct FileName {
  static constexpr std::uint32_t kWhole = 0xFFFFFFFF;

  TextSpan text;
  std::uint32_t stamp_at = kWhole;  ///< where in the text the time stamp's digits go; kWhole: nowhere
};

/// The name that belongs to a time stamp. `text` is what `name.text` points into.
std::string fullName(const FileName& name, std::string_view text, std::int64_t timestamp_us);

/// Collects names. 2.7 million of them are 250 MB; without their time stamps a few thousand differ.
class FileNames {
 public:
  /// The number of the name, the same for names that differ in their time stamp only. Throws Error beyond 4
  /// GB.
  std::uint32_t add(std::string_view name, std::int64_t timestamp_us);
  /// Takes the names of `other` over; the result says which number each has here.
  std::vector<std::uint32_t> merge(const FileNames& other);

  const std::vector<FileName>& names() const { return names_; }
  const std::string& text() const { return text_; }

 private:
  std::uint32_t addParts(std::string_view before, std::string_view behind, bool has_stamp);

  std::vector<FileName> names_;
  std::string text_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
};

}  // namespace hbev
