#include "core/io/npz.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"

namespace hbev {
namespace {

/// NumPy's headers are shorter than this; longer ones come in several pieces.
constexpr std::size_t kHeaderPiece = 512;

}  // namespace

NpzReader::NpzReader(const std::filesystem::path& file) : file_(file), zip_(file) {
  for (std::size_t i = 0; i < zip_.members().size(); ++i) {
    std::string name = zip_.members()[i].name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    index_.emplace(std::move(name), i);
  }
}

std::vector<std::string> NpzReader::names() const {
  std::vector<std::string> names;
  for (const ZipReader::Member& member : zip_.members()) {
    names.push_back(member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4)
                                                  : member.name);
  }
  return names;
}

std::size_t NpzReader::member(const std::string& name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) {
    throw Error({file_.filename().string() + " cannot be used",
                 file_,
                 "an array called " + name,
                 names().empty() ? "no arrays" : fmt::format("{}", fmt::join(names(), ", ")),
                 {}});
  }
  return found->second;
}

NpyHeader NpzReader::header(const std::string& name) const {
  std::vector<std::byte> start;
  zip_.read(
      member(name),
      [&](std::span<const std::byte> piece) {
        start.insert(start.end(), piece.begin(), piece.end());
        return !holdsNpyHeader(start);
      },
      kHeaderPiece);
  return aboutFile(
      file_, [&] { return parseNpyHeader(start, fmt::format("{} in {}", name, file_.filename().string())); });
}

NpyArray NpzReader::read(const std::string& name, std::size_t max_bytes) const {
  const std::string title = fmt::format("{} in {}", name, file_.filename().string());
  NpyHeader header = this->header(name);
  if (!header.isNumber())
    throw Error({title + " cannot be read", file_, "an array of numbers", header.description(), {}});
  const std::size_t wanted = header.byteCount();
  if (wanted > max_bytes) {
    throw Error({title + " is too large",
                 file_,
                 fmt::format("at most {} bytes", max_bytes),
                 fmt::format("{} ({} bytes)", header.description(), wanted),
                 {}});
  }
  if (auto elements = zip_.readWhole(member(name), header.data_offset + wanted, header.data_offset))
    return aboutFile(file_, [&] { return NpyArray(std::move(header), std::move(*elements), title); });
  // Grown as the bytes arrive: a header may claim what the archive does not hold.
  std::vector<std::byte> elements;
  elements.reserve(std::min(wanted, std::size_t(1) << 24));
  std::size_t skip = header.data_offset;
  bool too_long = false;
  zip_.read(member(name), [&](std::span<const std::byte> piece) {
    const std::size_t skipped = std::min(skip, piece.size());
    skip -= skipped;
    piece = piece.subspan(skipped);
    too_long = elements.size() + piece.size() > wanted;
    if (!too_long) elements.insert(elements.end(), piece.begin(), piece.end());
    return !too_long;
  });
  if (too_long || elements.size() != wanted) {
    throw Error(
        {title + " cannot be read", file_, fmt::format("{} bytes for {}", wanted, header.description()),
         too_long ? "more" : fmt::format("{} bytes", elements.size()), "Copy or save the file again."});
  }
  return aboutFile(file_, [&] { return NpyArray(std::move(header), std::move(elements), title); });
}

NpzWriter::NpzWriter(const std::filesystem::path& file, bool deflate) : zip_(file), deflate_(deflate) {}

}  // namespace hbev
