#include "core/data/lidar.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

using test::problemOf;
using test::TemporaryFolder;

TEST(Lidar, PointsComeBackAndUnplacedOnesAreDropped) {
  const TemporaryFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  const std::vector<LidarPoint> points{
      {1, 2, 3, 4, 5}, {nan, 0, 0, 0, 0}, {0, inf, 0, 0, 0}, {-6, 7, 8, 9, 31}};
  writeFile(folder / "a.pcd.bin", std::as_bytes(std::span(points)));
  const std::vector<LidarPoint> read = readLidar(folder / "a.pcd.bin");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].y, 2);
  EXPECT_EQ(read[1].x, -6);
  EXPECT_EQ(read[1].ring, 31);
}

TEST(Lidar, ASizeThatIsNoMultipleOfAPointIsAnError) {
  const TemporaryFolder folder;
  for (const std::size_t size : {1U, 19U, 21U, 34'688U * 20 - 4}) {
    writeFile(folder / "a.pcd.bin", std::string(size, '\0'));
    const Problem problem = problemOf([&] { readLidar(folder / "a.pcd.bin"); });
    EXPECT_EQ(problem.file, folder / "a.pcd.bin");
    EXPECT_EQ(problem.found, std::to_string(size) + " bytes");
  }
}

TEST(Lidar, NoPointsAndNoFile) {
  const TemporaryFolder folder;
  writeFile(folder / "a.pcd.bin", std::string_view());
  EXPECT_TRUE(readLidar(folder / "a.pcd.bin").empty());
  EXPECT_EQ(problemOf([&] { readLidar(folder / "absent.pcd.bin"); }).file, folder / "absent.pcd.bin");
}

}  // namespace
}  // namespace hbev
