// What every fuzz target is made of: bytes go in; a value or one hbev::Error comes out, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"

// libFuzzer's interface. smoke_main.cpp plays its part where there is no clang.
extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Optional: changes `data` in place and returns its new size.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);
/// What a custom mutator calls for an ordinary change.
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
}

namespace hbev::fuzz {

/// Stops the process with `what` when `holds` is false: a finding.
void require(bool holds, std::string_view what);

/// Whether an Error is one sentence that a person can be shown: not empty and not as long as the file.
void requireReadable(const Error& error);

/// Runs `work`. True when it came to its end, false when it refused its input by an Error; anything else that
/// leaves it is a finding.
template <class Work>
bool readOrRefuse(const Work& work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    requireReadable(error);
    return false;
  }
}

/// True for one input in `n`, always the same ones, whichever way a mutation has led there: for what costs a
/// hundred times as much as the rest.
bool isOneIn(unsigned n, const std::uint8_t* data, std::size_t size);

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file in memory for readers that want a path.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  /// Makes `bytes` the whole content.
  void write(std::string_view bytes);
  const std::filesystem::path& path() const { return path_; }

 private:
  int descriptor_;
  std::filesystem::path path_;
};

/// A folder in memory (where the system has one) that goes away with the process.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Makes `bytes` the whole content of a file in it, in place.
  void write(const std::filesystem::path& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

/// Takes numbers and pieces off the front of an input, so that its bytes can steer more than one thing.
/// Nothing is ever missing: what is not there is zero or empty.
class Pieces {
 public:
  Pieces(const std::uint8_t* data, std::size_t size) : rest_(textOf(data, size)) {}

  bool isEmpty() const { return rest_.empty(); }
  std::uint8_t byte();
  /// Two bytes, little-endian.
  std::uint16_t word();
  /// As many bytes as the next word says, or what is left.
  std::string_view piece();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace hbev::fuzz
