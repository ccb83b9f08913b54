#include "core/io/pickle.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/io/gzip.h"
#include "core/io/mapped_file.h"
#include "core/io/pickle_machine.h"
#include "core/io/pickle_numpy.h"
#include "core/io/pickle_tree.h"

namespace hbev {
namespace {

using Arguments = std::span<const PickleValue>;

/// Elements of the first argument; none without one.
Arguments firstItems(Arguments arguments) {
  return arguments.empty() ? Arguments{} : arguments.front().items();
}

/// dict() and OrderedDict() of a list of pairs, or of a dictionary.
PickleValue makeDict(PickleBuilder& builder, Arguments arguments) {
  PickleValue dict = builder.dict();
  if (arguments.empty()) return dict;
  if (arguments.front().isDict()) {
    for (const PickleEntry& entry : arguments.front().entries())
      builder.setEntry(dict, entry.key, entry.value);
    return dict;
  }
  for (const PickleValue& pair : arguments.front().items()) {
    if (pair.items().size() != 2) throw malformedPickle("pairs of key and value", pair.description());
    builder.setEntry(dict, pair.items()[0], pair.items()[1]);
  }
  return dict;
}

/// _codecs.encode(text, "latin1"): how protocol 2 of Python 3 writes bytes.
PickleValue makeEncoded(PickleBuilder& builder, Arguments arguments) {
  if (arguments.empty()) throw malformedPickle("text to encode", "nothing");
  const std::string_view encoding = arguments.size() > 1 ? arguments[1].text() : "utf-8";
  const std::string_view text = arguments.front().text();
  if (encoding != "latin1" && encoding != "latin-1")
    throw malformedPickle("bytes as latin1", "another encoding");
  std::vector<std::byte> bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = static_cast<unsigned char>(text[i]);
    if (code >= 0x80) {  // the text is valid UTF-8: two bytes up to U+00FF
      if (code > 0xC3) throw malformedPickle("bytes as latin1", "a character beyond it");
      code = (code & 0x03) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3F);
    }
    bytes.push_back(std::byte(code));
  }
  return builder.bytes(bytes);
}

/// bytes() and bytearray(), of nothing, bytes, or text with an encoding.
PickleValue makeBytes(PickleBuilder& builder, Arguments arguments) {
  if (arguments.empty()) return builder.bytes({});
  if (arguments.size() > 1) return makeEncoded(builder, arguments);
  return builder.bytes(arguments.front().bytes());
}

PickleValue makePath(PickleBuilder& builder, Arguments arguments) {
  std::string path;
  for (const PickleValue& part : arguments) {
    if (!path.empty() && path.back() != '/' && path.back() != '\\') path += '/';
    path += part.text();
  }
  return builder.text(path);
}

PickleConstructors makePlain() {
  PickleConstructors plain;
  addNumpyConstructors(plain);
  plain.add("builtins.list", [](auto& builder, Arguments a) { return builder.list(firstItems(a)); });
  plain.add("builtins.tuple", [](auto& builder, Arguments a) { return builder.tuple(firstItems(a)); });
  plain.add("builtins.set", [](auto& builder, Arguments a) { return builder.set(firstItems(a)); });
  plain.add("builtins.frozenset", [](auto& builder, Arguments a) { return builder.set(firstItems(a)); });
  plain.add("builtins.dict", makeDict);
  plain.add("builtins.bytes", makeBytes);
  plain.add("builtins.bytearray", makeBytes);
  for (const char* name :
       {"builtins.int", "builtins.float", "builtins.bool", "builtins.str", "builtins.object"})
    plain.addName(name);
  plain.add("_codecs.encode", makeEncoded);
  plain.add("collections.OrderedDict", makeDict);
  // Its argument makes the values of absent keys, which nobody will ask for.
  plain.add("collections.defaultdict", [](auto& builder, Arguments) { return builder.dict(); });
  plain.addName("copyreg._reconstructor");
  for (const char* kind : {"PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"}) {
    plain.add(fmt::format("pathlib.{}", kind), makePath);
    plain.add(fmt::format("pathlib._local.{}", kind), makePath);  // Python 3.13
  }
  plain.addObject("pyquaternion.quaternion.Quaternion");
  return plain;
}

}  // namespace

const PickleConstructors& PickleConstructors::plain() {
  static const PickleConstructors kPlain = makePlain();
  return kPlain;
}

void PickleConstructors::addObject(const std::string& name) {
  add(name, [name](PickleBuilder& builder, Arguments) { return builder.object(name); });
}

const PickleConstructor* PickleConstructors::find(std::string_view name) const {
  const auto found = calls_.find(name);
  return found == calls_.end() ? nullptr : &found->second;
}

Pickle::~Pickle() = default;
Pickle::Pickle(Pickle&&) noexcept = default;
Pickle& Pickle::operator=(Pickle&&) noexcept = default;

Pickle::Pickle(std::shared_ptr<const void> owner, std::span<const std::byte> bytes,
               const PickleOptions& options) {
  const PickleLimits& limits = options.limits;
  tree_ = std::make_unique<PickleTree>(limits.memory_base_bytes + limits.memory_factor * bytes.size());
  tree_->bytes = std::move(owner);
  PickleMachine machine(bytes, *tree_,
                        options.constructors ? *options.constructors : PickleConstructors::plain());
  root_ = machine.run();
  end_offset_ = machine.offset();
  checkPickle(root_, limits.depth, limits.copies_base_bytes + limits.copies_factor * bytes.size());
}

Pickle readPickle(const std::filesystem::path& file, const PickleOptions& options) {
  return aboutFile(file, [&] {
    auto mapped = std::make_shared<MappedFile>(file, options.limits.file_bytes);
    const std::span<const std::byte> bytes = mapped->bytes();
    if (isGzip(bytes)) return readPickle(gunzip(bytes, options.limits.unpacked_bytes), options);
    return Pickle(std::move(mapped), bytes, options);
  });
}

Pickle readPickle(std::span<const std::byte> bytes, const PickleOptions& options) {
  return Pickle(nullptr, bytes, options);
}

Pickle readPickle(std::vector<std::byte> bytes, const PickleOptions& options) {
  auto kept = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  const std::span<const std::byte> view = *kept;
  return Pickle(std::move(kept), view, options);
}

}  // namespace hbev
