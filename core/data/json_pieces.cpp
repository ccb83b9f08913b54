#include "core/data/json_pieces.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "core/base/error.h"

namespace hbev {
namespace {

constexpr std::uint64_t kFirstLook = 8 << 10;  ///< rows of nuScenes have up to 700 bytes

struct Cut {
  std::size_t brace;  ///< the "}"
  std::size_t next;   ///< the "{"
};

std::size_t skipSpace(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

std::optional<Cut> findCut(std::string_view text, std::size_t from) {
  for (std::size_t brace = text.find('}', from); brace != text.npos; brace = text.find('}', brace + 1)) {
    const std::size_t comma = skipSpace(text, brace + 1);
    if (comma == text.size() || text[comma] != ',') continue;
    const std::size_t next = skipSpace(text, comma + 1);
    if (next < text.size() && text[next] == '{') return Cut{brace, next};
  }
  return std::nullopt;
}

Error unreadable(const std::filesystem::path& file, const std::string& why) {
  return Error({file.filename().string() + " cannot be read",
                file,
                {},
                why,
                "Check that the file exists and its permissions."});
}

}  // namespace

JsonPieces::JsonPieces(const std::filesystem::path& file, std::size_t piece_bytes)
    : file_(file), piece_bytes_(piece_bytes) {
  descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw unreadable(file, std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw unreadable(file, "it is no file");
  }
  size_ = std::uint64_t(status.st_size);
  count_ = std::size_t(std::max<std::uint64_t>((size_ + piece_bytes_ - 1) / piece_bytes_, 1));
}

JsonPieces::~JsonPieces() {
  ::close(descriptor_);
}

std::uint64_t JsonPieces::bytes(std::size_t piece) const {
  return std::min(piece_bytes_, size_ - piece * piece_bytes_);
}

/// The bytes [begin, end) of the file; what `text` held before of the same beginning is kept.
void JsonPieces::load(std::uint64_t begin, std::uint64_t end, PaddedText& text) const {
  const std::size_t wanted = std::size_t(end - begin);
  if (text.bytes_.size() < wanted + 1 + PaddedText::kPadding)
    text.bytes_.resize(wanted + 1 + PaddedText::kPadding);
  text.begin_ = 1;
  while (text.size_ < wanted) {
    const ssize_t got = ::pread(descriptor_, text.bytes_.data() + 1 + text.size_, wanted - text.size_,
                                off_t(begin + text.size_));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw unreadable(file_, got < 0 ? std::strerror(errno) : "it became shorter meanwhile");
    text.size_ += std::size_t(got);
  }
}

bool JsonPieces::read(std::size_t piece, PaddedText& text) const {
  const std::uint64_t begin = piece * piece_bytes_, end = std::min(begin + piece_bytes_, size_);
  const std::uint64_t limit = std::min(end + kReach, size_);
  std::optional<Cut> first, last;
  text.size_ = 0;
  for (std::uint64_t look = kFirstLook;; look *= 4) {
    const std::uint64_t loaded = std::min(end + look, limit);
    load(begin, loaded, text);
    if (piece > 0) first = findCut(text.view(), 0);
    last = findCut(text.view(), std::size_t(end - begin));
    if (((first || piece == 0) && (last || end == size_)) || loaded == limit) break;
  }
  if (piece > 0 && (!first || first->brace >= end - begin)) {
    text.size_ = 0;  // a row of an earlier piece reaches through this one
    return first || limit == size_;
  }
  if (!last && limit < size_) return false;
  if (last) {
    text.size_ = last->brace + 1;
    text.bytes_[text.begin_ + text.size_++] = ']';
  }
  if (piece > 0) {
    const std::size_t skipped = first->next - 1;  // the byte in front of the first row becomes the bracket
    text.begin_ += skipped;
    text.size_ -= skipped;
    text.bytes_[text.begin_] = '[';
  }
  return true;
}

std::uint64_t JsonPieces::firstRow(std::size_t piece) const {
  if (piece == 0) return 0;
  const std::uint64_t begin = piece * piece_bytes_;
  PaddedText text;
  load(begin, std::min(begin + piece_bytes_ + kReach, size_), text);
  const std::optional<Cut> cut = findCut(text.view(), 0);
  return cut ? begin + cut->next : size_;
}

std::optional<std::uint64_t> JsonPieces::readFrom(std::uint64_t begin, std::uint64_t least,
                                                  PaddedText& text) const {
  const std::uint64_t limit = std::min(begin + kLongest, size_);
  std::optional<Cut> last;
  text.size_ = 0;
  for (std::uint64_t end = begin + least;; end *= 2) {
    const std::uint64_t loaded = std::min(end + kFirstLook, limit);
    load(begin, loaded, text);
    if (least < text.size_) last = findCut(text.view(), std::size_t(least));
    if (last || loaded == limit) break;
  }
  std::optional<std::uint64_t> next;
  if (last) {
    next = begin + last->next;
    text.size_ = last->brace + 1;
    text.bytes_[text.begin_ + text.size_++] = ']';
  }
  if (begin > 0) {
    text.bytes_[--text.begin_] = '[';
    ++text.size_;
  }
  return next;
}

}  // namespace hbev
