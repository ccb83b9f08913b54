#include "core/io/gzip.h"

#include <string>
#include <zlib.h>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/io/pickle.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

using test::problemOf;
using test::TemporaryFolder;

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string unpack(const std::string& packed, std::uint64_t max_bytes = 10 << 20) {
  const std::vector<std::byte> bytes = gunzip(std::as_bytes(std::span(packed)), max_bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const std::string& text() {
  static const std::string kText = [] {
    std::string made;
    for (int i = 0; i < 100'000; ++i)
      made += std::to_string(i) + ' ';
    return made;
  }();
  return kText;
}

TEST(Gzip, BytesComeBack) {
  EXPECT_EQ(unpack(gzipped(text())), text());
  EXPECT_EQ(unpack(gzipped("")), "");
}

TEST(Gzip, SeveralMembersAndFillingAtTheEnd) {
  EXPECT_EQ(unpack(gzipped("one ") + gzipped("two") + std::string(100, '\0')), "one two");
}

TEST(Gzip, DamageIsAnError) {
  const std::string whole = gzipped(text());
  for (std::size_t size :
       {std::size_t(1), std::size_t(5), std::size_t(18), whole.size() / 2, whole.size() - 1})
    EXPECT_THROW(unpack(whole.substr(0, size)), Error) << size;
  std::string flipped = whole;
  flipped[whole.size() / 2] = char(flipped[whole.size() / 2] ^ 0x10);
  EXPECT_THROW(unpack(flipped), Error);
  EXPECT_EQ(problemOf([] { unpack("PK\x03\x04"); }).found, "a file of another kind");
  EXPECT_THROW(unpack(""), Error);
}

TEST(Gzip, TheBoundHolds) {
  const std::string bomb = gzipped(std::string(64 << 20, '\0'));
  EXPECT_LT(bomb.size(), 100'000u);
  EXPECT_EQ(problemOf([&] { unpack(bomb, 1 << 20); }).expected, "at most 1048576 bytes unpacked");
  EXPECT_EQ(unpack(gzipped("abc"), 3), "abc");
}

TEST(Gzip, FilesAppearWholeOrNotAtAll) {
  const TemporaryFolder folder;
  writeFile(folder / "good.gz", gzipped(text()));
  gunzipToFile(folder / "good.gz", folder / "good", 1 << 24);
  EXPECT_EQ(std::filesystem::file_size(folder / "good"), text().size());
  writeFile(folder / "cut.gz", gzipped(text()).substr(0, 5000));
  EXPECT_EQ(problemOf([&] { gunzipToFile(folder / "cut.gz", folder / "cut", 1 << 24); }).file,
            folder / "cut.gz");
  EXPECT_THROW(gunzipToFile(folder / "good.gz", folder / "small", 1000), Error);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++files;
  EXPECT_EQ(files, 3u);
}

TEST(Gzip, PicklesAreUnpacked) {
  const TemporaryFolder folder;
  writeFile(folder / "list.pkl.gz", gzipped("(I1\nI2\nl."));
  EXPECT_EQ(readPickle(folder / "list.pkl.gz").root().numbers(), (std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace hbev
