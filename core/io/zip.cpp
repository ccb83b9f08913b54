#include "core/io/zip.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <libdeflate.h>
#include <string_view>
#include <system_error>
#include <utility>
#include <zip.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

Error damaged(const fs::path& file, const std::string& found) {
  return Error({file.filename().string() + " cannot be read", file, "a zip archive", found,
                "Copy or download the file again."});
}

/// libzip's words begin with a capital, and here stand within a sentence.
std::string withinSentence(std::string words) {
  if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z') words[0] = char(words[0] - 'A' + 'a');
  return words;
}

std::string zipMessage(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string message = withinSentence(zip_error_strerror(&error));
  zip_error_fini(&error);
  return message;
}

/// What a file is that libzip does not take for an archive: its list of members is at its end.
std::string noArchive(const fs::path& file) {
  constexpr std::string_view kBegin("PK\x03\x04", 4);
  std::array<char, kBegin.size()> begin{};
  std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
  return std::string_view(begin.data(), begin.size()) == kBegin ? "only the beginning of one"
                                                                : "something else";
}

}  // namespace

struct ZipReader::Handle {
  zip_t* archive = nullptr;
  ~Handle() {
    if (archive) zip_discard(archive);
  }
};

ZipReader::ZipReader(fs::path file) : file_(std::move(file)), handle_(std::make_unique<Handle>()) {
  std::error_code code;
  if (!fs::exists(file_, code)) {
    throw Error({file_.filename().string() + " is missing", file_, "a zip archive", "nothing there", {}});
  }
  // libzip takes an empty file for an archive without members; it is the trace of a copy that failed.
  if (fs::is_regular_file(file_, code) && fs::file_size(file_, code) == 0)
    throw damaged(file_, "an empty file");
  int error = 0;
  handle_->archive = zip_open(file_.c_str(), ZIP_RDONLY, &error);
  if (!handle_->archive) throw damaged(file_, error == ZIP_ER_NOZIP ? noArchive(file_) : zipMessage(error));
  const zip_int64_t count = zip_get_num_entries(handle_->archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(handle_->archive, zip_uint64_t(i), 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME)) {
      throw damaged(file_, "a member without a name");
    }
    members_.push_back({stat.name, (stat.valid & ZIP_STAT_SIZE) ? stat.size : 0});
  }
}

ZipReader::~ZipReader() = default;
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;

void ZipReader::read(std::size_t index, const std::function<bool(std::span<const std::byte>)>& consume,
                     std::size_t piece_bytes) const {
  const std::string& name = members_.at(index).name;
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> member(zip_fopen_index(handle_->archive, index, 0),
                                                                 &zip_fclose);
  if (!member)
    throw damaged(file_, fmt::format("member {}: {}", name, withinSentence(zip_strerror(handle_->archive))));
  std::array<std::byte, kPiece> piece;
  while (true) {
    const zip_int64_t got = zip_fread(member.get(), piece.data(), std::min(piece_bytes, piece.size()));
    if (got < 0)
      throw damaged(file_,
                    fmt::format("member {}: {}", name, withinSentence(zip_file_strerror(member.get()))));
    if (got == 0) return;
    if (!consume(std::span(piece).first(std::size_t(got)))) return;
  }
}

namespace {

/// What of a member's directory entry is needed to read it in one go.
bool isPlain(const zip_stat_t& stat) {
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  return (stat.valid & kNeeded) == kNeeded && stat.encryption_method == ZIP_EM_NONE;
}

bool readAll(zip_file_t* member, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const zip_int64_t got = zip_fread(member, bytes.data(), bytes.size());
    if (got <= 0) return false;
    bytes = bytes.subspan(std::size_t(got));
  }
  return true;
}

/// Bytes of a stored member from `first` on. Of less than all of them libzip takes no checksum, which is most
/// of what reading costs.
bool readStored(zip_t* archive, zip_uint64_t index, std::uint64_t first, std::span<std::byte> bytes) {
  if (bytes.empty()) return true;
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> source(
      zip_source_zip(archive, archive, index, 0, first, zip_int64_t(bytes.size())), &zip_source_free);
  if (!source || zip_source_open(source.get()) != 0) return false;
  while (!bytes.empty()) {
    const zip_int64_t got = zip_source_read(source.get(), bytes.data(), bytes.size());
    if (got <= 0) break;
    bytes = bytes.subspan(std::size_t(got));
  }
  zip_source_close(source.get());
  return bytes.empty();
}

bool inflateWhole(std::span<const std::byte> packed, std::span<std::byte> bytes) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  // Without a place for the length, anything but exactly so many bytes is an error.
  return decompressor &&
         libdeflate_deflate_decompress(decompressor.get(), packed.data(), packed.size(), bytes.data(),
                                       bytes.size(), nullptr) == LIBDEFLATE_SUCCESS;
}

}  // namespace

std::optional<std::vector<std::byte>> ZipReader::readWhole(std::size_t index, std::size_t size,
                                                           std::size_t skip) const {
  constexpr std::uint64_t kMostInflated = 1032;  // times as long as before: deflate cannot do more
  zip_stat_t stat;
  zip_stat_init(&stat);
  std::error_code code;
  if (zip_stat_index(handle_->archive, index, 0, &stat) != 0 || !isPlain(stat) || stat.size != size ||
      skip > size || stat.comp_size > fs::file_size(file_, code) || code)
    return std::nullopt;
  std::vector<std::byte> start(skip), rest;
  if (stat.comp_method == ZIP_CM_STORE && stat.comp_size == size) {
    rest.resize(size - skip);
    if (!readStored(handle_->archive, index, 0, start) || !readStored(handle_->archive, index, skip, rest))
      return std::nullopt;
  } else if (stat.comp_method == ZIP_CM_DEFLATE && size / kMostInflated <= stat.comp_size) {
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> member(
        zip_fopen_index(handle_->archive, index, ZIP_FL_COMPRESSED), &zip_fclose);
    std::vector<std::byte> packed(stat.comp_size), all(size);
    if (!member || !readAll(member.get(), packed) || !inflateWhole(packed, all)) return std::nullopt;
    start.assign(all.begin(), all.begin() + std::ptrdiff_t(skip));
    rest.assign(all.begin() + std::ptrdiff_t(skip), all.end());
  } else {
    return std::nullopt;
  }
  const std::uint32_t of_start = libdeflate_crc32(0, start.data(), start.size());
  if (libdeflate_crc32(of_start, rest.data(), rest.size()) != stat.crc) return std::nullopt;
  return rest;
}

struct ZipWriter::Impl {
  fs::path file;
  fs::path temporary;
  zip_t* archive = nullptr;
  std::vector<std::vector<std::byte>> buffers;  // libzip reads them when the archive is closed

  Error failed(const std::string& reason) const {
    return Error({file.filename().string() + " cannot be written",
                  file,
                  {},
                  reason,
                  "Check the free space and the permissions of the folder."});
  }
};

ZipWriter::ZipWriter(fs::path file) : impl_(std::make_unique<Impl>()) {
  impl_->file = std::move(file);
  std::error_code code;
  if (impl_->file.has_parent_path()) fs::create_directories(impl_->file.parent_path(), code);
  impl_->temporary = temporarySibling(impl_->file);
  int error = 0;
  impl_->archive = zip_open(impl_->temporary.c_str(), ZIP_CREATE | ZIP_EXCL, &error);
  if (!impl_->archive) throw impl_->failed(zipMessage(error));
}

ZipWriter::~ZipWriter() {
  if (impl_->archive) zip_discard(impl_->archive);
}

void ZipWriter::add(const std::string& name, std::vector<std::byte> bytes, bool deflate) {
  impl_->buffers.push_back(std::move(bytes));
  const std::vector<std::byte>& kept = impl_->buffers.back();
  zip_source_t* source = zip_source_buffer(impl_->archive, kept.data(), kept.size(), 0);
  const zip_int64_t index =
      source ? zip_file_add(impl_->archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    if (source) zip_source_free(source);
    throw impl_->failed(withinSentence(zip_strerror(impl_->archive)));
  }
  zip_set_file_compression(impl_->archive, zip_uint64_t(index), deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1);
  // Time stamps would make two runs differ; 1980-01-01 is the zero of the format, and what NumPy writes.
  zip_file_set_dostime(impl_->archive, zip_uint64_t(index), 0, 0x21, 0);
}

void ZipWriter::close() {
  if (zip_close(impl_->archive) != 0) throw impl_->failed(withinSentence(zip_strerror(impl_->archive)));
  impl_->archive = nullptr;
  publishFile(impl_->temporary, impl_->file);
}

}  // namespace hbev
