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

/// The submission in a file, or nothing when it is none: whoever opens it next says what is wrong.
std::shared_ptr<const RaySubmission> findSubmission(const fs::path& path) {
  std::error_code ignored;
  const std::string extension = path.extension().string();
  if (!fs::is_regular_file(path, ignored)) return nullptr;
  if (extension != ".gz" && extension != ".pkl" && extension != ".pickle") return nullptr;
  try {
    return RaySubmission::open(path);
  } catch (const Error&) {
    return nullptr;
  }
}

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

EvaluationSource evaluationSource(std::shared_ptr<const PredictionSource> voxels) {
  EvaluationSource source;
  source.facts = {voxels->title(), voxels->path().string(), voxels->formatName(),
                  std::string(voxels->classes().name()), weightsOf(voxels->path())};
  source.classes = &voxels->classes();
  source.voxels = std::move(voxels);
  return source;
}

EvaluationSource openEvaluationSource(const fs::path& path, const OpenOptions& options) {
  if (auto submission = findSubmission(path)) {
    EvaluationSource source;
    source.classes = &ClassSet::openocc();
    source.facts = {lastName(path), path.string(), "CVPR 2024 ray submission, scored ray by ray",
                    std::string(source.classes->name()), weightsOf(path)};
    source.rays = std::move(submission);
    return source;
  }
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
