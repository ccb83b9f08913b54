#include "tests/fuzz/archive.h"

#include <algorithm>

#include "core/io/npy.h"
#include "tests/io/raw_zip.h"

namespace hbev::fuzz {
namespace {

constexpr std::size_t kMaxDeflated = 100'000;  // bytes; packing more takes longer than reading them

enum Flag : std::uint8_t { kDeflated = 1, kWrongChecksum = 2, kWrongSize = 4, kFilled = 8 };

}  // namespace

std::string filledNpy(std::string_view npy, std::size_t max_bytes) {
  std::string whole(npy);
  NpyHeader header;
  const bool is_fine =
      readOrRefuse([&] { header = parseNpyHeader(std::as_bytes(std::span(npy)), "filled.npy"); });
  if (!is_fine || header.byteCount() > max_bytes || header.data_offset >= npy.size()) return whole;
  const std::size_t size = std::max(npy.size(), header.data_offset + header.byteCount());
  whole.reserve(2 * size);
  while (whole.size() < size)  // doubles: a loop over bytes would cost more than all that is tested
    whole.append(whole, header.data_offset, std::string::npos);
  whole.resize(size);
  return whole;
}

std::string archiveOf(const std::uint8_t* data, std::size_t size, std::span<const std::string_view> names,
                      std::size_t max_filled) {
  const std::string_view text = textOf(data, size);
  if (text.starts_with("PK")) return std::string(text);
  constexpr std::size_t kMaxMembers = 8;
  std::vector<test::RawMember> members;
  for (Pieces pieces(data, size); !pieces.isEmpty() && members.size() < kMaxMembers;) {
    const std::uint8_t flags = pieces.byte();
    const std::string name(names[pieces.byte() % names.size()]);
    const std::string_view npy = pieces.piece();
    const std::string content = (flags & kFilled) ? filledNpy(npy, max_filled) : std::string(npy);
    test::RawMember member{.name = name + ".npy", .data = content};
    if ((flags & kDeflated) && content.size() <= kMaxDeflated) {
      member = {.name = name + ".npy",
                .data = test::deflated(content),
                .method = 8,
                .claimed_size = std::uint32_t(content.size()),
                .claimed_crc = test::crc32Of(content)};
    }
    if (flags & kWrongChecksum) member.claimed_crc = 17;
    if (flags & kWrongSize) member.claimed_size = std::uint32_t(content.size() * 3 + 1);
    members.push_back(std::move(member));
  }
  return test::rawZip(members);
}

}  // namespace hbev::fuzz
