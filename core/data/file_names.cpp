#include "core/data/file_names.h"

#include <charconv>
#include <limits>
#include <xxhash.h>

#include "core/base/error.h"

namespace hbev {
namespace {

std::string_view digits(std::int64_t timestamp_us, char (&buffer)[24]) {
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), timestamp_us);
  return {buffer, std::size_t(result.ptr - buffer)};
}

/// Where the stamp stands in the name: in nuScenes' names behind the last underscore.
std::size_t findStamp(std::string_view name, std::string_view stamp) {
  const std::size_t likely = name.rfind('_') + 1;  // 0 when there is none
  return name.substr(likely).starts_with(stamp) ? likely : name.rfind(stamp);
}

}  // namespace

std::string fullName(const FileName& name, std::string_view text, std::int64_t timestamp_us) {
  const std::string_view part = text.substr(name.text.begin, name.text.size);
  if (name.stamp_at == FileName::kWhole) return std::string(part);
  char buffer[24];
  std::string result(part.substr(0, name.stamp_at));
  result += digits(timestamp_us, buffer);
  result += part.substr(name.stamp_at);
  return result;
}

std::uint32_t FileNames::add(std::string_view name, std::int64_t timestamp_us) {
  char buffer[24];
  const std::string_view stamp = digits(timestamp_us, buffer);
  // Short numbers stand in many names by chance: taking them out would make more names, not fewer.
  const std::size_t at = stamp.size() < 10 ? std::string_view::npos : findStamp(name, stamp);
  if (at == std::string_view::npos) return addParts(name, {}, false);
  return addParts(name.substr(0, at), name.substr(at + stamp.size()), true);
}

std::vector<std::uint32_t> FileNames::merge(const FileNames& other) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(other.names_.size());
  for (const FileName& name : other.names_) {
    const std::string_view part = std::string_view(other.text_).substr(name.text.begin, name.text.size);
    const bool has_stamp = name.stamp_at != FileName::kWhole;
    const std::size_t at = has_stamp ? name.stamp_at : part.size();
    numbers.push_back(addParts(part.substr(0, at), part.substr(at), has_stamp));
  }
  return numbers;
}

std::uint32_t FileNames::addParts(std::string_view before, std::string_view behind, bool has_stamp) {
  const std::uint32_t stamp_at = has_stamp ? std::uint32_t(before.size()) : FileName::kWhole;
  std::uint64_t hash = XXH3_64bits_withSeed(behind.data(), behind.size(),
                                            XXH3_64bits_withSeed(before.data(), before.size(), stamp_at));
  for (;; ++hash) {                          // another name with this hash: look under the next one
    const auto found = by_hash_.find(hash);  // emplace() would make a node first, for millions of known names
    if (found == by_hash_.end()) break;
    const FileName& name = names_[found->second];
    const std::string_view part = std::string_view(text_).substr(name.text.begin, name.text.size);
    if (name.stamp_at == stamp_at && part.size() == before.size() + behind.size() &&
        part.starts_with(before) && part.ends_with(behind))
      return found->second;
  }
  const std::size_t size = before.size() + behind.size();
  if (text_.size() + size > std::numeric_limits<std::uint32_t>::max())
    throw Error({"The file names are too long", {}, "4 GB of names at most", "more", {}});
  by_hash_.emplace(hash, std::uint32_t(names_.size()));
  names_.push_back({{std::uint32_t(text_.size()), std::uint32_t(size)}, stamp_at});
  text_ += before;
  text_ += behind;
  return std::uint32_t(names_.size() - 1);
}

}  // namespace hbev
