// Pickles: any program of any protocol becomes plain data within its limits, or is refused.
#include "core/io/pickle.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

constexpr std::size_t kDepth = 64;
constexpr std::uint64_t kCopiesBase = std::uint64_t(1) << 20;
constexpr std::uint64_t kCopiesFactor = 64;

/// Goes to every value as often as it stands anywhere, as a reader of infos would.
class Walker {
 public:
  explicit Walker(std::uint64_t most_bytes) : bytes_left_(most_bytes) {}

  void visit(const PickleValue& value, std::size_t depth) {
    fuzz::require(depth <= kDepth, "no value lies deeper than the limit");
    spend(8);
    value.description();
    if (value.isText()) spend(value.text().size());
    if (value.isNumber()) fuzz::readOrRefuse([&] { value.integer(); });
    if (value.isArray()) visitArray(value);
    fuzz::readOrRefuse([&] { value.find("ego2global_rotation"); });
    if (value.isSequence() || value.isArray()) {
      fuzz::readOrRefuse([&] {
        for (const PickleValue& item : value.items())
          visit(item, depth + 1);
      });
    }
    if (!value.isDict()) return;
    for (const PickleEntry& entry : value.entries()) {
      visit(entry.key, depth + 1);
      visit(entry.value, depth + 1);
    }
  }

 private:
  void spend(std::uint64_t bytes) {
    fuzz::require(bytes <= bytes_left_, "no more values than the limit allows");
    bytes_left_ -= bytes;
  }

  void visitArray(const PickleValue& value) {
    const NpyHeader& header = value.header();
    if (header.kind == 'O') return;
    fuzz::readOrRefuse([&] {
      const NpyArray array = value.array();
      spend(array.header().byteCount());
      fuzz::require(array.values<double>().size() == array.count(), "as many values as the shape says");
    });
    fuzz::readOrRefuse([&] { value.numbers(); });
    fuzz::readOrRefuse([&] { value.texts(); });
  }

  std::uint64_t bytes_left_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  PickleOptions options;
  options.limits.depth = kDepth;
  options.limits.memory_base_bytes = std::uint64_t(4) << 20;
  options.limits.copies_base_bytes = kCopiesBase;
  options.limits.copies_factor = kCopiesFactor;
  fuzz::readOrRefuse([&] {
    const Pickle pickle = readPickle(std::as_bytes(std::span(data, size)), options);
    fuzz::require(pickle.endOffset() <= size, "it ends within its bytes");
    Walker(kCopiesBase + kCopiesFactor * size).visit(pickle.root(), 0);
  });
  return 0;
}
