// Cam4DOcc's files: which element of their lists is shown, its classes, and what of hostile ones is said.
#include <algorithm>

#include <gtest/gtest.h>

#include "core/data/dataset.h"
#include "core/data/predictions/source.h"
#include "core/io/zip.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/prediction_files.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::carOfLidarToken;
using test::classAt;
using test::datasetOfLidarToken;
using test::fileKeyframe;
using test::predictionFiles;
using test::problemOf;
using test::TemporaryFolder;

const std::string kCam4DOccName = "5cc0000000000000000000000000000a_11d0000000000000000000000000000a.npz";

TEST(Cam4DOcc, ThePresentHasItsClasses) {
  const TemporaryFolder folder;
  const auto dataset = datasetOfLidarToken(folder.path());
  const auto source = openPredictions(predictionFiles("cam4docc"), {.dataset = dataset});
  EXPECT_EQ(source->formatName(), "Cam4DOcc");
  EXPECT_FALSE(source->find(dataset->keyframe(0, 0)));
  ASSERT_TRUE(source->find(dataset->keyframe(0, 1)));
  const Occupancy read = source->read(dataset->keyframe(0, 1));
  const Eigen::Vector3i car = carOfLidarToken(read);
  EXPECT_EQ(classAt(read, car.x(), car.y(), car.z()), "car");
  EXPECT_EQ(classAt(read, car.x() - 4, car.y(), car.z()), "free");
  EXPECT_EQ(classAt(read, car.x(), car.y() + 4, car.z()), "car") << "x and y are not exchanged";
  // x -11.2..-10.4, y the same, z as the car's: in ego x -9.7..-8.9
  const Eigen::Vector3i walker = *read.grid.voxelAt(Eigen::Vector3d(-9.3, -10.8, 1.0));
  EXPECT_EQ(classAt(read, walker.x(), walker.y(), walker.z()), "pedestrian");
  const ImportReport report = inspectPredictions(predictionFiles("cam4docc"), dataset.get());
  EXPECT_EQ(report.format, "Cam4DOcc");
  EXPECT_EQ(report.accepted, 1U);
  EXPECT_EQ(report.unknown_tokens, 0U);
  EXPECT_TRUE(report.refused.empty());
}

TEST(Cam4DOcc, OfSevenMomentsTheThirdIsThePresent) {
  const TemporaryFolder folder;
  const auto dataset = datasetOfLidarToken(folder.path());
  const fs::path files = predictionFiles("cam4docc_truth") / "GMO/segmentation";
  const Occupancy read = openPredictions(files, {.dataset = dataset})->read(dataset->keyframe(0, 1));
  const Eigen::Vector3i car = carOfLidarToken(read);
  EXPECT_EQ(classAt(read, car.x(), car.y(), car.z()), "others") << "these files tell no kinds apart";
  EXPECT_EQ(classAt(read, car.x() - 20, car.y(), car.z()), "free");
  EXPECT_EQ(classAt(read, car.x() + 20, car.y(), car.z()), "free");
  EXPECT_NEAR(double(read.occupiedCount()), 2 * 4 * 1.6 / 0.064, 45);
  const ImportReport report = inspectPredictions(files);
  EXPECT_TRUE(std::any_of(report.notes.begin(), report.notes.end(), [](const std::string& note) {
    return note.find("all are shown as others") != std::string::npos;
  }));
  const auto openocc = openPredictions(files, {.dataset = dataset, .classes = &ClassSet::openocc()});
  EXPECT_EQ(problemOf([&] { openocc->read(dataset->keyframe(0, 1)); }).advice, "Choose Occ3D's classes.");
}

TEST(Cam4DOcc, InstancesBesideTheSegmentationAreNotTakenForIt) {
  EXPECT_EQ(openPredictions(predictionFiles("cam4docc_truth") / "GMO")->path(),
            predictionFiles("cam4docc_truth") / "GMO/segmentation");
  const ImportReport report = inspectPredictions(predictionFiles("cam4docc_truth") / "GMO/instance");
  EXPECT_EQ(report.accepted, 0U);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_NE(report.refused.front().reason.find("instances or flow"), std::string::npos);
}

/// An archive whose list of seven is `pickle`.
void writeCam4DOcc(const fs::path& file, std::string_view pickle) {
  const std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (7,), }\n";
  std::string npy("\x93NUMPY\x01\x00", 8);
  npy += char(header.size());
  npy += '\0';
  npy += header;
  npy += pickle;
  const auto bytes = std::as_bytes(std::span(npy));
  ZipWriter zip(file);
  zip.add("arr_0.npy", {bytes.begin(), bytes.end()}, false);
  zip.close();
}

TEST(Cam4DOcc, HostileListsAreRefused) {
  for (const auto& [pickle, reason] :
       std::vector<std::pair<std::string, std::string>>{{"cposix\nsystem\n(S'true'\ntR.", "posix.system"},
                                                        {"]", ""},
                                                        {"].", "a list of 0"},
                                                        {"(lp0\n(lp1\nag0\nag0\nag0\nag0\nag0\nag0\na.", ""},
                                                        {"", ""}}) {
    const TemporaryFolder folder;
    writeCam4DOcc(folder / kCam4DOccName, pickle);
    const ImportReport report = inspectPredictions(folder.path());
    EXPECT_EQ(report.accepted, 0U) << pickle;
    ASSERT_EQ(report.refused.size(), 1U) << pickle;
    EXPECT_NE(report.refused.front().reason.find(reason), std::string::npos)
        << report.refused.front().reason << " of " << pickle;
    EXPECT_THROW(openPredictions(folder.path())->read(fileKeyframe(0)), Error);
    Keyframe keyframe;
    keyframe.scene_name = kCam4DOccName.substr(0, 32);
    keyframe.token = kCam4DOccName.substr(33, 32);
    EXPECT_THROW(openPredictions(folder.path())->read(keyframe), Error) << pickle;
  }
}

}  // namespace
}  // namespace hbev
