// Whether a pickle can be walked without harm: no circles, no bottomless nesting, no bombs of references.
#include <limits>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "core/io/pickle_tree.h"

namespace hbev {

/// A walk in depth with a stack of its own: a hostile pickle nests deeper than the machine's stack reaches.
class PickleChecker {
 public:
  PickleChecker(std::size_t max_depth, std::uint64_t max_copied_bytes)
      : max_depth_(max_depth), max_copied_bytes_(max_copied_bytes) {}

  void check(const PickleValue& root) {
    if (!isContainer(root)) return;
    open(root);
    while (!open_.empty()) {
      Step& step = open_.back();
      if (step.next == childCount(step.value)) {
        close(step);
        continue;
      }
      const PickleValue child = childOf(step.value, step.next++);
      if (!isContainer(child)) {
        add(*step.value.node_, leafBytes(child), 0);
      } else if (child.node_->visit == PickleNode::Visit::Done) {
        add(*step.value.node_, child.node_->copied_bytes, child.node_->depth);
      } else if (child.node_->visit == PickleNode::Visit::Open) {
        throw refused("a list or dictionary that contains itself");
      } else {
        open(child);  // `step` is no longer valid
      }
    }
  }

 private:
  using Kind = PickleValue::Kind;
  struct Step {
    PickleValue value;
    std::size_t next = 0;
  };

  static Error refused(const std::string& found) {
    return Error({"The pickle is refused", {}, "plain data", found, "It is damaged, or made to do harm."});
  }

  static bool isContainer(const PickleValue& value) {
    return value.isSequence() || value.isDict() || value.isArray() || value.kind_ == Kind::Object;
  }

  static std::size_t childCount(const PickleValue& value) {
    if (value.isDict()) return 2 * value.entries().size();
    if (value.kind_ == Kind::Object) return 1;
    if (value.isArray()) return static_cast<const PickleArray*>(value.node_)->items.size();
    return value.items().size();
  }

  static PickleValue childOf(const PickleValue& value, std::size_t index) {
    if (value.isDict()) {
      const PickleEntry& entry = value.entries()[index / 2];
      return index % 2 == 0 ? entry.key : entry.value;
    }
    return value.kind_ == Kind::Object ? value.state() : value.items()[index];
  }

  static std::uint64_t leafBytes(const PickleValue& value) {
    const bool is_text = value.kind_ == Kind::String || value.kind_ == Kind::Bytes;
    return 8 + (is_text ? value.length_ : 0);
  }

  void open(const PickleValue& value) {
    value.node_->visit = PickleNode::Visit::Open;
    value.node_->copied_bytes = 8;
    if (value.isArray())
      value.node_->copied_bytes += static_cast<const PickleArray*>(value.node_)->elements.size();
    open_.push_back({value, 0});
  }

  void close(const Step& step) {
    PickleNode& node = *step.value.node_;
    node.visit = PickleNode::Visit::Done;
    if (++node.depth > max_depth_)
      throw refused(fmt::format("values that lie more than {} deep in each other", max_depth_));
    if (node.copied_bytes > max_copied_bytes_)
      throw refused("the same parts so often that they would fill the memory");
    open_.pop_back();
    if (!open_.empty()) add(*open_.back().value.node_, node.copied_bytes, node.depth);
  }

  /// Each child's bytes are below the limit, so that the sum of two does not overflow.
  void add(PickleNode& parent, std::uint64_t bytes, std::uint32_t depth) const {
    parent.copied_bytes = std::min(parent.copied_bytes + bytes, max_copied_bytes_ + 1);
    parent.depth = std::max(parent.depth, depth);
  }

  std::size_t max_depth_;
  std::uint64_t max_copied_bytes_;
  std::vector<Step> open_;
};

void checkPickle(const PickleValue& root, std::size_t max_depth, std::uint64_t max_copied_bytes) {
  PickleChecker(max_depth, max_copied_bytes).check(root);
}

}  // namespace hbev
