#include "core/model/network_input.h"

#include <array>
#include <cmath>
#include <numbers>

#include <Eigen/LU>
#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace {

using Matrix = Eigen::Matrix<float, 4, 4, Eigen::RowMajor>;

constexpr double kMostIntrinsic = 1e6, kLeastDeterminant = 1e-9;
// The network computes in single precision: farther away nothing is left of a position.
constexpr double kMostFromEgo_m = 100, kMostFromOrigin_m = 1e7;

/// In double precision and rounded once, as the reference does.
Matrix rounded(const Pose& pose) {
  return pose.matrix().cast<float>();
}

torch::Tensor tensorOf(const Matrix& matrix) {
  torch::Tensor tensor = at::empty({4, 4}, at::kFloat);
  std::copy_n(matrix.data(), 16, tensor.data_ptr<float>());
  return tensor;
}

const CameraReading& readingOf(const Keyframe& keyframe, std::size_t camera) {
  return *keyframe.cameras.at(camera);
}

/// The keyframe's vehicle at the lidar's time; the reference's infos name it so.
SensorReading lidarOf(const Keyframe& keyframe) {
  if (keyframe.lidar) return *keyframe.lidar;
  SensorReading
      none;  // A made lidar at the ego's origin: the network only uses its product with the inverse.
  none.global_from_ego = keyframe.global_from_ego();
  return none;
}

Matrix intrinsicsOf(const CameraReading& reading, const CameraPicture& picture) {
  CameraModel model = reading.model;
  const bool resized = picture.width > 0 && model.width > 0 && model.height > 0 &&
                       (picture.width != model.width || picture.height != model.height);
  if (resized) model = model.scaledTo(picture.width, picture.height);
  Matrix matrix = Matrix::Identity();
  matrix.topLeftCorner<3, 3>() = model.intrinsics.cast<float>();
  return matrix;
}

/// In single precision with global coordinates, as the reference does: errors of a tenth of a millimetre are
/// part of it.
torch::Tensor imageFromLidar(const Keyframe& keyframe, std::size_t camera, const torch::Tensor& intrinsics,
                             const torch::Tensor& image_aug) {
  const CameraReading& reading = readingOf(keyframe, camera);
  const SensorReading lidar = lidarOf(keyframe);
  const torch::Tensor camera_from_ego = tensorOf(rounded(reading.ego_from_sensor.inverse()));
  const torch::Tensor ego_from_global = tensorOf(rounded(reading.global_from_ego.inverse()));
  torch::Tensor product = at::matmul(intrinsics, camera_from_ego);
  product = at::matmul(product, ego_from_global);
  product = at::matmul(product, tensorOf(rounded(lidar.global_from_ego)));
  product = at::matmul(product, tensorOf(rounded(lidar.ego_from_sensor)));
  return at::matmul(image_aug, product);
}

/// What is wrong with intrinsics; empty when they can be used.
std::string faultOf(const Eigen::Matrix3d& k) {
  if (!k.allFinite()) return "numbers that are not finite";
  if (!(k(0, 0) > 0) || !(k(1, 1) > 0)) return fmt::format("fx {}, fy {}", k(0, 0), k(1, 1));
  if (k.cwiseAbs().maxCoeff() > kMostIntrinsic) return fmt::format("{:.3g} in it", k.cwiseAbs().maxCoeff());
  if (!(std::abs(k.determinant()) > kLeastDeterminant)) return "a matrix that has no inverse";
  return {};
}

/// What is wrong with where a sensor was; empty when it can be used.
std::string faultOf(const SensorReading& reading) {
  const double from_ego_m = reading.ego_from_sensor.translation().cwiseAbs().maxCoeff();
  const double from_origin_m = reading.global_from_ego.translation().cwiseAbs().maxCoeff();
  if (!(from_ego_m <= kMostFromEgo_m)) return fmt::format("{:.3g} m away from the vehicle", from_ego_m);
  if (!(from_origin_m <= kMostFromOrigin_m))
    return fmt::format("on a vehicle {:.3g} m away from the map's origin", from_origin_m);
  return {};
}

void demandPlaced(const std::string& where, const std::string& title, const SensorReading& reading) {
  const std::string fault = faultOf(reading);
  if (fault.empty()) return;
  throw Error({where + " cannot be predicted", reading.file,
               fmt::format("sensors within {} m of the vehicle, and it within {:.0f} km of the map's origin",
                           kMostFromEgo_m, kMostFromOrigin_m / 1000),
               title + " " + fault,
               "Check calibrated_sensor.json and ego_pose.json; `hbevocc doctor` lists what else is wrong."});
}

torch::Tensor picturesOf(std::span<const PreparedPicture> pictures, std::size_t frames,
                         const ImageConfig& config) {
  torch::Tensor tensor =
      at::empty({1, kCameraCount, std::int64_t(frames), 3, config.height, config.width}, at::kFloat);
  const std::size_t values = 3 * std::size_t(config.height) * std::size_t(config.width);
  auto* data = tensor.data_ptr<float>();
  at::parallel_for(0, std::int64_t(pictures.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = std::size_t(begin); i < std::size_t(end); ++i) {
      const std::size_t frame = i / kCameraCount, camera = i % kCameraCount;
      normalise(*pictures[i].image, {data + (camera * frames + frame) * values, values});
    }
  });
  return tensor;
}

}  // namespace

Eigen::Matrix4f matrixOf(const BevChange& change) {
  const auto angle = float(change.turn_deg / 180 * std::numbers::pi);
  Eigen::Matrix3f turn;
  turn << std::cos(angle), -std::sin(angle), 0, std::sin(angle), std::cos(angle), 0, 0, 0, 1;
  const Eigen::Matrix3f scaled = float(change.scale) * turn;
  const Eigen::Vector3f flip(change.flip_x ? -1.0F : 1.0F, change.flip_y ? -1.0F : 1.0F, 1.0F);
  Eigen::Matrix4f matrix = Eigen::Matrix4f::Identity();
  matrix.topLeftCorner<3, 3>() = flip.asDiagonal() * scaled;
  return matrix;
}

std::vector<std::size_t> frameIndices(std::size_t index_in_scene, int frames) {
  std::vector<std::size_t> indices;
  for (std::size_t back = 0; back < std::size_t(frames); ++back)
    indices.push_back(back <= index_in_scene ? index_in_scene - back : index_in_scene);
  return indices;
}

void demandUsable(const Keyframe& keyframe) {
  const std::string where =
      fmt::format("Keyframe {} of {}", keyframe.index_in_scene + 1, keyframe.scene_name);
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    const auto title = std::string(cameraChannel(Camera(camera)));
    if (!keyframe.cameras[camera]) {
      std::string found = "no " + title;
      for (const std::string& problem : keyframe.problems)
        found += "; " + (problem.ends_with('.') ? problem.substr(0, problem.size() - 1) : problem);
      throw Error({where + " cannot be predicted",
                   {},
                   "usable pictures of all six cameras",
                   found,
                   "`hbevocc doctor` lists what else is wrong with the data set."});
    }
    const CameraReading& reading = readingOf(keyframe, camera);
    if (const std::string fault = faultOf(reading.model.intrinsics); !fault.empty()) {
      throw Error({where + " cannot be predicted", reading.file,
                   "finite intrinsics that have an inverse, with positive focal lengths",
                   title + " with " + fault,
                   "Check calibrated_sensor.json; `hbevocc doctor` lists what else is wrong."});
    }
    demandPlaced(where, title, reading);
  }
  if (keyframe.lidar) demandPlaced(where, "LIDAR_TOP", *keyframe.lidar);
}

torch::Tensor pinned(const torch::Tensor& tensor) {
  try {
    return tensor.contiguous().pin_memory();
  } catch (const c10::Error&) {
    // The system allows only so much of it. A card that has failed says so at the copy.
    return tensor;
  }
}

torch::Tensor onDevice(const torch::Tensor& tensor, const torch::Device& device) {
  if (!device.is_cuda() || !tensor.is_cpu()) return tensor.to(device);
  const torch::Tensor from = pinned(tensor);
  return from.to(device, /*non_blocking=*/from.is_pinned());
}

NetworkInput onDevice(NetworkInput input, const torch::Device& device) {
  for (torch::Tensor* tensor :
       {&input.pictures, &input.ego_from_camera, &input.global_from_ego, &input.intrinsics, &input.image_aug,
        &input.bev_aug, &input.image_from_lidar, &input.lidar_from_ego}) {
    *tensor = onDevice(*tensor, device);
  }
  return input;
}

NetworkInput networkMatrices(std::span<const Keyframe> frames, std::span<const CameraPicture> cameras) {
  const auto count = std::int64_t(frames.size());
  std::vector<torch::Tensor> ego_from_camera, global_from_ego, intrinsics, image_aug, image_from_lidar;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    intrinsics.push_back(tensorOf(intrinsicsOf(readingOf(frames[0], camera), cameras[camera])));
    image_aug.push_back(tensorOf(matrixOf(cameras[camera].change)));
    image_from_lidar.push_back(imageFromLidar(frames[0], camera, intrinsics.back(), image_aug.back()));
  }
  for (const Keyframe& frame : frames) {
    for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
      ego_from_camera.push_back(tensorOf(rounded(readingOf(frame, camera).ego_from_sensor)));
      global_from_ego.push_back(tensorOf(rounded(readingOf(frame, camera).global_from_ego)));
    }
  }
  const auto ofFrames = [&](const std::vector<torch::Tensor>& matrices) {
    return at::stack(matrices).view({1, count, kCameraCount, 4, 4});
  };
  const auto repeated = [&](const std::vector<torch::Tensor>& matrices) {
    return at::stack(matrices).view({1, 1, kCameraCount, 4, 4}).expand({1, count, -1, -1, -1}).contiguous();
  };
  NetworkInput input;
  input.ego_from_camera = ofFrames(ego_from_camera);
  input.global_from_ego = ofFrames(global_from_ego);
  input.intrinsics = repeated(intrinsics);
  input.image_aug = repeated(image_aug);
  input.bev_aug = tensorOf(matrixOf(BevChange{})).unsqueeze(0);
  input.image_from_lidar = at::stack(image_from_lidar).unsqueeze(0);
  input.lidar_from_ego = tensorOf(rounded(lidarOf(frames[0]).ego_from_sensor.inverse())).unsqueeze(0);
  return input;
}

NetworkInput networkInput(std::span<const Keyframe> frames, const ModelConfig& config, PictureCache& pictures,
                          std::vector<CameraPicture>* cameras, const std::stop_token& stop) {
  std::vector<const CameraReading*> readings;
  for (const Keyframe& frame : frames) {
    demandUsable(frame);
    for (std::size_t camera = 0; camera < kCameraCount; ++camera)
      readings.push_back(&readingOf(frame, camera));
  }
  const std::vector<PreparedPicture> prepared = pictures.get(readings, stop);
  std::vector<CameraPicture> current;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera)
    current.push_back({prepared[camera].change, prepared[camera].width, prepared[camera].height});
  NetworkInput input = networkMatrices(frames, current);
  input.pictures = picturesOf(prepared, frames.size(), config.image);
  if (cameras) *cameras = std::move(current);
  return input;
}

}  // namespace hbev
