#include "core/data/token_table.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <random>
#include <utility>

#include <tbb/parallel_for.h>

#include "core/data/large_vector.h"

namespace hbev {
namespace {

/// A seed that no file can know: tokens chosen to collide would make every search a long one. Asking the
/// system costs more than a small table, so that it is done once.
const std::array<std::uint64_t, 2>& seedOfProcess() {
  static const std::array<std::uint64_t, 2> seed = [] {
    std::random_device random;
    std::array<std::uint64_t, 2> numbers{};
    for (std::uint64_t& number : numbers)
      number = std::uint64_t(random()) << 32 | random();
    return numbers;
  }();
  return seed;
}

}  // namespace

TokenTable::TokenTable(std::vector<Token> tokens) : tokens_(std::move(tokens)), seed_(seedOfProcess()) {
  std::array<std::size_t, kParts + 1> first{};
  for (const Token& token : tokens_)
    ++first[(hash(token) >> 60) + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::uint32_t> rows;
  resizeLarge(rows, tokens_.size());
  std::array<std::size_t, kParts + 1> next = first;
  for (std::uint32_t row = 0; row < tokens_.size(); ++row)
    rows[next[hash(tokens_[row]) >> 60]++] = row;
  std::size_t size = 0;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t slots = std::bit_ceil(2 * (first[part + 1] - first[part]) + 1);
    parts_[part] = {size, slots - 1};
    size += slots;
  }
  resizeLarge(slots_, size);
  // A part is small enough for the processor's cache, which makes filling it quick; and no two meet.
  tbb::parallel_for(std::size_t(0), kParts, [&](std::size_t part) {
    fill(parts_[part], std::span(rows).subspan(first[part], first[part + 1] - first[part]));
  });
}

void TokenTable::fill(const Part& part, std::span<const std::uint32_t> rows) {
  Slot* const begin = slots_.data() + part.begin;
  // Rows of a part lie all over the tokens: their waits for memory overlap, as those of find() do.
  constexpr std::size_t kAtOnce = 32;
  std::array<std::uint64_t, kAtOnce> codes;
  for (std::size_t first = 0; first < rows.size(); first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, rows.size() - first);
    for (std::size_t i = first + count; i < std::min(first + count + kAtOnce, rows.size()); ++i)
      __builtin_prefetch(tokens_.data() + rows[i]);
    for (std::size_t i = 0; i < count; ++i) {
      codes[i] = hash(tokens_[rows[first + i]]);
      __builtin_prefetch(begin + (codes[i] & part.mask), 1);
    }
    for (std::size_t i = 0; i < count; ++i)
      insert(begin, part.mask, codes[i], rows[first + i]);
  }
}

void TokenTable::insert(Slot* begin, std::uint64_t mask, std::uint64_t code, std::uint32_t row) {
  if (tokens_[row].isNull()) return;
  for (std::uint64_t at = code & mask;; at = (at + 1) & mask) {
    Slot& slot = begin[at];
    if (slot.row == kNoRow) {
      slot = {std::uint32_t(code >> 28), row};
      return;
    }
    if (slot.tag == std::uint32_t(code >> 28) && tokens_[slot.row] == tokens_[row]) return;
  }
}

std::uint64_t TokenTable::hash(const Token& token) const {
  using Wide = unsigned __int128;
  const Wide product = Wide(token.high ^ seed_[0]) * Wide((token.low ^ seed_[1]) | 1);
  const std::uint64_t folded = std::uint64_t(product) ^ std::uint64_t(product >> 64);
  return folded * 0x9E3779B97F4A7C15;
}

std::size_t TokenTable::home(std::uint64_t hash) const {
  const Part& part = parts_[hash >> 60];
  return part.begin + (hash & part.mask);
}

std::uint32_t TokenTable::findFrom(std::uint64_t hash, const Token& token) const {
  if (slots_.empty() || token.isNull()) return kNoRow;
  const Part& part = parts_[hash >> 60];
  const Slot* const begin = slots_.data() + part.begin;
  for (std::uint64_t at = hash & part.mask;; at = (at + 1) & part.mask) {
    const Slot& slot = begin[at];
    if (slot.row == kNoRow) return kNoRow;
    if (slot.tag == std::uint32_t(hash >> 28) && tokens_[slot.row] == token) return slot.row;
  }
}

std::uint32_t TokenTable::find(const Token& token) const {
  return findFrom(hash(token), token);
}

void TokenTable::find(std::span<const Token> tokens, std::span<std::uint32_t> rows) const {
  if (slots_.empty()) return std::fill(rows.begin(), rows.end(), kNoRow);
  constexpr std::size_t kAtOnce = 32;
  std::array<std::uint64_t, kAtOnce> hashes;
  for (std::size_t begin = 0; begin < tokens.size(); begin += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, tokens.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      hashes[i] = hash(tokens[begin + i]);
      __builtin_prefetch(slots_.data() + home(hashes[i]));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t row = slots_[home(hashes[i])].row;
      if (row != kNoRow) __builtin_prefetch(tokens_.data() + row);
    }
    for (std::size_t i = 0; i < count; ++i)
      rows[begin + i] = findFrom(hashes[i], tokens[begin + i]);
  }
}

}  // namespace hbev
