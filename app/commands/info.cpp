// hbevocc info: what a folder holds, and what it lacks.
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/json_text.h"
#include "core/data/dataset.h"

namespace hbev {
namespace {

struct InfoOptions {
  std::string data;
  std::string version;
  bool json = false;
};

/// Counts of what the folders hold; every file is looked for, none is opened.
struct FileCounts {
  std::array<std::size_t, kCameraCount> images{};
  std::size_t lidar = 0;
  std::map<LabelKind, std::size_t> labels;
  std::size_t boxes = 0;
  std::size_t damaged = 0;    ///< keyframes whose tables have problems
  std::string first_problem;  ///< of them
};

FileCounts countFiles(const Dataset& dataset) {
  FileCounts counts;
  std::error_code code;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i) {
      const Keyframe keyframe = dataset.keyframe(scene, i);
      for (std::size_t c = 0; c < kCameraCount; ++c) {
        counts.images[c] += keyframe.cameras[c] && std::filesystem::exists(keyframe.cameras[c]->file, code);
      }
      counts.lidar += keyframe.lidar && std::filesystem::exists(keyframe.lidar->file, code);
      for (const LabelKind kind : dataset.labelKinds())
        counts.labels[kind] += dataset.truthFile(kind, keyframe).has_value();
      counts.boxes += keyframe.boxes.size();
      counts.damaged += !keyframe.problems.empty();
      if (counts.first_problem.empty() && !keyframe.problems.empty()) {
        counts.first_problem =
            fmt::format("{}/{}: {}", keyframe.scene_name, keyframe.token, keyframe.problems.front());
      }
    }
  }
  return counts;
}

std::string ofAll(std::size_t found, std::size_t all) {
  return found == all ? fmt::format("{}", found)
                      : fmt::format("{} of {} ({} missing)", found, all, all - found);
}

void printText(const Dataset& dataset, const FileCounts& counts) {
  const std::size_t all = dataset.keyframeCount();
  fmt::print("{}\n", dataset.name());
  fmt::print("  {:<12} {}\n", "folder", dataset.root().string());
  if (!dataset.version().empty()) fmt::print("  {:<12} {}\n", "version", dataset.version());
  fmt::print("  {:<12} {}\n", "scenes", dataset.scenes().size());
  fmt::print("  {:<12} {}\n", "keyframes", all);
  if (!dataset.version().empty()) {
    for (std::size_t c = 0; c < kCameraCount; ++c)
      fmt::print("  {:<12} {}\n", cameraTitle(Camera(c)), ofAll(counts.images[c], all));
    fmt::print("  {:<12} {}\n", "lidar", ofAll(counts.lidar, all));
    fmt::print("  {:<12} {}\n", "boxes", counts.boxes);
  }
  for (const auto& [kind, found] : counts.labels)
    fmt::print("  {:<12} {}\n", labelKindTitle(kind), ofAll(found, all));
  if (counts.damaged > 0) {
    fmt::print("  {:<12} {} of {} keyframes: readings that the tables lack or damage\n", "damaged",
               counts.damaged, all);
    fmt::print("  {:<12} {}\n", "first", counts.first_problem);
  }
  for (const DatasetIssue& issue : dataset.issues()) {
    fmt::print("  note         {}{}. {}\n", issue.what,
               issue.count > 1 ? fmt::format(" ({})", issue.count) : "", issue.consequence);
  }
  fmt::print("\n");
  for (const Scene& scene : dataset.scenes()) {
    fmt::print("  {:<14} {:>3} keyframes  {:<24} {}\n", scene.name, scene.keyframes.size(), scene.location,
               scene.description);
  }
}

void printJson(const Dataset& dataset, const FileCounts& counts) {
  nlohmann::ordered_json json;
  json["name"] = dataset.name();
  json["root"] = dataset.root().string();
  json["version"] = dataset.version();
  json["keyframes"] = dataset.keyframeCount();
  for (std::size_t c = 0; c < kCameraCount; ++c)
    json["images"][std::string(cameraChannel(Camera(c)))] = counts.images[c];
  json["lidar"] = counts.lidar;
  json["boxes"] = counts.boxes;
  json["damaged_keyframes"] = counts.damaged;
  if (counts.damaged > 0) json["first_problem"] = counts.first_problem;
  json["labels"] = nlohmann::ordered_json::object();
  for (const auto& [kind, found] : counts.labels)
    json["labels"][std::string(labelKindName(kind))] = found;
  json["issues"] = nlohmann::ordered_json::array();
  for (const DatasetIssue& issue : dataset.issues()) {
    json["issues"].push_back(
        {{"what", issue.what}, {"consequence", issue.consequence}, {"count", issue.count}});
  }
  json["scenes"] = nlohmann::ordered_json::array();
  for (const Scene& scene : dataset.scenes()) {
    json["scenes"].push_back({{"token", scene.token},
                              {"name", scene.name},
                              {"description", scene.description},
                              {"location", scene.location},
                              {"keyframes", scene.keyframes}});
  }
  fmt::print("{}\n", dumped(json));
}

}  // namespace

void addInfoCommand(CLI::App& app) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App* command = app.add_subcommand("info", "Tells what a data set holds, and what of it is missing");
  command->add_option("DATA", options->data, "A nuScenes folder, its version folder, or a labels .npz")
      ->required();
  command->add_option("--version-folder", options->version,
                      "Which version, when there are several: v1.0-mini");
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    const auto dataset = Dataset::open(options->data, options->version);
    const FileCounts counts = countFiles(*dataset);
    options->json ? printJson(*dataset, counts) : printText(*dataset, counts);
  });
}

}  // namespace hbev
