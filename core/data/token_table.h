// Which row a token belongs to, for millions of tokens: a hash table in a few flat pieces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/data/dataset_index.h"
#include "core/data/token.h"

namespace hbev {

/// Of equal tokens the first row counts. Null tokens are not found. Safe to read from any thread.
class TokenTable {
 public:
  TokenTable() = default;
  /// The table of rows 0 to tokens.size() - 1. Takes `tokens` over.
  explicit TokenTable(std::vector<Token> tokens);

  std::uint32_t find(const Token& token) const;  ///< kNoRow when there is none
  /// find() of many: its waits for memory overlap.
  void find(std::span<const Token> tokens, std::span<std::uint32_t> rows) const;
  const std::vector<Token>& tokens() const { return tokens_; }

 private:
  static constexpr std::size_t kParts = 16;

  /// Part of the hash beside the row: another token is nearly always known without looking it up.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row = kNoRow;
  };
  struct Part {
    std::size_t begin = 0;
    std::uint64_t mask = 0;
  };

  std::uint64_t hash(const Token& token) const;
  std::size_t home(std::uint64_t hash) const;
  std::uint32_t findFrom(std::uint64_t hash, const Token& token) const;
  void fill(const Part& part, std::span<const std::uint32_t> rows);
  void insert(Slot* begin, std::uint64_t mask, std::uint64_t code, std::uint32_t row);

  std::vector<Token> tokens_;
  std::vector<Slot> slots_;
  std::array<Part, kParts> parts_{};
  std::array<std::uint64_t, 2> seed_{};
};

}  // namespace hbev
