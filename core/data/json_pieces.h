// A large JSON array of objects in pieces that can be parsed beside each other, without holding it as a
// whole. For tables that must be opened fast; the doctor reads them row by row, in little memory
// (core/doctor/json_rows.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace hbev {

/// A text behind which a parser may look, and one byte in front of it.
class PaddedText {
 public:
  static constexpr std::size_t kPadding = 64;

  std::string_view view() const { return {bytes_.data() + begin_, size_}; }

 private:
  friend class JsonPieces;
  std::vector<char> bytes_;
  std::size_t begin_ = 0, size_ = 0;
};

/// Cuts between rows: where "}", "," and "{" follow each other. Such a place can also lie within a row. Then
/// the piece in front of it is no valid JSON (a string or a bracket stays open), so that whoever parses every
/// piece finds out and reads on with readFrom().
class JsonPieces {
 public:
  /// How far behind its end a piece looks for the end of its last row.
  static constexpr std::uint64_t kReach = 1 << 20;
  /// The longest stretch that readFrom() gives.
  static constexpr std::uint64_t kLongest = 64 << 20;

  /// Throws Error when the file cannot be opened.
  JsonPieces(const std::filesystem::path& file, std::size_t piece_bytes);
  ~JsonPieces();
  JsonPieces(const JsonPieces&) = delete;
  JsonPieces& operator=(const JsonPieces&) = delete;

  std::size_t count() const { return count_; }
  std::uint64_t bytes() const { return size_; }
  std::uint64_t bytes(std::size_t piece) const;

  /// Makes `text` a JSON array of the rows that begin in that piece; it is empty where none does. False when
  /// no cut was found in reach. Throws Error when the file cannot be read.
  bool read(std::size_t piece, PaddedText& text) const;
  /// Where the first row of a piece begins. The piece before it must have been read whole.
  std::uint64_t firstRow(std::size_t piece) const;
  /// Makes `text` a JSON array of the rows from `begin` (where a row begins) to the first cut at least
  /// `least` bytes behind it. Returns where the next row begins; nothing when the file ends here or no cut is
  /// near.
  std::optional<std::uint64_t> readFrom(std::uint64_t begin, std::uint64_t least, PaddedText& text) const;

 private:
  void load(std::uint64_t begin, std::uint64_t end, PaddedText& text) const;

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::uint64_t piece_bytes_ = 0;
  std::size_t count_ = 0;
};

}  // namespace hbev
