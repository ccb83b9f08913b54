#include "core/runs/tensorboard.h"

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/runs/process_facts.h"

namespace hbev {
namespace {

constexpr std::array<std::uint32_t, 256> crcTable() {
  constexpr std::uint32_t kPolynomial = 0x82F63B78;  // Castagnoli's, bits reversed
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1) != 0 ? (value >> 1) ^ kPolynomial : value >> 1;
    table[i] = value;
  }
  return table;
}

/// TFRecord's: a checksum of bytes that hold their own checksum is not zero.
std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <class Number>
void putFixed(std::string& bytes, Number number) {
  static_assert(std::endian::native == std::endian::little);
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void putVarint(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    bytes += char(std::uint8_t(number) | 0x80U);
  bytes += char(number);
}

// Protocol buffers: field number times eight plus the kind of value.
constexpr char kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;
void putKey(std::string& bytes, int field, char kind) {
  bytes += char(field * 8 + kind);
}

void putBytes(std::string& bytes, int field, std::string_view value) {
  putKey(bytes, field, kBytes);
  putVarint(bytes, value.size());
  bytes += value;
}

/// An Event's beginning: its time.
std::string eventAt(double time) {
  std::string event;
  putKey(event, 1, kFixed64);
  putFixed(event, time);
  return event;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr auto kTable = crcTable();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes)
    crc = kTable[(crc ^ std::uint8_t(byte)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

TensorBoardWriter::TensorBoardWriter(const std::filesystem::path& folder) {
  const double time =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  file_ =
      folder / fmt::format("events.out.tfevents.{:010}.{}.{}", std::int64_t(time), hostName(), ::getpid());
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw Error({"TensorBoard's events cannot be written", file_, {}, std::strerror(errno), {}});
  std::string event = eventAt(time);
  putBytes(event, 3, "brain.Event:2");
  write(event);
}

TensorBoardWriter::~TensorBoardWriter() {
  ::close(descriptor_);
}

void TensorBoardWriter::add(std::int64_t step, double time, std::span<const Scalar> scalars) {
  std::string summary;
  for (const auto& [tag, value] : scalars) {
    std::string scalar;
    putBytes(scalar, 1, tag);
    putKey(scalar, 2, kFixed32);
    putFixed(scalar, float(value));
    putBytes(summary, 1, scalar);
  }
  std::string event = eventAt(time);
  putKey(event, 2, kVarint);
  putVarint(event, std::uint64_t(step));
  putBytes(event, 5, summary);
  write(event);
}

void TensorBoardWriter::write(std::string_view message) {
  std::string record;
  putFixed(record, std::uint64_t(message.size()));
  putFixed(record, masked(crc32c(record)));
  record += message;
  putFixed(record, masked(crc32c(message)));
  errno = 0;
  if (::write(descriptor_, record.data(), record.size()) != ssize_t(record.size())) {
    throw Error({"TensorBoard's events cannot be written",
                 file_,
                 {},
                 errno != 0 ? std::strerror(errno) : "a part of a record",
                 "Check the free space."});
  }
}

}  // namespace hbev
