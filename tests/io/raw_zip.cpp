#include "tests/io/raw_zip.h"

#include <stdexcept>
#include <zlib.h>

#include "core/base/files.h"

namespace hbev::test {
namespace {

template <class T>
void put(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    bytes += char(value >> (8 * i) & 0xFF);
}

/// What the local header and the central directory say alike.
void putCommon(std::string& bytes, const RawMember& member) {
  put<std::uint16_t>(bytes, 20);  // version needed
  put<std::uint16_t>(bytes, 0);   // flags
  put<std::uint16_t>(bytes, member.method);
  put<std::uint32_t>(bytes, 0x00210000);  // 1980-01-01
  put<std::uint32_t>(bytes, member.claimed_crc.value_or(crc32Of(member.data)));
  put<std::uint32_t>(bytes, std::uint32_t(member.data.size()));
  put<std::uint32_t>(bytes, member.claimed_size.value_or(std::uint32_t(member.data.size())));
  put<std::uint16_t>(bytes, std::uint16_t(member.name.size()));
  put<std::uint16_t>(bytes, 0);  // extra
}

/// Raw deflate that goes on from call to call.
class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("zlib does not work");
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string add(const std::string& content, int flush) {
    std::string packed(content.size() + 1024, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream_.avail_in = uInt(content.size());
    stream_.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream_.avail_out = uInt(packed.size());
    deflate(&stream_, flush);
    return packed.substr(0, packed.size() - stream_.avail_out);  // resize() alarms GCC 12
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::uint32_t crc32Of(const std::string& content) {
  return std::uint32_t(crc32(0, reinterpret_cast<const Bytef*>(content.data()), uInt(content.size())));
}

std::string rawZip(const std::vector<RawMember>& members) {
  std::string bytes, directory;
  for (const RawMember& member : members) {
    const auto offset = std::uint32_t(bytes.size());
    bytes += "PK\x03\x04";
    putCommon(bytes, member);
    bytes += member.name + member.data;
    directory += "PK\x01\x02";
    put<std::uint16_t>(directory, 20);  // version made by
    putCommon(directory, member);
    put<std::uint16_t>(directory, 0);  // comment
    put<std::uint16_t>(directory, 0);  // disk
    put<std::uint16_t>(directory, 0);  // attributes
    put<std::uint32_t>(directory, 0);
    put<std::uint32_t>(directory, offset);
    directory += member.name;
  }
  const auto begin = std::uint32_t(bytes.size());
  bytes += directory;
  bytes += "PK\x05\x06";
  put<std::uint32_t>(bytes, 0);  // disks
  put<std::uint16_t>(bytes, std::uint16_t(members.size()));
  put<std::uint16_t>(bytes, std::uint16_t(members.size()));
  put<std::uint32_t>(bytes, std::uint32_t(directory.size()));
  put<std::uint32_t>(bytes, begin);
  put<std::uint16_t>(bytes, 0);  // comment
  return bytes;
}

void writeRawZip(const std::filesystem::path& file, const std::vector<RawMember>& members) {
  writeFile(file, rawZip(members));
}

std::string deflated(const std::string& content) {
  return Deflater().add(content, Z_FINISH);
}

std::string deflatedZeros(const std::string& start, std::uint64_t zeros) {
  const std::string mebibyte(1 << 20, '\0');
  Deflater deflater;
  std::string packed = deflater.add(start, Z_FULL_FLUSH);
  deflater.add(mebibyte, Z_FULL_FLUSH);
  // After a full flush nothing refers back, so equal input gives equal output that can be repeated at will.
  const std::string block = deflater.add(mebibyte, Z_FULL_FLUSH);
  for (std::uint64_t i = 0; i < zeros >> 20; ++i)
    packed += block;
  return packed + deflater.add({}, Z_FINISH);
}

std::string rawNpy(const std::string& header, const std::string& data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  put<std::uint16_t>(bytes, std::uint16_t(header.size()));
  return bytes + header + data;
}

}  // namespace hbev::test
