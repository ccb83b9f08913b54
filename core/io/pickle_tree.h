// Where the values of a pickle live: one arena with a limit, freed at once. For the files pickle*.cpp only.
#pragma once

#include <any>
#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <vector>

#include "core/base/error.h"
#include "core/io/pickle.h"

namespace hbev {

/// What every container begins with: what PickleTree's check knows of it.
struct PickleNode {
  enum class Visit : std::uint8_t { New, Open, Done };
  std::uint64_t copied_bytes = 0;  ///< with everything in it counted as often as it stands there
  std::uint32_t depth = 0;
  Visit visit = Visit::New;
};

/// List, Tuple, Set.
struct PickleSequence : PickleNode {
  explicit PickleSequence(std::pmr::memory_resource* memory) : items(memory) {}
  std::pmr::vector<PickleValue> items;
};

struct PickleDict : PickleNode {
  explicit PickleDict(std::pmr::memory_resource* memory) : entries(memory) {}
  std::pmr::vector<PickleEntry> entries;
};

/// Array and Dtype. Their shape lies outside the arena, so that these are destroyed one by one.
struct PickleArray : PickleNode {
  NpyHeader header;
  std::span<const std::byte> elements;
  std::span<const PickleValue> items;  ///< of an array of objects
};

/// Object and Global.
struct PickleObject : PickleNode {
  std::string_view name;
  PickleValue state;
};

/// Counts what is taken and refuses more than it may give.
class PickleMemory : public std::pmr::memory_resource {
 public:
  explicit PickleMemory(std::uint64_t limit) : left_(limit) {}
  /// Throws Error when the limit is reached.
  void charge(std::uint64_t bytes);

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  std::uint64_t left_;
};

struct PickleTree {
  explicit PickleTree(std::uint64_t memory_limit) : memory(memory_limit), arena(&memory) {}
  PickleTree(const PickleTree&) = delete;
  PickleTree& operator=(const PickleTree&) = delete;

  std::shared_ptr<const void> bytes;  ///< keeps what views point to
  PickleMemory memory;
  std::pmr::monotonic_buffer_resource arena;
  std::deque<PickleArray> arrays;
  std::deque<std::any> foreigns;
};

/// Throws Error when something contains itself, lies deeper than the limit, or is repeated until its copies
/// would fill memory.
void checkPickle(const PickleValue& root, std::size_t max_depth, std::uint64_t max_copied_bytes);

/// The Error that all parts of the reader throw for a pickle that is not as it should be.
Error malformedPickle(const std::string& expected, const std::string& found);

/// Appends one character. What is none becomes the replacement character.
void appendUtf8(std::string& text, std::uint32_t code);

}  // namespace hbev
