#include "core/data/scene_classes.h"

#include <chrono>
#include <map>
#include <optional>
#include <simdjson.h>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/base/log.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 1;
constexpr std::uint64_t kMaxCacheBytes = std::uint64_t(64) << 20;
constexpr std::chrono::seconds kSaveEvery(20);

struct Remembered {
  std::string fingerprint;
  SceneClasses classes;
};
using Memory = std::map<std::string, Remembered, std::less<>>;  // by scene token

/// Changes when any label file of the scene comes, goes or is written anew. `files` gets the present ones.
std::string fingerprintOf(const Dataset& dataset, LabelKind kind, std::size_t scene,
                          std::vector<fs::path>& files) {
  std::string text;
  for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i) {
    const auto file = dataset.truthFile(kind, dataset.keyframe(scene, i));
    if (!file) continue;
    std::error_code no_size, no_time;
    const auto size = fs::file_size(*file, no_size);
    const auto time = fs::last_write_time(*file, no_time);
    if (no_size || no_time) continue;
    text += fmt::format("{}\n{}\n{}\n", file->string(), size, time.time_since_epoch().count());
    files.push_back(*file);
  }
  return hashText(text);
}

SceneClasses countFiles(const std::vector<fs::path>& files, const ClassSet& classes, Progress& progress) {
  SceneClasses counted;
  counted.voxels.assign(std::size_t(classes.size()), 0);
  for (const fs::path& file : files) {
    progress.throwIfCancelled();
    try {
      const std::vector<std::size_t> counts = readClassCountsNpz(file, classes);
      for (std::size_t label = 0; label < counts.size(); ++label)
        counted.voxels[label] += counts[label];
      ++counted.keyframes;
    } catch (const Error&) {
      ++counted.damaged;  // shown where the keyframe itself is opened
    }
  }
  return counted;
}

std::optional<Remembered> parseScene(simdjson::dom::element row, std::size_t class_count) {
  std::string_view fingerprint;
  std::uint64_t keyframes = 0, damaged = 0;
  simdjson::dom::array voxels;
  if (row["fingerprint"].get(fingerprint) || row["keyframes"].get(keyframes) || row["damaged"].get(damaged) ||
      row["voxels"].get(voxels) || voxels.size() != class_count) {
    return std::nullopt;
  }
  Remembered remembered{std::string(fingerprint), {{}, std::size_t(keyframes), std::size_t(damaged)}};
  for (const simdjson::dom::element voxel : voxels) {
    std::uint64_t count = 0;
    if (voxel.get(count)) return std::nullopt;
    remembered.classes.voxels.push_back(count);
  }
  return remembered;
}

/// What an earlier call left; nothing when there is none or it is not ours.
Memory recall(const fs::path& file, std::size_t class_count) {
  Memory memory;
  std::error_code code;
  if (!fs::exists(file, code)) return memory;
  try {
    const std::vector<std::byte> bytes = readFile(file, kMaxCacheBytes);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::int64_t version = 0;
    simdjson::dom::object scenes;
    const simdjson::padded_string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (parser.parse(text).get(root) || root["version"].get(version) || version != kVersion ||
        root["scenes"].get(scenes)) {
      return memory;
    }
    for (const auto& [token, row] : scenes) {
      if (auto remembered = parseScene(row, class_count)) memory[std::string(token)] = std::move(*remembered);
    }
  } catch (const Error& error) {
    log().info("The class counts are made anew. {}", error.what());
  }
  return memory;
}

/// Tokens come from files: a quotation mark or a backslash in one must not spoil ours.
std::string jsonText(std::string_view text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
  }
  return out + '"';
}

void keep(const fs::path& file, const Memory& memory) {
  std::string text = fmt::format("{{\"version\": {}, \"scenes\": {{", kVersion);
  const char* separator = "\n";
  for (const auto& [token, remembered] : memory) {
    const SceneClasses& classes = remembered.classes;
    text += fmt::format(R"({}{}: {{"fingerprint": "{}", "keyframes": {}, "damaged": {}, "voxels": [{}]}})",
                        separator, jsonText(token), remembered.fingerprint, classes.keyframes,
                        classes.damaged, fmt::join(classes.voxels, ","));
    separator = ",\n";
  }
  text += "\n}}\n";
  try {
    writeFile(file, text);
  } catch (const Error& error) {
    log().warn("The class counts are not kept. {}", error.what());
  }
}

}  // namespace

fs::path sceneClassesFile(const Dataset& dataset, LabelKind kind, const fs::path& cache_folder) {
  std::error_code code;
  const fs::path root = fs::absolute(dataset.root(), code).lexically_normal();
  const std::string name = root.string() + "\n" + dataset.version();
  return cache_folder / "scene-classes" / fmt::format("{}-{}.json", hashText(name), labelKindName(kind));
}

void countSceneClasses(const Dataset& dataset, LabelKind kind, const fs::path& cache_folder,
                       const std::function<void(std::size_t, const SceneClasses&)>& found,
                       Progress& progress) {
  const ClassSet& classes = classSetOf(kind);
  const fs::path file = sceneClassesFile(dataset, kind, cache_folder);
  Memory memory = recall(file, std::size_t(classes.size()));
  bool changed = false;
  auto saved_at = std::chrono::steady_clock::now();
  const auto save = [&] {
    if (changed) keep(file, memory);
    changed = false;
    saved_at = std::chrono::steady_clock::now();
  };
  progress.start("Looking for classes", std::int64_t(dataset.scenes().size()));
  try {
    for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
      progress.throwIfCancelled();
      std::vector<fs::path> files;
      const std::string fingerprint = fingerprintOf(dataset, kind, scene, files);
      Remembered& remembered = memory[dataset.scenes()[scene].token];
      if (remembered.fingerprint != fingerprint) {
        remembered.fingerprint.clear();  // half a count must not pass for one when this is cancelled
        remembered.classes = countFiles(files, classes, progress);
        remembered.fingerprint = fingerprint;
        changed = true;
      }
      found(scene, remembered.classes);
      progress.advance();
      if (std::chrono::steady_clock::now() - saved_at > kSaveEvery) save();
    }
  } catch (const Cancelled&) {
    std::erase_if(memory, [](const auto& entry) { return entry.second.fingerprint.empty(); });
    save();
    throw;
  }
  save();
}

}  // namespace hbev
