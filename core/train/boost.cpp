#include "core/train/boost.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace {

constexpr std::uint64_t kMaxBoostFile = std::uint64_t(64) << 20;

[[noreturn]] void failBoost(const std::filesystem::path& file, const std::string& found) {
  throw Error({"The list of keyframes to see more often cannot be used",
               file,
               fmt::format("{{\"tokens\": {{\"sample token\": weight from 1 to {}}}}}", kMaxBoost),
               found,
               {}});
}

}  // namespace

std::string readBoostFile(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, kMaxBoostFile);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

BoostWeights boostWeights(const std::string& text, const std::filesystem::path& file) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("tokens") || !json["tokens"].is_object())
    failBoost(file, "something else");
  BoostWeights weights;
  for (const auto& [token, weight] : json["tokens"].items()) {
    if (!weight.is_number()) failBoost(file, fmt::format("no number for {}", token));
    const double value = weight.get<double>();
    if (!(value >= 1 && value <= kMaxBoost)) failBoost(file, fmt::format("{} for {}", value, token));
    weights[token] = value;
  }
  if (weights.empty()) failBoost(file, "no token");
  return weights;
}

std::vector<SequencePiece> boostPieces(const std::vector<SequencePiece>& pieces,
                                       const std::function<double(std::size_t, std::size_t)>& weight) {
  std::vector<SequencePiece> added;
  const auto repeats = [&](std::size_t scene, std::size_t index) {
    return std::lround(weight(scene, index)) - 1;
  };
  for (const SequencePiece& piece : pieces) {
    for (std::size_t begin = piece.begin; begin < piece.end;) {
      const long times = repeats(piece.scene, begin);
      std::size_t end = begin + 1;
      while (end < piece.end && repeats(piece.scene, end) == times)
        ++end;
      for (long i = 0; i < times; ++i)
        added.push_back({piece.scene, begin, end});
      begin = end;
    }
  }
  return added;
}

}  // namespace hbev
