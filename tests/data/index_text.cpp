#include "tests/data/index_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hbev::test {
namespace {

std::string poseText(const PoseRow& pose) {
  return fmt::format("{} {}", pose.rotation_wxyz, pose.translation);
}

std::string readingText(const DatasetIndex& index, const DatasetIndex::Reading& row) {
  const DatasetIndex::Calibration& calibration = index.calibrations[row.calibration];
  return fmt::format("{} {} {}x{} {} ego {} sensor {} {}\n", row.timestamp_us, index.fileName(row), row.width,
                     row.height, row.sample == kNoRow ? "sweep" : index.view(index.samples[row.sample].token),
                     poseText(index.poses[row.pose]), poseText(calibration.ego_from_sensor),
                     calibration.intrinsics);
}

std::string sampleText(const DatasetIndex& index, const DatasetIndex::Sample& row) {
  std::string text = fmt::format("sample {} {}\n", index.view(row.token), row.timestamp_us);
  for (const std::uint32_t reading : row.readings)
    text += reading == kNoRow ? "no reading\n" : readingText(index, index.readings[reading]);
  for (const DatasetIndex::Box& box : index.boxes.rows().subspan(row.first_box, row.box_count)) {
    text +=
        fmt::format("box {} {} {} {} {} {}\n", poseText(box.global_from_box), box.size_wlh, box.velocity_mps,
                    box.category == kNoRow ? "?" : index.view(index.categories[box.category]),
                    box.lidar_points, box.radar_points);
  }
  return text;
}

}  // namespace

std::string indexText(const DatasetIndex& index) {
  std::string text;
  for (const DatasetIndex::Scene& scene : index.scenes) {
    text += fmt::format("scene {} {} {} {}\n", index.view(scene.token), index.view(scene.name),
                        index.view(scene.description), index.view(scene.location));
    for (std::uint32_t i = 0; i < scene.category_count; ++i) {
      const std::uint32_t category = index.scene_categories[scene.first_category + i];
      text += fmt::format("category {}\n", index.view(index.categories[category]));
    }
    for (std::uint32_t i = 0; i < scene.sample_count; ++i)
      text += sampleText(index, index.samples[scene.first_sample + i]);
    for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
      for (std::uint32_t i = scene.first_reading[slot]; i < scene.first_reading[slot + 1]; ++i)
        text += fmt::format("slot {} {}", slot, readingText(index, index.readings[i]));
    }
  }
  for (const DatasetIssue& issue : index.issueList())
    text += fmt::format("{} {} {}\n", issue.what, issue.consequence, issue.count);
  return text;
}

}  // namespace hbev::test
