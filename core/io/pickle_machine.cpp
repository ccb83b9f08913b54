#include "core/io/pickle_machine.h"

#include <array>
#include <bit>

#include <fmt/format.h>

#include "core/io/pickle_numpy.h"

namespace hbev {
namespace {

// Operations, by the names that pickletools gives them.
// clang-format off
enum Operation : unsigned char {
  kMark = '(', kStop = '.', kPop = '0', kPopMark = '1', kDup = '2', kFloat = 'F', kInt = 'I', kBinInt = 'J',
  kBinInt1 = 'K', kLong = 'L', kBinInt2 = 'M', kNone = 'N', kPersId = 'P', kBinPersId = 'Q', kReduce = 'R',
  kString = 'S', kBinString = 'T', kShortBinString = 'U', kUnicode = 'V', kBinUnicode = 'X', kAppend = 'a',
  kBuild = 'b', kGlobal = 'c', kDict = 'd', kEmptyDict = '}', kAppends = 'e', kGet = 'g', kBinGet = 'h',
  kInst = 'i', kLongBinGet = 'j', kList = 'l', kEmptyList = ']', kObj = 'o', kPut = 'p', kBinPut = 'q',
  kLongBinPut = 'r', kSetItem = 's', kTuple = 't', kEmptyTuple = ')', kSetItems = 'u', kBinFloat = 'G',
  kBinBytes = 'B', kShortBinBytes = 'C', kProto = 0x80, kNewObj = 0x81, kTuple1 = 0x85, kTuple2 = 0x86,
  kTuple3 = 0x87, kNewTrue = 0x88, kNewFalse = 0x89, kLong1 = 0x8a, kLong4 = 0x8b, kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d, kBinBytes8 = 0x8e, kEmptySet = 0x8f, kAddItems = 0x90, kFrozenSet = 0x91,
  kNewObjEx = 0x92, kStackGlobal = 0x93, kMemoize = 0x94, kFrame = 0x95, kByteArray8 = 0x96,
  kNextBuffer = 0x97, kReadonlyBuffer = 0x98
};
// clang-format on

std::string_view line(std::string_view text) {
  return !text.empty() && text.back() == '\r' ? text.substr(0, text.size() - 1) : text;
}

/// Names of Python 2 and of NumPy 2 under the names of Python 3 and NumPy 1.
std::string canonical(std::string_view module, std::string_view name) {
  std::string full(module);
  if (full == "__builtin__") full = "builtins";
  if (full == "copy_reg") full = "copyreg";
  if (full.starts_with("numpy._core.")) full.erase(6, 1);
  return full + '.' + std::string(name);
}

/// For messages: what a hostile file says, without control characters and not too long.
std::string printable(std::string_view name) {
  std::string text(name.substr(0, 120));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

Error refusedName(std::string_view name) {
  return Error({fmt::format("The pickle holds {}, which will not be run", printable(name)),
                {},
                "numbers, text, lists, dictionaries and NumPy arrays",
                printable(name),
                "Nothing was executed. Save the file again with plain data only."});
}

}  // namespace

PickleValue PickleMachine::run() {
  while (step(static_cast<unsigned char>(take(1)[0]))) {
  }
  return pop();
}

std::string_view PickleMachine::take(std::size_t count) {
  if (count > bytes_.size() - at_) {
    throw malformedPickle(fmt::format("{} bytes more", count),
                          fmt::format("the end after {} bytes", bytes_.size()));
  }
  const std::string_view taken(reinterpret_cast<const char*>(bytes_.data()) + at_, count);
  at_ += count;
  return taken;
}

std::string_view PickleMachine::takeLine() {
  const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) throw malformedPickle("the end of a line", "the end of the pickle");
  at_ += end + 1;
  return line(rest.substr(0, end));
}

std::uint64_t PickleMachine::takeUnsigned(std::size_t bytes) {
  std::uint64_t value = 0;
  const std::string_view taken = take(bytes);
  for (std::size_t i = bytes; i-- > 0;)
    value = value << 8 | static_cast<unsigned char>(taken[i]);
  return value;
}

std::string_view PickleMachine::takeCounted(std::size_t bytes_of_count) {
  return take(takeUnsigned(bytes_of_count));
}

PickleValue PickleMachine::pop() {
  const PickleValue value = top();
  stack_.pop_back();
  return value;
}

PickleValue& PickleMachine::top() {
  if (stack_.size() <= (marks_.empty() ? 0 : marks_.back()))
    throw malformedPickle("a value on the stack", "an empty stack");
  return stack_.back();
}

std::vector<PickleValue> PickleMachine::popToMark() {
  if (marks_.empty()) throw malformedPickle("a mark on the stack", "none");
  const auto begin = stack_.begin() + std::ptrdiff_t(marks_.back());
  std::vector<PickleValue> values(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return values;
}

bool PickleMachine::step(unsigned char operation) {
  switch (operation) {
    case kStop:
      return false;
    case kProto:
      if (const std::uint64_t protocol = takeUnsigned(1); protocol > 5)
        throw malformedPickle("protocol 0 to 5", fmt::format("protocol {}", protocol));
      return true;
    case kFrame:
      if (const std::uint64_t length = takeUnsigned(8); length > bytes_.size() - at_)
        throw malformedPickle(fmt::format("a frame of {} bytes", length), "the end of the pickle");
      return true;
    case kMark:
      marks_.push_back(stack_.size());
      return true;
    case kPop:
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
      } else {
        pop();
      }
      return true;
    case kPopMark:
      popToMark();
      return true;
    case kDup:
      push(PickleValue(top()));
      return true;
    default:
      break;
  }
  if (stepNumber(operation) || stepString(operation) || stepContainer(operation) || stepMemo(operation) ||
      stepCall(operation)) {
    return true;
  }
  if (operation == kNextBuffer || operation == kReadonlyBuffer) {
    throw Error({"The pickle keeps its arrays in another place",
                 {},
                 "everything in one file",
                 "out-of-band buffers",
                 "Save it without a buffer_callback."});
  }
  throw malformedPickle("an operation of protocols 0 to 5",
                        fmt::format("0x{:02x} at byte {}", operation, at_ - 1));
}

bool PickleMachine::stepNumber(unsigned char operation) {
  switch (operation) {
    case kNone:
      push({});
      return true;
    case kNewTrue:
      push(builder_.boolean(true));
      return true;
    case kNewFalse:
      push(builder_.boolean(false));
      return true;
    case kBinInt:
      push(builder_.integer(std::int32_t(takeUnsigned(4))));
      return true;
    case kBinInt1:
      push(builder_.integer(std::int64_t(takeUnsigned(1))));
      return true;
    case kBinInt2:
      push(builder_.integer(std::int64_t(takeUnsigned(2))));
      return true;
    case kLong1:
      push(parseLong(builder_, takeCounted(1)));
      return true;
    case kLong4:
      push(parseLong(builder_, takeCounted(4)));
      return true;
    case kBinFloat: {
      const std::uint64_t swapped = takeUnsigned(8);  // it is big-endian
      push(builder_.number(std::bit_cast<double>(__builtin_bswap64(swapped))));
      return true;
    }
    case kInt:
    case kLong:
      push(parseIntLine(builder_, takeLine()));
      return true;
    case kFloat:
      push(parseFloatLine(builder_, takeLine()));
      return true;
    default:
      return false;
  }
}

bool PickleMachine::stepString(unsigned char operation) {
  const auto bytes = [&](std::string_view view) { push(builder_.bytesView(std::as_bytes(std::span(view)))); };
  switch (operation) {
    case kShortBinUnicode:
    case kShortBinString:
      push(builder_.textView(takeCounted(1)));
      return true;
    case kBinUnicode:
    case kBinString:
      push(builder_.textView(takeCounted(4)));
      return true;
    case kBinUnicode8:
      push(builder_.textView(takeCounted(8)));
      return true;
    case kShortBinBytes:
      bytes(takeCounted(1));
      return true;
    case kBinBytes:
      bytes(takeCounted(4));
      return true;
    case kBinBytes8:
    case kByteArray8:
      bytes(takeCounted(8));
      return true;
    case kString:
      push(parseQuotedLine(builder_, takeLine()));
      return true;
    case kUnicode:
      push(parseUnicodeLine(builder_, takeLine()));
      return true;
    default:
      return false;
  }
}

bool PickleMachine::stepContainer(unsigned char operation) {
  switch (operation) {
    case kEmptyList:
      push(builder_.list({}));
      return true;
    case kEmptyTuple:
      push(builder_.tuple({}));
      return true;
    case kEmptyDict:
      push(builder_.dict());
      return true;
    case kEmptySet:
      push(builder_.set({}));
      return true;
    case kList:
      push(builder_.list(popToMark()));
      return true;
    case kTuple:
      push(builder_.tuple(popToMark()));
      return true;
    case kFrozenSet:
      push(builder_.set(popToMark()));
      return true;
    case kTuple1:
    case kTuple2:
    case kTuple3: {
      std::array<PickleValue, 3> values;
      const std::size_t count = std::size_t(operation - kTuple1) + 1;
      for (std::size_t i = count; i-- > 0;)
        values[i] = pop();
      push(builder_.tuple(std::span(values).first(count)));
      return true;
    }
    case kDict: {
      const std::vector<PickleValue> values = popToMark();
      push(builder_.dict());
      setEntries(top(), values);
      return true;
    }
    case kAppend: {
      const PickleValue value = pop();
      builder_.append(top(), {&value, 1});
      return true;
    }
    case kAppends:
    case kAddItems: {
      const std::vector<PickleValue> values = popToMark();
      builder_.append(top(), values);
      return true;
    }
    case kSetItem: {
      const PickleValue value = pop(), key = pop();
      builder_.setEntry(top(), key, value);
      return true;
    }
    case kSetItems: {
      const std::vector<PickleValue> values = popToMark();
      setEntries(top(), values);
      return true;
    }
    default:
      return false;
  }
}

void PickleMachine::setEntries(const PickleValue& dict, std::span<const PickleValue> keys_and_values) {
  if (keys_and_values.size() % 2 != 0) throw malformedPickle("a value for every key", "a key without one");
  for (std::size_t i = 0; i < keys_and_values.size(); i += 2)
    builder_.setEntry(dict, keys_and_values[i], keys_and_values[i + 1]);
}

bool PickleMachine::stepMemo(unsigned char operation) {
  const auto slotLine = [&] {
    PickleValue slot = parseIntLine(builder_, takeLine());
    return std::uint64_t(slot.integer());
  };
  switch (operation) {
    case kMemoize:
      remember(memo_.size());
      return true;
    case kBinPut:
      remember(takeUnsigned(1));
      return true;
    case kLongBinPut:
      remember(takeUnsigned(4));
      return true;
    case kPut:
      remember(slotLine());
      return true;
    case kBinGet:
      recall(takeUnsigned(1));
      return true;
    case kLongBinGet:
      recall(takeUnsigned(4));
      return true;
    case kGet:
      recall(slotLine());
      return true;
    default:
      return false;
  }
}

void PickleMachine::remember(std::uint64_t slot) {
  // Python numbers them one after the other; a table of the size that a file claims would fill the memory.
  if (slot > bytes_.size()) throw malformedPickle("memo numbers in sequence", fmt::format("number {}", slot));
  if (slot >= memo_.size()) memo_.resize(slot + 1);
  memo_[slot] = {top(), true};
}

void PickleMachine::recall(std::uint64_t slot) {
  if (slot >= memo_.size() || !memo_[slot].is_set)
    throw malformedPickle("a number that is in the memo", fmt::format("number {}", slot));
  push(memo_[slot].value);
}

bool PickleMachine::stepCall(unsigned char operation) {
  switch (operation) {
    case kGlobal: {
      const std::string_view module = takeLine(), name = takeLine();
      push(global(module, name));
      return true;
    }
    case kStackGlobal: {
      const PickleValue name = pop(), module = pop();
      push(global(module.text(), name.text()));
      return true;
    }
    case kReduce:
    case kNewObj: {
      const PickleValue arguments = pop(), callee = pop();
      push(call(callee, arguments.items()));
      return true;
    }
    case kNewObjEx: {
      const PickleValue named = pop(), arguments = pop(), callee = pop();
      if (!named.entries().empty()) throw malformedPickle("arguments without names", named.description());
      push(call(callee, arguments.items()));
      return true;
    }
    case kInst: {
      const std::string_view module = takeLine(), name = takeLine();
      const std::vector<PickleValue> arguments = popToMark();
      push(call(global(module, name), arguments));
      return true;
    }
    case kObj: {
      const std::vector<PickleValue> values = popToMark();
      if (values.empty()) throw malformedPickle("a class", "nothing");
      push(call(values.front(), std::span(values).subspan(1)));
      return true;
    }
    case kBuild: {
      const PickleValue state = pop();
      build(top(), state);
      return true;
    }
    case kPersId:
      push(loadPersistent(builder_.text(takeLine())));
      return true;
    case kBinPersId:
      push(loadPersistent(pop()));
      return true;
    default:
      return false;
  }
}

PickleValue PickleMachine::global(std::string_view module, std::string_view name) {
  const std::string full = canonical(module, name);
  if (!constructors_.find(full)) throw refusedName(full);
  return builder_.global(full);
}

PickleValue PickleMachine::call(const PickleValue& callee, std::span<const PickleValue> arguments) {
  if (callee.kind() != PickleValue::Kind::Global)
    throw malformedPickle("the name of a class", callee.description());
  if (callee.name() == "copyreg._reconstructor") {  // (class, object, None): how Python 2 made new objects
    if (arguments.empty()) throw malformedPickle("a class", "nothing");
    return call(arguments.front(), {});
  }
  const PickleConstructor* constructor = constructors_.find(callee.name());
  if (!constructor || !*constructor) throw refusedName(callee.name());
  return (*constructor)(builder_, arguments);
}

PickleValue PickleMachine::loadPersistent(const PickleValue& id) {
  if (!constructors_.persistent()) {
    throw Error({"The pickle keeps parts in another place",
                 {},
                 "everything in one file",
                 "persistent ids",
                 "It may be a checkpoint, which is opened in another way."});
  }
  return constructors_.persistent()(builder_, {&id, 1});
}

void PickleMachine::build(const PickleValue& target, const PickleValue& state) {
  using Kind = PickleValue::Kind;
  switch (target.kind()) {
    case Kind::Array:
    case Kind::Dtype:
      setNumpyState(builder_, target, state);
      return;
    case Kind::Object:
      builder_.setState(target, state);
      return;
    case Kind::Dict:  // attributes of an OrderedDict, such as a checkpoint's _metadata
    case Kind::Foreign:
      return;
    default:
      throw malformedPickle("an object", target.description());
  }
}

}  // namespace hbev
