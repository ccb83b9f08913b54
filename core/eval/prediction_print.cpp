#include "core/eval/prediction_print.h"

#include <array>
#include <cstddef>
#include <fstream>
#include <memory>
#include <system_error>
#include <xxhash.h>

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 4096;

}  // namespace

std::uint64_t filePrint(const fs::path& file) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(file, code);
  std::ifstream stream(file, std::ios::binary);
  if (code || !stream) return 0;
  const std::string name = file.filename().string();
  XXH64_hash_t print = XXH3_64bits_withSeed(name.data(), name.size(), size);
  std::array<char, kPiece> piece{};
  for (const std::uintmax_t begin : {std::uintmax_t(0), size / 2, size > kPiece ? size - kPiece : 0}) {
    stream.clear();
    stream.seekg(std::streamoff(begin));
    stream.read(piece.data(), std::streamsize(piece.size()));
    print = XXH3_64bits_withSeed(piece.data(), std::size_t(stream.gcount()), print);
  }
  return print == 0 ? 1 : print;
}

std::uint64_t predictionPrint(const EvaluationSource& source, const Keyframe& keyframe) {
  if (source.rays) return source.rays->contains(keyframe.token) ? filePrint(source.rays->file()) : 0;
  const auto file = source.voxels->find(keyframe);
  return file ? filePrint(*file) : 0;
}

}  // namespace hbev
