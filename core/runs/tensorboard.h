// TensorBoard's event files: scalars only. Format: TFRecord (length, masked CRC-32C, bytes, masked CRC-32C)
// of TensorFlow's Event messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hbev {

/// CRC-32C (Castagnoli), as RFC 3720 has it.
std::uint32_t crc32c(std::string_view bytes);

class TensorBoardWriter {
 public:
  using Scalar = std::pair<std::string, double>;

  /// events.out.tfevents.<seconds>.<host>.<pid> in `folder`. Throws Error when it cannot be made.
  explicit TensorBoardWriter(const std::filesystem::path& folder);
  ~TensorBoardWriter();
  TensorBoardWriter(const TensorBoardWriter&) = delete;
  TensorBoardWriter& operator=(const TensorBoardWriter&) = delete;

  /// One record in one write: `time` in unix seconds. Throws Error when it cannot be written.
  void add(std::int64_t step, double time, std::span<const Scalar> scalars);
  const std::filesystem::path& file() const { return file_; }

 private:
  void write(std::string_view message);

  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace hbev
