#include "core/data/pack.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tbb/parallel_for.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/data/ppm.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxPackedFile = std::uint64_t(1) << 30;

fs::path unfinishedMark(const fs::path& folder) {
  return folder / "pack-unfinished.json";
}

fs::path finishedMark(const fs::path& folder) {
  return folder / "pack.json";
}

bool isThere(const fs::path& file) {
  std::error_code none;
  return fs::exists(file, none);
}

/// Where a file of the data set lies in the pack.
fs::path placeIn(const fs::path& folder, const fs::path& root, const fs::path& file) {
  const fs::path below = fs::absolute(file).lexically_relative(fs::absolute(root));
  if (!below.empty() && *below.begin() != "..") return folder / below;
  throw Error(
      {"A file lies outside of the data set", file, "one below " + root.string(), "another place", {}});
}

/// A table whose names of pictures become those of the pack. It may be larger than memory.
void copyTable(const fs::path& from, const fs::path& to, Progress& progress) {
  std::ifstream in(from, std::ios::binary);
  const fs::path temporary = temporarySibling(to);
  std::ofstream out(temporary, std::ios::binary);
  std::string text, part(std::size_t(1) << 20, '\0');
  while (in && out) {
    progress.throwIfCancelled();
    in.read(part.data(), std::streamsize(part.size()));
    text.append(part, 0, std::size_t(in.gcount()));
    for (const std::string_view ending : {".jpg\"", ".jpeg\"", ".png\""}) {
      for (std::size_t at = 0; (at = text.find(ending, at)) != text.npos; at += 5)
        text.replace(at, ending.size(), ".ppm\"");
    }
    constexpr std::size_t kLongestEnding = 6;  // may go on in the next part
    const std::size_t ready = in ? text.size() - std::min(text.size(), kLongestEnding) : text.size();
    out.write(text.data(), std::streamsize(ready));
    text.erase(0, ready);
  }
  out.close();
  if (!in.eof() || !out) {
    std::error_code none;
    fs::remove(temporary, none);
    throw Error({"A table could not be copied", in.eof() ? to : from, {}, "an error of the disk", {}});
  }
  publishFile(temporary, to);
}

class PackWriter {
 public:
  PackWriter(const fs::path& folder, const Dataset& dataset, const PackOptions& options, Progress& progress)
      : folder_(folder), dataset_(dataset), options_(options), progress_(progress) {}

  PackWritten write() {
    begin();
    std::int64_t keyframes = 0;
    for (const std::size_t scene : options_.scenes)
      keyframes += std::int64_t(dataset_.scenes()[scene].keyframes.size());
    progress_.start("Packing", keyframes);
    for (const std::size_t scene : options_.scenes) {
      tbb::parallel_for(std::size_t(0), dataset_.scenes()[scene].keyframes.size(), [&](std::size_t index) {
        if (progress_.isCancelled()) return;
        packKeyframe(dataset_.keyframe(scene, index));
        progress_.advance();
      });
      progress_.throwIfCancelled();
    }
    written_.keyframes = keyframes;
    copyTables();
    finish();
    return written_;
  }

 private:
  /// As text, to see whether what was begun is the same.
  std::string settings() const {
    nlohmann::ordered_json json{{"data", fs::absolute(dataset_.root()).string()},
                                {"version", dataset_.version()},
                                {"picture_width", options_.picture_width}};
    for (const std::size_t scene : options_.scenes)
      json["scenes"].push_back(dataset_.scenes()[scene].name);
    return dumped(json, 1) + "\n";
  }

  void begin() const {
    if (!isThere(dataset_.root() / dataset_.version() / "sample_data.json") || dataset_.version().empty()) {
      throw Error({"Only nuScenes tables can be packed",
                   dataset_.root(),
                   "a folder with sample_data.json",
                   "none",
                   {}});
    }
    if (isThere(finishedMark(folder_)))
      throw Error({"There is a pack already", folder_, {}, {}, "Choose another folder."});
    const fs::path mark = unfinishedMark(folder_);
    if (isThere(mark)) {
      const std::vector<std::byte> bytes = readFile(mark, kMaxPackedFile);
      if (std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == settings()) return;
      throw Error({"Another pack was begun here and not finished",
                   folder_,
                   {},
                   {},
                   "Choose another folder, or the same data, scenes and size of pictures."});
    }
    std::error_code none;
    if (isThere(folder_) && !fs::is_empty(folder_, none))
      throw Error({"The folder holds something else", folder_, "an empty folder", {}, "Choose another one."});
    demandRoom();
    writeFile(mark, settings());
  }

  /// By the first picture that can be read.
  void demandRoom() const {
    std::uint64_t keyframes = 0, picture = 0;
    for (const std::size_t scene : options_.scenes) {
      keyframes += dataset_.scenes()[scene].keyframes.size();
      for (std::size_t i = 0; picture == 0 && i < dataset_.scenes()[scene].keyframes.size(); ++i) {
        try {
          const Keyframe keyframe = dataset_.keyframe(scene, i);
          if (keyframe.cameras[0]) picture = decoded(keyframe.cameras[0]->file).rgb.size();
        } catch (const Error&) {  // it will be left out
        }
      }
    }
    constexpr std::uint64_t kLidarAndLabels = 900000;
    const std::uint64_t needed = keyframes * (kCameraCount * picture + kLidarAndLabels);
    std::error_code code;
    fs::create_directories(folder_, code);
    const fs::space_info room = fs::space(folder_, code);
    if (code || room.available >= needed) return;
    throw Error({"There is too little room for the pack", folder_,
                 fmt::format("about {:.1f} GB", double(needed) / 1e9),
                 fmt::format("{:.1f} GB free", double(room.available) / 1e9),
                 "Pack fewer scenes, or for a configuration with smaller pictures."});
  }

  Image decoded(const fs::path& file) const {
#ifdef HBEV_HAS_OPENCV
    return readImage(file, options_.picture_width);
#else
    return readPpm(file);  // packed before
#endif
  }

  void packKeyframe(const Keyframe& keyframe) {
    for (const auto& reading : keyframe.cameras) {
      if (!reading) continue;
      fs::path to = placeIn(folder_, dataset_.root(), reading->file);
      to.replace_extension(".ppm");
      pack(to, [&] { writePpm(to, decoded(reading->file)); });
    }
    if (keyframe.lidar) copyWhole(keyframe.lidar->file);
    for (const LabelKind kind : dataset_.labelKinds()) {
      if (const auto labels = dataset_.truthFile(kind, keyframe)) copyWhole(*labels);
    }
  }

  void copyWhole(const fs::path& from) {
    const fs::path to = placeIn(folder_, dataset_.root(), from);
    pack(to, [&] { writeFile(to, readFile(from, kMaxPackedFile)); });
  }

  /// What is there was written whole by an earlier call. Files that cannot be read are left out; a folder
  /// that cannot be written ends it.
  template <class Write>
  void pack(const fs::path& to, const Write& write) {
    if (!isThere(to)) {
      try {
        write();
      } catch (const Error& error) {
        if (error.problem().file.native().starts_with(folder_.native())) throw;
        const std::lock_guard lock(mutex_);
        ++written_.left_out;
        return;
      }
    }
    std::error_code none;
    const std::lock_guard lock(mutex_);
    written_.pictures += to.extension() == ".ppm" ? 1 : 0;
    written_.bytes += fs::file_size(to, none);
  }

  void copyTables() {
    std::error_code code;
    const fs::path tables = dataset_.root() / dataset_.version();
    fs::create_directories(folder_ / dataset_.version(), code);
    for (const auto& entry : fs::directory_iterator(tables, code)) {
      const fs::path to = folder_ / dataset_.version() / entry.path().filename();
      if (entry.path().extension() != ".json") continue;
      if (entry.path().filename() == "sample_data.json") {
        copyTable(entry.path(), to, progress_);
      } else {
        fs::copy_file(entry.path(), to, fs::copy_options::overwrite_existing, code);
        if (code) throw Error({"A table could not be copied", to, {}, code.message(), {}});
      }
    }
    const fs::path splits = dataset_.root() / "splits.json";
    if (isThere(splits)) writeFile(folder_ / "splits.json", readFile(splits, kMaxPackedFile));
  }

  void finish() const {
    writeFile(finishedMark(folder_), settings());
    std::error_code none;
    fs::remove(unfinishedMark(folder_), none);
  }

  fs::path folder_;
  const Dataset& dataset_;
  const PackOptions& options_;
  Progress& progress_;
  std::mutex mutex_;
  PackWritten written_;
};

}  // namespace

PackWritten writePack(const fs::path& folder, const Dataset& dataset, const PackOptions& options,
                      Progress& progress) {
  return PackWriter(folder, dataset, options, progress).write();
}

void demandFinishedPack(const fs::path& root) {
  if (!isThere(unfinishedMark(root)) || isThere(finishedMark(root))) return;
  throw Error({"The data was not packed to its end",
               root,
               {},
               {},
               "Run the same `hbevocc prepare` again: it goes on where it stopped."});
}

}  // namespace hbev
