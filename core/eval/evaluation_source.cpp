#include "core/eval/evaluation_source.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

/// The hash of the weights in the record that hbevocc predict leaves in its folder; "" without one.
std::string weightsOf(const fs::path& path) {
  constexpr const char* kRecord = ".hbevocc-predict.json";
  constexpr std::uint64_t kMostBytes = 1 << 20;
  constexpr std::size_t kLongest = 64;
  std::error_code ignored;
  const fs::path folder = fs::is_directory(path, ignored) ? path : path.parent_path();
  for (const fs::path& file : {folder / kRecord, folder.parent_path() / kRecord}) {
    if (!fs::exists(file, ignored)) continue;
    try {
      const std::vector<std::byte> bytes = readFile(file, kMostBytes);
      const auto* text = reinterpret_cast<const char*>(bytes.data());
      const auto record = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
      if (!record.is_object() || !record.contains("weights_xxh3")) continue;
      const auto& hash = record["weights_xxh3"];
      if (hash.is_string()) return hash.get<std::string>().substr(0, kLongest);
    } catch (const Error&) {
      continue;  // it is not needed
    }
  }
  return {};
}

}  // namespace

bool EvaluationSource::has(const Keyframe& keyframe) const {
  return rays ? rays->contains(keyframe.token) : voxels->find(keyframe).has_value();
}

EvaluationSource evaluationSource(std::shared_ptr<const PredictionSource> predictions) {
  EvaluationSource source;
  source.facts = {predictions->title(), predictions->path().string(), predictions->formatName(),
                  std::string(predictions->classes().name()), weightsOf(predictions->path())};
  source.classes = &predictions->classes();
  source.rays = submissionOf(*predictions);
  source.shown = predictions;
  if (source.rays) source.facts.format = "CVPR 2024 ray submission, scored ray by ray";
  if (!source.rays) source.voxels = std::move(predictions);
  return source;
}

EvaluationSource openEvaluationSource(const fs::path& path, const OpenOptions& options) {
  return evaluationSource(openPredictions(path, options));
}

void tellApart(std::vector<EvaluationSource>& sources) {
  std::unordered_set<std::string> titles;
  for (EvaluationSource& source : sources) {
    const std::string title = source.facts.title;
    for (int number = 2; !titles.insert(source.facts.title).second; ++number)
      source.facts.title = fmt::format("{} ({})", title, number);
  }
}

}  // namespace hbev
