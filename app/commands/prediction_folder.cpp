#include "app/commands/prediction_folder.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/data/labels.h"
#include "core/io/npz.h"

namespace fs = std::filesystem;

namespace hbev {
namespace {

constexpr const char* kRecordName = ".hbevocc-predict.json";  // hidden: it is no prediction

/// .npz files in a folder and in the folders in it.
std::vector<fs::path> predictionsIn(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (entry.depth() >= 1) entry.disable_recursion_pending();
    if (entry->path().extension() == ".npz") found.push_back(entry->path().lexically_normal());
  }
  return found;
}

/// Nothing when there is none, or a damaged one.
std::optional<PredictionRecord> readRecord(const fs::path& folder) {
  const fs::path file = folder / kRecordName;
  std::error_code none;
  if (!fs::exists(file, none)) return std::nullopt;
  const std::vector<std::byte> bytes = readFile(file, 1 << 16);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const auto json = nlohmann::ordered_json::parse(text, text + bytes.size(), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  PredictionRecord record;
  for (const auto& [key, value] : json.items()) {
    // Ours holds texts and numbers; what else stands there may be brackets in brackets, too deep to be
    // written.
    record.emplace_back(key, value.is_string()       ? value.get<std::string>()
                             : value.is_structured() ? std::string(value.type_name())
                                                     : dumped(value, -1));
  }
  return record;
}

/// What `a` says that `b` does not: "mode exact". Older records do not know the configuration's hash.
std::string differenceTo(const PredictionRecord& a, const PredictionRecord& b) {
  std::vector<std::string> different;
  for (const auto& [key, value] : a) {
    const auto other = std::ranges::find(b, key, &PredictionRecord::value_type::first);
    const bool is_newer = key == "config_xxh3" && other == b.end();
    if (!is_newer && (other == b.end() || other->second != value))
      different.push_back(fmt::format("{} {}", key, value));
  }
  return fmt::format("{}", fmt::join(different, ", "));
}

}  // namespace

PredictionFolder::PredictionFolder(fs::path folder, std::string format)
    : folder_(std::move(folder)), format_(std::move(format)) {}

PredictionFolder::~PredictionFolder() {
  std::error_code not_empty;
  if (was_made_) fs::remove(folder_, not_empty);
}

fs::path PredictionFolder::fileOf(const std::string& scene, const std::string& token) const {
  return format_ == "cvpr2023" ? folder_ / (token + ".npz") : folder_ / scene / (token + ".npz");
}

void PredictionFolder::demandWritable() {
  demandWritableFolder(folder_);
  std::error_code code;
  was_made_ = fs::create_directories(folder_, code);
}

void PredictionFolder::demandSameMaker(PredictionRecord maker, bool again, std::span<const fs::path> files) {
  maker_ = std::move(maker);
  const std::optional<PredictionRecord> found = readRecord(folder_);
  const std::string ours = found ? differenceTo(maker_, *found) : std::string();
  const std::string theirs = found ? differenceTo(*found, maker_) : std::string();
  if (found && ours.empty() && theirs.empty()) return;
  const std::vector<fs::path> there = predictionsIn(folder_);
  if (there.empty()) return;
  std::set<fs::path> ends;
  for (const fs::path& file : files)
    ends.insert(file.lexically_normal());
  const auto stays = std::ranges::count_if(there, [&](const fs::path& file) { return !ends.contains(file); });
  if (again && stays == 0) {
    replaced_ = there;
    return;
  }
  const std::string others = fmt::format("{} .npz file{}", there.size(), there.size() == 1 ? "" : "s");
  throw Error(
      {found ? "The folder holds predictions that were made in another way"
             : "The folder holds predictions, and nothing says what made them",
       folder_, found ? (ours.empty() ? "nothing of the kind" : ours) : "the record of hbevocc predict",
       found ? (theirs.empty() ? "a record without it" : theirs) : others,
       again ? fmt::format("Choose another --out: --again would leave {} of the {} there.", stays, others)
             : "Choose another --out, or --again to replace all of them."});
}

void PredictionFolder::write(const fs::path& file, const Occupancy& occupancy) {
  // A folder without voxels has no record.
  if (!std::exchange(is_recorded_, true)) {
    std::error_code gone;
    for (const fs::path& other : replaced_)
      fs::remove(other, gone);
    nlohmann::ordered_json record;
    for (const auto& [key, value] : maker_)
      record[key] = value;
    writeFile(folder_ / kRecordName, dumped(record) + "\n");
  }
  if (format_ != "cvpr2023") return writeOccupancyNpz(file, occupancy, true);
  const Eigen::Vector3i& dims = occupancy.grid.dims;
  NpzWriter npz(file, true);
  npz.add<std::uint8_t>("arr_0", occupancy.semantics,
                        {std::size_t(dims.x()), std::size_t(dims.y()), std::size_t(dims.z())});
  npz.close();
}

}  // namespace hbev
