#include "tests/data/made_drive.h"

#include <cmath>
#include <numbers>

#include <Eigen/Geometry>

#include "core/data/images.h"
#include "core/data/keyframe.h"

namespace hbev::test {
namespace {

// Headings of the cameras, degrees to the left.
constexpr std::array<double, kCameraCount> kHeadings{55, 0, -55, 110, 180, -110};

Image picture(int width, int height, int seed) {
  Image image{width, height, {}};
  image.rgb.reserve(std::size_t(width) * std::size_t(height) * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double wave = std::sin(0.05 * x * (1 + seed % 5)) * std::cos(0.07 * y + seed);
      image.rgb.push_back(std::uint8_t(127 + 120 * wave));
      image.rgb.push_back(std::uint8_t(255 * y / height));
      image.rgb.push_back(std::uint8_t((x * 3 + seed * 40) % 256));
    }
  }
  return image;
}

}  // namespace

MadeNuscenes madeDrive() {
  MadeNuscenes made;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    // x right, y down, z forward, turned by the heading.
    const Eigen::Quaterniond forward(0.5, -0.5, 0.5, -0.5);
    const double heading = kHeadings[camera] * std::numbers::pi / 180;
    const Eigen::Quaterniond turned =
        Eigen::Quaterniond(Eigen::AngleAxisd(heading, Eigen::Vector3d::UnitZ())) * forward;
    made.row("calibrated_sensor", "calibrated-" + std::string(cameraChannel(Camera(camera))))["rotation"] = {
        turned.w(), turned.x(), turned.y(), turned.z()};
  }
  return made;
}

std::filesystem::path pictureFile(const std::filesystem::path& root, const std::string& sample,
                                  const std::string& channel) {
  return root / "samples" / channel / (sample + ".jpg");
}

void writePictures(const std::filesystem::path& root, int width, int height) {
  int seed = 0;
  for (const char* sample : {"a0", "a1", "a2", "b0"}) {
    for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
      writeImage(pictureFile(root, sample, std::string(cameraChannel(Camera(camera)))),
                 picture(width, height, ++seed));
    }
  }
}

}  // namespace hbev::test
