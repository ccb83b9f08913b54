// nuScenes' JSON tables: one of them is the input, the others are whole. What is read in small pieces, as
// large tables are, must be what is read at once.
#include <algorithm>
#include <array>

#include <tbb/global_control.h>

#include "core/data/tables.h"
#include "tests/data/made_nuscenes.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

/// A version folder in which one table is replaced at a time.
class Tables {
 public:
  Tables() {
    // Rows of the other sensors are like these, and each costs time.
    for (const char* table : {"sample_data", "ego_pose", "calibrated_sensor", "sensor"}) {
      nlohmann::json& rows = made_.table(table);
      rows.erase(std::remove_if(rows.begin(), rows.end(), isOfAnotherSensor), rows.end());
    }
    for (const NuscenesTable& table : kNuscenesTables)
      folder_.write(table.file, whole(table));
  }

  const std::filesystem::path& path() const { return folder_.path(); }

  void replace(std::size_t index, std::string_view text) {
    const NuscenesTable& last = kNuscenesTables[replaced_];
    if (index != replaced_) folder_.write(last.file, whole(last));
    folder_.write(kNuscenesTables[index].file, text);
    replaced_ = index;
  }

 private:
  static bool isOfAnotherSensor(const nlohmann::json& row) {
    std::string token = row.at("token");
    if (token.ends_with("-sweep")) token.resize(token.size() - 6);
    return !token.ends_with("CAM_FRONT") && !token.ends_with("LIDAR_TOP");
  }
  std::string whole(const NuscenesTable& table) const {
    return made_.text(std::filesystem::path(table.file).stem());
  }

  test::MadeNuscenes made_;
  fuzz::MemoryFolder folder_;
  std::size_t replaced_ = 0;
};

struct Read {
  bool is_refused = false;
  DatasetIndex index;
};

Read read(const std::filesystem::path& folder, std::size_t piece_bytes) {
  Read result;
  result.is_refused = !fuzz::readOrRefuse(
      [&] { result.index = joinIndex(readNuscenesTables(folder, nullptr, piece_bytes)); });
  if (result.is_refused) return result;
  const DatasetIndex& index = result.index;
  fuzz::require(index.isSound(), "every link is in range");
  for (const DatasetIndex::Reading& reading : index.readings)
    fuzz::require(index.fileName(reading).size() < 100'000, "names are names of the tables");
  index.issueList();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One thread: the same input takes the same way every time.
  static const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
  static Tables tables;
  fuzz::Pieces pieces(data, size);
  const std::uint8_t choice = pieces.byte();
  tables.replace(choice % kNuscenesTables.size(), pieces.rest());
  const Read whole = read(tables.path(), kTablePieceBytes);
  if (choice < 128) return 0;
  const Read parts = read(tables.path(), 64 + choice);
  fuzz::require(parts.is_refused == whole.is_refused, "pieces are refused like the whole");
  fuzz::require(parts.index.readings.size() == whole.index.readings.size(), "pieces have all readings");
  fuzz::require(parts.index.samples.size() == whole.index.samples.size(), "pieces have all samples");
  fuzz::require(parts.index.boxes.size() == whole.index.boxes.size(), "pieces have all boxes");
  fuzz::require(parts.index.issues.size() == whole.index.issues.size(), "pieces have all issues");
  return 0;
}
