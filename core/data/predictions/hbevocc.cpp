#include "core/data/predictions/hbevocc.h"

#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/labels.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

/// The .npz files two levels down, in no order; `enough` of them at most.
std::vector<fs::path> dumpFiles(const fs::path& folder, std::size_t enough) {
  std::vector<fs::path> files;
  std::error_code code;
  for (const auto& scene :
       fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, code)) {
    if (!scene.is_directory(code)) continue;
    for (const auto& file :
         fs::directory_iterator(scene.path(), fs::directory_options::skip_permission_denied, code)) {
      if (file.path().extension() == ".npz") files.push_back(file.path());
      if (files.size() >= enough) return files;
    }
  }
  return files;
}

class HbevoccDump : public PredictionSource {
 public:
  HbevoccDump(fs::path path, std::size_t count, const ClassSet& classes)
      : path_(std::move(path)), count_(count), classes_(classes) {}

  const fs::path& path() const override { return path_; }
  std::string title() const override { return lastName(path_); }
  std::string formatName() const override { return "HBEVOcc / STCOcc"; }
  const ClassSet& classes() const override { return classes_; }
  std::size_t count() const override { return count_; }

  std::optional<fs::path> find(const Keyframe& keyframe) const override {
    fs::path file = path_ / keyframe.scene_name / (keyframe.token + ".npz");
    std::error_code code;
    if (!fs::is_regular_file(file, code)) return std::nullopt;
    return file;
  }

  Occupancy read(const Keyframe& keyframe) const override {
    const std::optional<fs::path> file = find(keyframe);
    if (!file) {
      throw Error({"No prediction for this keyframe", path_,
                   keyframe.scene_name + "/" + keyframe.token + ".npz", "no such file",
                   "Run the network for it, or open other predictions."});
    }
    return readOccupancyNpz(*file, classes_);
  }

 private:
  fs::path path_;
  std::size_t count_;
  const ClassSet& classes_;
};

bool canRead(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code) && !dumpFiles(path, 1).empty();
}

std::shared_ptr<const PredictionSource> open(const fs::path& path) {
  const std::vector<fs::path> files = dumpFiles(path, std::size_t(-1));
  // The first readable file tells the class set; damaged ones are told of when they are asked for.
  for (const fs::path& file : files) {
    try {
      if (const auto kind = detectLabelKind(file)) {
        return std::make_shared<HbevoccDump>(path, files.size(), classSetOf(*kind));
      }
    } catch (const Error&) {
      continue;
    }
  }
  throw Error({"None of these predictions can be read",
               path,
               "semantics uint8 [200, 200, 16], free voxels as 16 or 17",
               std::to_string(files.size()) + " files of another kind",
               {}});
}

}  // namespace

PredictionFormat hbevoccFormat() {
  return {"HBEVOcc / STCOcc", 10, &canRead, &open};
}

}  // namespace hbev
