#include "core/doctor/json_rows.h"

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev::doctor {
namespace {

namespace od = simdjson::ondemand;

constexpr std::size_t kBlockBytes = std::size_t(4) << 20;
constexpr std::size_t kMaxRowBytes = std::size_t(64) << 20;

/// Follows brackets and strings through the text, so that it knows where a row ends.
class RowFinder {
 public:
  enum class Event { None, RowBegin, RowEnd, Damaged };

  Event feed(char c) {
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      return Event::None;
    }
    switch (c) {
      case '"':
        in_string_ = true;
        return depth_ < 2 ? Event::Damaged : Event::None;
      case '{':
      case '[':
        ++depth_;
        if (depth_ == 1) return c == '[' && !closed_ ? Event::None : Event::Damaged;
        if (depth_ == 2) return c == '{' ? Event::RowBegin : Event::Damaged;
        return Event::None;
      case '}':
      case ']':
        if (depth_ == 0) return Event::Damaged;
        --depth_;
        if (depth_ == 0) closed_ = true;
        return depth_ == 1 ? Event::RowEnd : Event::None;
      default:
        return Event::None;
    }
  }
  bool isComplete() const { return closed_; }

 private:
  int depth_ = 0;
  bool in_string_ = false, escaped_ = false, closed_ = false;
};

Error damaged(const std::filesystem::path& file, std::size_t row, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file,
                "a JSON array of objects, as nuScenes writes it", fmt::format("{} near row {}", found, row),
                "Copy or unpack the file again."});
}

class TableReader {
 public:
  TableReader(const std::filesystem::path& file, const std::function<void(od::object)>& use)
      : file_(file), use_(use) {}

  void feed(std::string_view text) {
    std::size_t begin = 0;  // of the row, or of what this block holds of it
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool outside = !in_row_;
      const RowFinder::Event event = finder_.feed(text[i]);
      if (event == RowFinder::Event::RowBegin) {
        in_row_ = true;
        begin = i;
      } else if (event == RowFinder::Event::RowEnd) {
        row_.append(text.substr(begin, i + 1 - begin));
        in_row_ = false;
        readRow();
      } else if (event == RowFinder::Event::Damaged ||
                 (outside && std::string_view(" \t\r\n,[]").find(text[i]) == std::string_view::npos)) {
        throw damaged(file_, count_, "text that is no row");
      }
    }
    if (in_row_) row_.append(text.substr(begin));
    if (row_.size() > kMaxRowBytes) throw damaged(file_, count_, "a row of more than 64 MB");
  }

  std::size_t finish() {
    if (!finder_.isComplete()) throw damaged(file_, count_, "the end of the file");
    return count_;
  }

 private:
  void readRow() {
    try {
      row_.reserve(row_.size() + simdjson::SIMDJSON_PADDING);
      od::document document = parser_.iterate(row_.data(), row_.size(), row_.capacity());
      use_(document.get_object());
    } catch (const simdjson::simdjson_error& error) {
      throw damaged(file_, count_, error.what());
    }
    row_.clear();
    ++count_;
  }

  const std::filesystem::path& file_;
  const std::function<void(od::object)>& use_;
  RowFinder finder_;
  od::parser parser_;
  std::string row_;  // what was read of the present row
  bool in_row_ = false;
  std::size_t count_ = 0;
};

}  // namespace

std::size_t forEachJsonRow(const std::filesystem::path& file, const std::function<void(od::object)>& use,
                           Progress* progress) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), &std::fclose);
  std::error_code code;
  if (!stream || std::filesystem::is_directory(file, code)) {
    throw Error({file.filename().string() + " cannot be read",
                 file,
                 {},
                 "no readable file",
                 "Check that the file exists and its permissions."});
  }
  TableReader reader(file, use);
  std::string block(kBlockBytes, '\0');
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), stream.get())) {
    if (progress) progress->throwIfCancelled();
    reader.feed(std::string_view(block).substr(0, count));
  }
  if (std::ferror(stream.get())) throw damaged(file, 0, "a fault of the disk");
  return reader.finish();
}

}  // namespace hbev::doctor
