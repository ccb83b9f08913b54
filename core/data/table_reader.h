// Rows of a nuScenes table by simdjson, a piece of the file at a time, on all cores.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <mutex>
#include <optional>
#include <simdjson.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/data/json_pieces.h"
#include "core/data/token.h"

namespace hbev::table_reader {

namespace od = simdjson::ondemand;

/// Counts what has been read, of all tables together, in MB.
class ByteProgress {
 public:
  ByteProgress(Progress* progress, std::uint64_t total_bytes)
      : progress_(progress), total_bytes_(total_bytes) {
    if (progress_) progress_->start("Reading tables", steps(total_bytes_));
  }
  void advance(std::uint64_t bytes) {
    if (!progress_) return;
    progress_->throwIfCancelled();
    const std::uint64_t before = bytes_.fetch_add(bytes);
    const std::int64_t more = steps(before + bytes) - steps(before);
    if (more > 0) progress_->advance(more);
  }
  /// Also a table that could not be read is done with.
  void finish() { advance(total_bytes_ - std::min<std::uint64_t>(bytes_, total_bytes_)); }

 private:
  static std::int64_t steps(std::uint64_t bytes) { return std::int64_t((bytes + kStep - 1) / kStep); }
  static constexpr std::uint64_t kStep = 1'000'000;

  Progress* progress_;
  std::uint64_t total_bytes_;
  std::atomic<std::uint64_t> bytes_{0};
};

/// Says which of a table's fields a key is. Rows of a table mostly have their fields in one order, so that
/// the key at the same place of the row before is nearly always the same.
class FieldFinder {
 public:
  explicit FieldFinder(std::span<const std::string_view> names) : names_(names) {}

  /// The number of the field's name; names.size() for a field that nobody asked for.
  std::size_t find(od::field& field, std::size_t place) {
    if (place < seen_.size() && seen_[place].isAt(field.key().raw())) return seen_[place].name;
    return findSlowly(field, place);
  }

 private:
  /// A key as it is in the file with the quote behind it, and which bytes of the array that are.
  struct Seen {
    static constexpr std::size_t kLongest = 32;
    using Words = std::array<std::uint64_t, kLongest / sizeof(std::uint64_t)>;

    /// All bytes at once: the text is padded, so that looking behind a short key is safe.
    bool isAt(const char* raw) const {
      Words found;
      std::memcpy(found.data(), raw, kLongest);
      std::uint64_t difference = is_empty ? 1 : 0;
      for (std::size_t i = 0; i < found.size(); ++i)
        difference |= (found[i] ^ text[i]) & mask[i];
      return difference == 0;
    }
    void set(const char* raw, std::size_t size, std::size_t field_name) {
      std::array<char, kLongest> bytes{};
      std::fill_n(bytes.begin(), size, char(0xFF));
      std::memcpy(mask.data(), bytes.data(), kLongest);
      std::memcpy(text.data(), raw, size);
      name = field_name;
      is_empty = false;
    }

    Words text{}, mask{};
    std::size_t name = 0;
    bool is_empty = true;
  };

  std::size_t findSlowly(od::field& field, std::size_t place) {
    const char* raw = field.key().raw();
    const std::string_view key = field.unescaped_key();
    const std::size_t name = std::size_t(std::find(names_.begin(), names_.end(), key) - names_.begin());
    const bool is_plain = key.find('\\') == key.npos && std::memcmp(raw, key.data(), key.size()) == 0;
    if (place < seen_.size() && is_plain && key.size() < Seen::kLongest && raw[key.size()] == '"')
      seen_[place].set(raw, key.size() + 1, name);
    return name;
  }

  std::span<const std::string_view> names_;
  std::array<Seen, 24> seen_{};
};

/// What was wrong with a piece, and in which of its rows.
struct Flaw {
  std::size_t row = 0;
  std::string what;
};

/// Calls `use(name, value)` for the fields of every row that `finder` knows and `rowDone()` behind each row.
/// `rows` counts them. Returns what is wrong with the text.
template <class Use, class RowDone>
std::optional<Flaw> parseRows(od::parser& parser, FieldFinder& finder, std::size_t names,
                              const PaddedText& text, const Use& use, const RowDone& rowDone,
                              std::size_t& rows) {
  rows = 0;
  try {
    const std::string_view view = text.view();
    od::document document =
        parser.iterate(view.data(), view.size(), view.size() + simdjson::SIMDJSON_PADDING);
    for (od::object object : document.get_array()) {
      std::size_t place = 0;
      for (od::field field : object) {
        const std::size_t name = finder.find(field, place++);
        if (name < names) use(name, field.value());
      }
      rowDone();
      ++rows;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return Flaw{rows, "more text after the array"};
  } catch (const simdjson::simdjson_error& error) {
    return Flaw{rows, error.what()};
  }
  return std::nullopt;
}
static_assert(PaddedText::kPadding >= simdjson::SIMDJSON_PADDING);

struct Source {
  std::filesystem::path file;
  std::size_t piece_bytes;
  ByteProgress* progress;
};

inline Error damaged(const std::filesystem::path& file, std::size_t row, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file,
                "a JSON array of objects, as nuScenes writes it", fmt::format("{} near row {}", found, row),
                "Copy or unpack the file again."});
}

/// Reads a table. A `Chunk` takes the rows of one piece: `chunk.use(name, value)` for every field in
/// Chunk::kNames, `chunk.rowDone()` after each row, `chunk.pieceDone()` at the end. `make()` makes one.
/// Returns the chunks in the file's order. Throws Error: unreadable, or no array of objects (the row is
/// named).
template <class Make>
auto readTable(const Source& source, const Make& make) -> std::vector<decltype(make())> {
  using Chunk = decltype(make());
  struct Worker {
    PaddedText text;
    od::parser parser;
    FieldFinder finder{Chunk::kNames};
  };
  const JsonPieces pieces(source.file, source.piece_bytes);
  std::vector<std::optional<Chunk>> chunks(pieces.count());
  std::vector<std::size_t> rows(pieces.count());
  std::atomic<std::size_t> next{0}, first_bad{pieces.count()};

  const auto parse = [&](Worker& worker, std::optional<Chunk>& chunk, std::size_t& row_count) {
    chunk.emplace(make());
    row_count = 0;
    if (worker.text.view().empty() && pieces.bytes() > 0) return std::optional<Flaw>();  // no row begins here
    const auto flaw = parseRows(
        worker.parser, worker.finder, Chunk::kNames.size(), worker.text,
        [&](std::size_t name, od::value value) { chunk->use(name, value); }, [&] { chunk->rowDone(); },
        row_count);
    if (!flaw) chunk->pieceDone();
    return flaw;
  };

  const std::size_t workers = std::min<std::size_t>(
      pieces.count(), std::size_t(std::max(tbb::this_task_arena::max_concurrency(), 1)));
  tbb::parallel_for(std::size_t(0), workers, [&](std::size_t) {
    Worker worker;
    const auto stopAt = [&](std::size_t piece) {
      std::size_t bad = first_bad;
      while (piece < bad && !first_bad.compare_exchange_weak(bad, piece)) {
      }
    };
    try {
      for (std::size_t piece = next++; piece < first_bad; piece = next++) {
        if (!pieces.read(piece, worker.text) || parse(worker, chunks[piece], rows[piece])) stopAt(piece);
        source.progress->advance(pieces.bytes(piece));
      }
    } catch (...) {
      stopAt(0);
      throw;
    }
  });

  std::vector<Chunk> result;
  std::size_t row = 0;
  for (std::size_t piece = 0; piece < first_bad; ++piece) {
    result.push_back(std::move(*chunks[piece]));
    row += rows[piece];
  }
  if (first_bad == pieces.count()) return result;

  // Damage, or a cut within a row: from here on one piece after the other, longer and longer where one does
  // not parse.
  chunks.clear();
  Worker worker;
  std::uint64_t begin = pieces.firstRow(first_bad), least = source.piece_bytes;
  for (std::optional<std::uint64_t> end = 0; end;) {
    end = pieces.readFrom(begin, least, worker.text);
    std::optional<Chunk> chunk;
    std::size_t count = 0;
    const std::optional<Flaw> flaw = parse(worker, chunk, count);
    if (flaw) {
      if (!end) throw damaged(source.file, row + flaw->row, flaw->what);
      least = std::max(2 * least, *end - begin);
      continue;
    }
    result.push_back(std::move(*chunk));
    row += count;
    least = source.piece_bytes;
    begin = end.value_or(begin);
    source.progress->advance(0);  // throws when cancelled
  }
  return result;
}

/// A number, or NaN for anything else: null, NaN, a word.
inline double number(od::value value) {
  double result;
  return value.get_double().get(result) ? std::numeric_limits<double>::quiet_NaN() : result;
}

inline std::string_view text(od::value value) {
  std::string_view view;
  return value.get_string().get(view) ? std::string_view() : view;
}

inline Token token(od::value value) {
  // 32 hex digits between quotes are taken from the file as they stand; the padding makes looking there safe.
  const char* raw = value.raw_json_token().data();
  Token result;
  if (raw[0] == '"' && raw[1] != '"' && Token::parseHex(raw + 1, result) && raw[33] == '"') return result;
  return Token::parse(text(value));
}

inline std::int64_t integer(od::value value) {
  std::int64_t whole;
  if (!value.get_int64().get(whole))
    return whole > -9'000'000'000'000'000 && whole < 9'000'000'000'000'000 ? whole : 0;
  const double result = number(value);  // some writers give time stamps as 1.5e15; exact up to 2^53
  return result > -9e15 && result < 9e15 ? std::int64_t(result) : 0;
}

/// A count or size; 0 for what is none.
inline int smallInteger(od::value value) {
  const std::int64_t result = integer(value);
  return result > 0 && result <= std::numeric_limits<int>::max() ? int(result) : 0;
}

inline bool flag(od::value value) {
  bool result = false;
  return !value.get_bool().get(result) && result;
}

/// Fills `target` from an array of numbers (nested arrays in order); what is not given is NaN, an empty array
/// zeros.
template <std::size_t N>
void numbers(od::value value, std::array<double, N>& target) {
  od::array list;
  if (value.get_array().get(list)) {
    target.fill(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  std::size_t count = 0;
  const auto put = [&](double entry) {
    if (count < N) target[count] = entry;
    ++count;
  };
  for (od::value entry : list) {
    od::json_type type;
    // A bare NaN, as Python writes it, has no type.
    if (entry.type().get(type) || type != od::json_type::array) {
      put(number(entry));
      continue;
    }
    for (od::value inner : entry.get_array())
      put(number(inner));
  }
  if (count == 0) return target.fill(0.0);
  if (count != N) target.fill(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace hbev::table_reader
