// Walks through a pickle's operations with a stack and a memo. For the files pickle*.cpp only.
// Format: Python's pickletools, protocols 0 to 5.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/pickle_tree.h"

namespace hbev {

class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, PickleTree& tree, const PickleConstructors& constructors)
      : bytes_(bytes), builder_(tree), constructors_(constructors) {}

  /// Until the first STOP. Throws Error.
  PickleValue run();
  /// The first byte behind STOP.
  std::size_t offset() const { return at_; }

 private:
  bool step(unsigned char operation);  ///< false at STOP
  bool stepNumber(unsigned char operation);
  bool stepString(unsigned char operation);
  bool stepContainer(unsigned char operation);
  bool stepMemo(unsigned char operation);
  bool stepCall(unsigned char operation);

  std::string_view take(std::size_t count);
  std::string_view takeLine();
  std::uint64_t takeUnsigned(std::size_t bytes);
  std::string_view takeCounted(std::size_t bytes_of_count);

  void push(const PickleValue& value) { stack_.push_back(value); }
  PickleValue pop();
  PickleValue& top();
  std::vector<PickleValue> popToMark();

  void remember(std::uint64_t slot);
  void recall(std::uint64_t slot);
  void setEntries(const PickleValue& dict, std::span<const PickleValue> keys_and_values);
  PickleValue global(std::string_view module, std::string_view name);
  PickleValue call(const PickleValue& callee, std::span<const PickleValue> arguments);
  PickleValue loadPersistent(const PickleValue& id);
  void build(const PickleValue& target, const PickleValue& state);

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  PickleBuilder builder_;
  const PickleConstructors& constructors_;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  struct Slot {
    PickleValue value;
    bool is_set = false;
  };
  std::vector<Slot> memo_;
};

/// The values of the operations that are lines of text (protocol 0): numbers, and text as Python's repr and
/// raw-unicode-escape write it. Throw Error.
PickleValue parseIntLine(PickleBuilder& builder, std::string_view line);
PickleValue parseFloatLine(PickleBuilder& builder, std::string_view line);
PickleValue parseQuotedLine(PickleBuilder& builder, std::string_view line);
PickleValue parseUnicodeLine(PickleBuilder& builder, std::string_view line);
/// A little-endian integer in two's complement of any length.
PickleValue parseLong(PickleBuilder& builder, std::string_view bytes);

}  // namespace hbev
