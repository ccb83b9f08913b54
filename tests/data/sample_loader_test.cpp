#include "core/data/sample_loader.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_image.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

using test::madeOccupancy;

/// The made data set with the sensor files and labels of its first keyframe.
class SampleLoaderTest : public testing::Test {
 protected:
  void SetUp() override {
    test::MadeNuscenes().write(folder_.path());
    for (std::size_t i = 0; i < kCameraCount; ++i)
      writeImage(imageFile(Camera(i)), test::madeImage(160, 90));
    const std::vector<LidarPoint> points(50, {1, 2, 3, 4, 5});
    writeFile(folder_ / "samples/LIDAR_TOP/a0.pcd.bin", std::as_bytes(std::span(points)));
    for (const LabelKind kind : kLabelKinds) {
      writeOccupancyNpz(folder_.path() / test::labelsFile(kind, "scene-a", "a0"), madeOccupancy(kind), false);
    }
    dataset_ = Dataset::open(folder_.path());
  }

  std::filesystem::path imageFile(Camera camera) const {
    return folder_ / ("samples/" + std::string(cameraChannel(camera)) + "/a0.jpg");
  }

  test::TemporaryFolder folder_;
  std::shared_ptr<const Dataset> dataset_;
};

TEST_F(SampleLoaderTest, AFrameHoldsAllThereIs) {
  const auto frame = loadFrame(*dataset_, {0, 0}, {});
  EXPECT_TRUE(frame->problems.empty());
  for (const auto& image : frame->images)
    EXPECT_EQ(image->width, 160);
  EXPECT_EQ(frame->lidar.size(), 50U);
  EXPECT_EQ(frame->truth.size(), 2U);
  EXPECT_EQ(frame->truth.at(LabelKind::Occ3d)->classes, &ClassSet::occ3d());
  const std::size_t pictures = 6 * 160 * 90 * 3, grids = 2 * 640'000 * (1 + 8 + 1 + 1);
  EXPECT_GT(frameBytes(*frame), pictures + grids);
  EXPECT_LT(frameBytes(*frame), pictures + grids + 10'000);
}

TEST_F(SampleLoaderTest, OnlyWhatIsWantedIsLoaded) {
  const auto frame = loadFrame(*dataset_, {0, 0}, {.images = false, .lidar = false, .truth = false});
  EXPECT_FALSE(frame->images[0]);
  EXPECT_TRUE(frame->lidar.empty());
  EXPECT_TRUE(frame->truth.empty());
  EXPECT_EQ(loadFrame(*dataset_, {0, 0}, {.min_image_width = 40})->images[0]->width, 40);
}

TEST_F(SampleLoaderTest, WhatIsDamagedIsListedAndTheRestIsThere) {
  std::filesystem::remove(imageFile(Camera::Front));
  const std::vector<std::byte> whole = readFile(imageFile(Camera::Back), 1 << 20);
  writeFile(imageFile(Camera::Back), std::span(whole).first(whole.size() / 2));
  writeFile(folder_ / "samples/LIDAR_TOP/a0.pcd.bin", std::string_view("13 bytes long"));
  writeFile(folder_.path() / test::labelsFile(LabelKind::Occ3d, "scene-a", "a0"),
            std::string_view("no archive"));
  const auto frame = loadFrame(*dataset_, {0, 0}, {});
  std::vector<std::string> files;
  for (const Problem& problem : frame->problems)
    files.push_back(problem.file.lexically_relative(folder_.path()));
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, (std::vector<std::string>{"gts/scene-a/a0/labels.npz", "samples/CAM_BACK/a0.jpg",
                                             "samples/CAM_FRONT/a0.jpg", "samples/LIDAR_TOP/a0.pcd.bin"}));
  EXPECT_EQ(frame->missing, std::set<std::filesystem::path>{imageFile(Camera::Front)})
      << "the others are there, and cannot be read";
  EXPECT_FALSE(frame->images[std::size_t(Camera::Front)]);
  EXPECT_FALSE(frame->images[std::size_t(Camera::Back)]);
  EXPECT_TRUE(frame->images[std::size_t(Camera::FrontLeft)]);
  EXPECT_TRUE(frame->lidar.empty());
  EXPECT_EQ(frame->truth.size(), 1U);
  EXPECT_TRUE(frame->truth.contains(LabelKind::OpenOcc));
}

TEST_F(SampleLoaderTest, AKeyframeWithoutFilesListsEachOfThem) {
  const auto frame = loadFrame(*dataset_, {0, 1}, {});
  EXPECT_EQ(frame->problems.size(), 7U) << "labels that were never made are no problem";
  EXPECT_EQ(frame->missing.size(), 7U);
  EXPECT_TRUE(frame->truth.empty());
}

TEST_F(SampleLoaderTest, StopsWhenNobodyWantsIt) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(loadFrame(*dataset_, {0, 0}, {}, stop.get_token()), Cancelled);
}

TEST_F(SampleLoaderTest, LoadsInTheBackground) {
  TaskQueue queue(2);
  std::atomic<int> told = 0;
  const auto loader = makeSampleLoader(
      queue, 100, dataset_, {}, [&](const FrameKey&, const auto&) { ++told; }, std::size_t(1) << 30);
  loader->wish({{0, 0}, {1, 0}});
  queue.drain();
  EXPECT_EQ(told, 2);
  ASSERT_TRUE(loader->find({0, 0}));
  EXPECT_EQ(loader->find({0, 0})->keyframe.token, "a0");
  EXPECT_EQ(loader->find({1, 0})->keyframe.token, "b0");
}

TEST_F(SampleLoaderTest, PicturesBetweenKeyframesAreLoadedByMoment) {
  auto moments = std::make_shared<std::vector<Moment>>(2);
  CameraReading reading;
  reading.file = imageFile(Camera::Front);
  (*moments)[0].cameras[std::size_t(Camera::Front)] = reading;
  reading.file = folder_ / "sweeps/CAM_BACK/absent.jpg";
  (*moments)[1].cameras[std::size_t(Camera::Back)] = reading;
  TaskQueue queue(2);
  LoadOptions options;
  options.min_image_width = 80;
  const auto loader = makeSweepLoader(
      queue, 100, moments, options, [](std::size_t, const auto&) {}, std::size_t(1) << 30);
  loader->wish({0, 1});
  queue.drain();
  const auto there = loader->find(0), absent = loader->find(1);
  ASSERT_TRUE(there && absent);
  EXPECT_EQ(there->images[std::size_t(Camera::Front)]->width, 80);
  EXPECT_FALSE(there->images[std::size_t(Camera::Back)]);
  EXPECT_FALSE(there->absent);
  EXPECT_TRUE(absent->absent);
  EXPECT_TRUE(absent->problems.empty()) << "a file that was left out is no damage";
}

TEST(DecodeThreads, NoMoreThanSoManyRunAtATime) {
  DecodeThreads threads(1);
  std::atomic<int> running = 0, most = 0, done = 0;
  const auto work = [&](std::size_t) {
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --running;
    ++done;
  };
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 3; ++i)
      callers.emplace_back([&] { threads.run(6, work); });
  }
  EXPECT_EQ(done, 18);
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace hbev
