#include "core/io/checkpoint_archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/io/mapped_file.h"
#include "core/io/zip.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMaxFile = std::uint64_t(64) << 30;
constexpr std::uint64_t kMaxPickle = std::uint64_t(64) << 20;  // real ones: 0.2 KB a tensor
constexpr std::int64_t kLegacyProtocol = 1001;

/// Memory that does not depend on what the file says: the pickle of a large network takes a few megabytes.
PickleOptions optionsWith(const PickleConstructors& constructors) {
  PickleOptions options;
  options.constructors = &constructors;
  options.limits.memory_base_bytes = std::uint64_t(512) << 20;
  options.limits.memory_factor = 0;
  options.limits.copies_base_bytes = std::uint64_t(256) << 20;
  options.limits.copies_factor = 0;
  return options;
}

Error noCheckpoint(const fs::path& file, const std::string& found) {
  return Error({file.filename().string() + " is no checkpoint", file, "a file of torch.save", found,
                "Download or copy it again; weights in other formats cannot be read."});
}

Error damaged(const fs::path& file, const std::string& expected, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file, expected, found,
                "It is damaged or cut off. Download or copy it again."});
}

/// All storages of `storages` in bytes, each no larger than the file that must hold it.
std::uint64_t byteCount(const TorchStorage& storage, std::uint64_t file_bytes, const fs::path& file) {
  const std::uint64_t bytes = storage.count * tensorItemSize(storage.type);
  if (bytes > file_bytes)
    throw damaged(file, fmt::format("{} bytes of storage {}", bytes, storage.key),
                  fmt::format("a file of {} bytes", file_bytes));
  return bytes;
}

/// PyTorch's zip: NAME/data.pkl, NAME/data/KEY for every storage, NAME/byteorder in newer ones.
class TorchZip {
 public:
  TorchZip(const fs::path& file, std::uint64_t file_bytes)
      : file_(file), file_bytes_(file_bytes), zip_(file) {
    for (std::size_t i = 0; i < zip_.members().size(); ++i) {
      const std::string& name = zip_.members()[i].name;
      index_.try_emplace(name, i);
      if (prefix_ || !(name == "data.pkl" || name.ends_with("/data.pkl"))) continue;
      prefix_ = name.substr(0, name.size() - std::strlen("data.pkl"));
    }
    if (!prefix_) throw noCheckpoint(file, "a zip archive without data.pkl");
    if (index_.contains(*prefix_ + "constants.pkl")) {
      throw Error({file.filename().string() + " is a TorchScript program", file, "weights", "code",
                   "Save the state_dict of the network instead."});
    }
    if (index_.contains(*prefix_ + "byteorder")) {
      const std::vector<std::byte> order = read(*prefix_ + "byteorder", 16);
      const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
      if (!text.starts_with("little")) throw damaged(file, "little-endian numbers", std::string(text));
    }
  }

  std::vector<std::byte> pickle() const { return read(*prefix_ + "data.pkl", kMaxPickle); }

  void check(const TorchStorage& storage) const {
    const std::string name = *prefix_ + "data/" + storage.key;
    const auto found = index_.find(name);
    if (found == index_.end()) throw damaged(file_, "member " + name, "none");
    const std::uint64_t expected = byteCount(storage, file_bytes_, file_);
    const std::uint64_t claimed = zip_.members()[found->second].claimed_size;
    if (claimed != expected)
      throw damaged(file_, fmt::format("{} bytes of storage {}", expected, storage.key),
                    fmt::format("{} bytes", claimed));
  }

  std::vector<std::byte> storage(const TorchStorage& storage) const {
    const std::uint64_t expected = byteCount(storage, file_bytes_, file_);
    std::vector<std::byte> bytes = read(*prefix_ + "data/" + storage.key, expected);
    if (bytes.size() != expected)
      throw damaged(file_, fmt::format("{} bytes of storage {}", expected, storage.key),
                    fmt::format("{} bytes", bytes.size()));
    return bytes;
  }

 private:
  std::vector<std::byte> read(const std::string& name, std::uint64_t max_bytes) const {
    const auto found = index_.find(name);
    if (found == index_.end()) throw damaged(file_, "member " + name, "none");
    std::vector<std::byte> bytes;
    bytes.reserve(std::min({zip_.members()[found->second].claimed_size, max_bytes, file_bytes_}));
    zip_.read(found->second, [&](Bytes piece) {
      if (piece.size() > max_bytes - bytes.size())
        throw damaged(file_, fmt::format("at most {} bytes in {}", max_bytes, name), "more");
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      return true;
    });
    return bytes;
  }

  fs::path file_;
  std::uint64_t file_bytes_;
  ZipReader zip_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::optional<std::string> prefix_;
};

/// A zip's list of its members stands at its end: a file that begins as one and has none was cut off.
void demandWhole(const fs::path& file) {
  try {
    const ZipReader whole(file);
  } catch (const Error& error) {
    throw damaged(file, "a whole file of torch.save", "its beginning only (" + error.problem().found + ")");
  }
}

CheckpointArchive openZip(const fs::path& file, std::uint64_t file_bytes, TorchStorages& storages) {
  demandWhole(file);
  const auto zip = std::make_shared<const TorchZip>(file, file_bytes);
  const PickleConstructors constructors = storages.constructors();
  Pickle pickle = readPickle(zip->pickle(), optionsWith(constructors));
  for (const TorchStorage& storage : storages.all())
    zip->check(storage);
  return {std::move(pickle), false,
          [zip, &storages](std::size_t index) { return zip->storage(storages.all().at(index)); }};
}

/// Where each storage's elements begin. Behind the list of keys stand, in its order, the number of elements
/// in 8 bytes and the elements.
std::vector<std::size_t> legacyOffsets(Bytes bytes, std::size_t at, const PickleValue& keys,
                                       const TorchStorages& storages, const fs::path& file) {
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < storages.all().size(); ++i)
    index.emplace(storages.all()[i].key, i);
  std::vector<std::size_t> offsets(storages.all().size(), 0);
  for (const PickleValue& key : keys.items()) {
    const auto found = index.find(key.text());
    if (found == index.end()) throw damaged(file, "a storage that some tensor uses", "another");
    const TorchStorage& storage = storages.all()[found->second];
    std::uint64_t count = 0;
    if (bytes.size() - at < sizeof(count)) throw damaged(file, "storage " + storage.key, "the end");
    std::memcpy(&count, &bytes[at], sizeof(count));
    at += sizeof(count);
    if (count != storage.count)
      throw damaged(file, fmt::format("{} elements of storage {}", storage.count, storage.key),
                    fmt::format("{}", count));
    const std::uint64_t size = byteCount(storage, bytes.size(), file);
    if (bytes.size() - at < size)
      throw damaged(file, fmt::format("{} bytes of storage {}", size, storage.key),
                    fmt::format("{} bytes", bytes.size() - at));
    offsets[found->second] = at;
    at += size;
  }
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] == 0) throw damaged(file, "storage " + storages.all()[i].key, "none");
  }
  return offsets;
}

/// The magic number, the protocol and facts of the machine, the object, the storages' keys: five pickles.
CheckpointArchive openLegacy(const fs::path& file, std::shared_ptr<const MappedFile> mapped,
                             TorchStorages& storages) {
  const Bytes bytes = mapped->bytes();
  const PickleConstructors constructors = storages.constructors();
  std::size_t at = 0;
  const auto next = [&](const PickleOptions& options) {
    Pickle pickle(mapped, bytes.subspan(at), options);
    at += pickle.endOffset();
    return pickle;
  };
  const PickleOptions plain = optionsWith(PickleConstructors::plain());
  next(plain);  // the magic number
  const std::int64_t protocol = next(plain).root().integer();
  if (protocol != kLegacyProtocol)
    throw damaged(file, fmt::format("protocol {}", kLegacyProtocol), fmt::format("{}", protocol));
  const Pickle machine = next(plain);
  const PickleValue* little = machine.root().find("little_endian");
  if (little && !little->boolean()) throw damaged(file, "little-endian numbers", "big-endian ones");
  Pickle pickle = next(optionsWith(constructors));
  const Pickle keys = next(plain);
  auto offsets = legacyOffsets(bytes, at, keys.root(), storages, file);
  return {std::move(pickle), true,
          [file, mapped, &storages, offsets = std::move(offsets)](std::size_t index) {
            const std::uint64_t size = byteCount(storages.all().at(index), mapped->bytes().size(), file);
            const Bytes elements = mapped->bytes().subspan(offsets.at(index), size);
            return std::vector<std::byte>(elements.begin(), elements.end());
          }};
}

bool hasLegacyMagic(Bytes bytes) {
  constexpr std::array<unsigned char, 10> kMagic{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
  const auto* begin = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* end = begin + std::min<std::size_t>(bytes.size(), 32);  // behind the pickle's own first bytes
  return std::search(begin, end, kMagic.begin(), kMagic.end()) != end;
}

/// What a file that is no checkpoint probably is.
std::string guess(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<std::size_t>(bytes.size(), 64));
  if (text.empty()) return "an empty file";
  if (text.starts_with("version https://git-lfs")) return "a Git LFS pointer: the weights were not fetched";
  if (text.starts_with("<")) return "a web page";
  if (text.starts_with("\x80")) return "a pickle without weights";
  return "something else";
}

}  // namespace

CheckpointArchive openCheckpointArchive(const fs::path& file, TorchStorages& storages) {
  return aboutFile(file, [&] {
    auto mapped = std::make_shared<const MappedFile>(file, kMaxFile);
    const Bytes bytes = mapped->bytes();
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                                 std::min<std::size_t>(bytes.size(), 4));
    if (start == "PK\x03\x04") return openZip(file, bytes.size(), storages);
    if (hasLegacyMagic(bytes)) return openLegacy(file, std::move(mapped), storages);
    throw noCheckpoint(file, guess(bytes));
  });
}

}  // namespace hbev
