#include "core/io/gzip.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <memory>
#include <system_error>
#include <zlib.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/io/mapped_file.h"

namespace hbev {
namespace {

constexpr std::size_t kUnpackedPiece = 1 << 18;  // bytes unpacked at a time
constexpr std::uint64_t kMaxPacked = std::uint64_t(16) << 30;

Error damaged(const std::string& found) {
  return Error({"The gzip file cannot be unpacked", {}, "gzip data", found, "Get the file again."});
}

Error tooLarge(std::uint64_t max_bytes) {
  return Error(
      {"The gzip file is too large", {}, fmt::format("at most {} bytes unpacked", max_bytes), "more", {}});
}

/// zlib's state for gzip streams, ended with its scope.
class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) throw damaged("no memory for zlib");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
};

/// Unpacks the member at the start of `packed`; what is left behind it, or nothing when `consume` has enough.
std::span<const std::byte> unpackMember(std::span<const std::byte> packed, std::span<std::byte> piece,
                                        const std::function<bool(std::span<const std::byte>)>& consume) {
  Inflater inflater;
  z_stream& stream = inflater.stream();
  for (int state = Z_OK; state != Z_STREAM_END;) {
    const std::size_t fed = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
    // zlib does not write to its input; the missing const is an old one.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = uInt(fed);
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = uInt(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    packed = packed.subspan(fed - stream.avail_in);
    const std::size_t made = piece.size() - stream.avail_out;
    if (state == Z_BUF_ERROR || (state == Z_OK && made == 0 && packed.empty()))
      throw damaged("the file's end in the middle");
    if (state != Z_OK && state != Z_STREAM_END) throw damaged(stream.msg ? stream.msg : "something else");
    if (made > 0 && !consume(piece.first(made))) return {};
  }
  return packed;
}

}  // namespace

bool isGzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte(0x1f) && bytes[1] == std::byte(0x8b);
}

void gunzip(std::span<const std::byte> packed,
            const std::function<bool(std::span<const std::byte>)>& consume) {
  if (!isGzip(packed)) throw damaged("a file of another kind");
  std::vector<std::byte> piece(kUnpackedPiece);
  // gzip files may be filled up with NULs behind the last member.
  while (isGzip(packed))
    packed = unpackMember(packed, piece, consume);
}

std::vector<std::byte> gunzip(std::span<const std::byte> packed, std::uint64_t max_bytes) {
  std::vector<std::byte> unpacked;
  gunzip(packed, [&](std::span<const std::byte> piece) {
    if (piece.size() > max_bytes - unpacked.size()) throw tooLarge(max_bytes);
    unpacked.insert(unpacked.end(), piece.begin(), piece.end());
    return true;
  });
  return unpacked;
}

void gunzipToFile(const std::filesystem::path& file, const std::filesystem::path& target,
                  std::uint64_t max_bytes, Progress* progress) {
  const MappedFile packed(file, kMaxPacked);
  const std::filesystem::path temporary = temporarySibling(target);
  if (progress) progress->start("Unpacking " + lastName(file), 0);
  try {
    std::ofstream out(temporary, std::ios::binary);
    std::uint64_t written = 0;
    aboutFile(file, [&] {
      gunzip(packed.bytes(), [&](std::span<const std::byte> piece) {
        written += piece.size();
        if (written > max_bytes) throw tooLarge(max_bytes);
        out.write(reinterpret_cast<const char*>(piece.data()), std::streamsize(piece.size()));
        if (!out)
          throw Error({"The unpacked file cannot be written", temporary, {}, {}, "Is the disk full?"});
        if (progress) progress->throwIfCancelled();
        if (progress) progress->advance(std::int64_t(piece.size()));
        return true;
      });
    });
    out.close();
    if (!out) throw Error({"The unpacked file cannot be written", temporary, {}, {}, "Is the disk full?"});
  } catch (...) {
    std::error_code code;
    std::filesystem::remove(temporary, code);
    throw;
  }
  publishFile(temporary, target);
}

}  // namespace hbev
