#include "core/train/sample_maker.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include "core/base/error.h"
#include "core/data/images.h"
#include "core/data/lidar.h"
#include "core/model/network_input.h"
#include "core/model/picture_cache.h"
#include "core/train/augment.h"
#include "core/train/picture_width.h"

namespace hbev {
/// The last pictures that were used, as many as a budget of bytes has room for. Thread-safe.
class DecodedPictures {
 public:
  explicit DecodedPictures(std::size_t budget_bytes) : kept_(budget_bytes) {}

  std::shared_ptr<const Image> get(const CameraReading& reading, int min_width) {
    const std::string& file = reading.file.native();
    {
      const std::lock_guard lock(mutex_);
      if (const auto* kept = kept_.find(file)) return *kept;
    }
    const auto image = std::make_shared<const Image>(decodedPicture(reading, min_width));
    const std::lock_guard lock(mutex_);
    kept_.keep(file, image, image->rgb.size());
    return image;
  }

 private:
  std::mutex mutex_;
  RecentFiles<std::shared_ptr<const Image>> kept_;
};

namespace {

/// Along one axis: the voxel of the labels at each of the network's cells; -1: none.
std::vector<int> voxelsAtCells(const AxisRange& range, int cells, double origin, double voxel_m, int voxels) {
  std::vector<int> found;
  for (int i = 0; i < cells; ++i) {
    const double center = range.lower + (i + 0.5) * (range.upper - range.lower) / cells;
    const double voxel = std::floor((center - origin) / voxel_m);
    found.push_back(voxel >= 0 && voxel < voxels ? int(voxel) : -1);
  }
  return found;
}

/// The labels' arrays on the network's grid.
class CellLabels {
 public:
  CellLabels(const ModelConfig& config, const GridSpec& grid) : grid_(grid) {
    const std::array ranges{config.lift.x, config.lift.y, config.lift.z};
    const std::array cells{config.lift.x.cells(), config.lift.y.cells(), config.head.heights};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const auto i = Eigen::Index(axis);
      voxels_[axis] = voxelsAtCells(ranges[axis], cells[axis], grid.origin[i], grid.voxel_m, grid.dims[i]);
      shape_[axis] = cells[axis];
    }
  }

  /// values [voxel, rest] -> [1, X, Y, Z (, rest)]; `outside` where the labels do not reach.
  template <class T>
  torch::Tensor tensor(const std::vector<T>& values, std::size_t rest, T outside, at::ScalarType type) const {
    std::vector<std::int64_t> shape{1, shape_[0], shape_[1], shape_[2]};
    if (rest > 1) shape.push_back(std::int64_t(rest));
    const torch::Tensor tensor = at::empty(shape, type);
    T* target = tensor.data_ptr<T>();
    for (const int x : voxels_[0]) {
      for (const int y : voxels_[1]) {
        for (const int z : voxels_[2]) {
          if (x < 0 || y < 0 || z < 0) {
            target = std::fill_n(target, rest, outside);
          } else {
            target = std::copy_n(values.begin() + std::ptrdiff_t(grid_.index(x, y, z) * rest), rest, target);
          }
        }
      }
    }
    return tensor;
  }

 private:
  GridSpec grid_;
  std::array<std::vector<int>, 3> voxels_;
  std::array<std::int64_t, 3> shape_{};
};

Eigen::Matrix4f matrixFrom(const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.contiguous();
  return Eigen::Map<const Eigen::Matrix<float, 4, 4, Eigen::RowMajor>>(values.data_ptr<float>());
}

/// One batch out of samples, each of one; what any of them lacks is undefined.
torch::Tensor joined(const std::vector<TrainingBatch>& samples, torch::Tensor TrainingTargets::*member) {
  std::vector<torch::Tensor> tensors;
  for (const TrainingBatch& sample : samples) {
    if (!(sample.targets.*member).defined()) return {};
    tensors.push_back(sample.targets.*member);
  }
  return at::cat(tensors);
}

torch::Tensor joined(const std::vector<TrainingBatch>& samples, torch::Tensor NetworkInput::*member) {
  std::vector<torch::Tensor> tensors;
  for (const TrainingBatch& sample : samples)
    tensors.push_back(sample.input.*member);
  return at::cat(tensors);
}

}  // namespace

struct SampleMaker::Impl {
  Impl(std::shared_ptr<const Dataset> data, const ModelConfig& model, const SampleOptions& wanted)
      : dataset(std::move(data)), config(model), options(wanted) {}

  std::shared_ptr<const Dataset> dataset;
  ModelConfig config;
  SampleOptions options;
  mutable DecodedPictures pictures{options.picture_bytes};
  mutable std::mutex problem_mutex;
  mutable std::set<std::string> said;
  mutable std::vector<std::string> problems;

  /// The sample, or a neighbour's.
  TrainingBatch sampleOrNeighbour(const FrameKey& key, const Random& random) const;
  void note(const std::string& problem) const;
  TrainingBatch sample(const FrameKey& key, Random random) const;
  std::vector<CameraPicture> drawCameras(const Keyframe& current, Random& random) const;
  std::shared_ptr<const Image> picture(const CameraReading& reading) const;
  torch::Tensor changedPictures(std::span<const Keyframe> frames,
                                std::span<const CameraPicture> cameras) const;
  torch::Tensor depthMaps(const Keyframe& keyframe, const torch::Tensor& image_from_lidar) const;
  TrainingTargets targets(const Keyframe& keyframe, const BevChange& bev) const;
};

std::shared_ptr<const Image> SampleMaker::Impl::picture(const CameraReading& reading) const {
  const int least = trainedPictureWidth(config);
  std::shared_ptr<const Image> image = pictures.get(reading, options.exact_images ? 0 : least);
  if (image->width >= std::min(least, reading.model.width)) return image;
  throw Error({"The pictures were packed smaller than this training needs them", reading.file,
               fmt::format("{} pixels wide", least), fmt::format("{}", image->width),
               "Pack the data again, with `--config` of this configuration."});
}

std::vector<CameraPicture> SampleMaker::Impl::drawCameras(const Keyframe& current, Random& random) const {
  std::vector<CameraPicture> cameras;
  for (const auto& reading : current.cameras) {
    const std::shared_ptr<const Image> image = picture(*reading);
    // A picture that was decoded smaller counts as large as the tables say it is.
    const bool smaller = !options.exact_images && reading->model.width > image->width;
    const int width = smaller ? reading->model.width : image->width;
    const int height = smaller ? reading->model.height : image->height;
    cameras.push_back(
        {imageChange(config.image, width, height, drawImage(config.training, random)), width, height});
  }
  return cameras;
}

torch::Tensor SampleMaker::Impl::changedPictures(std::span<const Keyframe> frames,
                                                 std::span<const CameraPicture> cameras) const {
  const std::size_t count = frames.size();
  const ImageConfig& size = config.image;
  const torch::Tensor tensor =
      at::empty({1, kCameraCount, std::int64_t(count), 3, size.height, size.width}, at::kFloat);
  const std::size_t values = 3 * std::size_t(size.height) * std::size_t(size.width);
  auto* data = tensor.data_ptr<float>();
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    for (std::size_t frame = 0; frame < count; ++frame) {
      float* planes = data + (camera * count + frame) * values;
      const bool repeated = frame > 0 && frames[frame].index_in_scene == frames[0].index_in_scene;
      if (repeated) {  // before the scene's beginning
        std::copy_n(data + camera * count * values, values, planes);
        continue;
      }
      const Image changed = changedImage(*picture(*frames[frame].cameras[camera]), cameras[camera].change);
      normalise(changed, {planes, values});
    }
  }
  return tensor;
}

torch::Tensor SampleMaker::Impl::depthMaps(const Keyframe& keyframe,
                                           const torch::Tensor& image_from_lidar) const {
  const int height = config.image.height, width = config.image.width;
  torch::Tensor depth = at::zeros({1, kCameraCount, height, width}, at::kFloat);
  if (!keyframe.lidar) return depth;
  const std::vector<LidarPoint> points = readLidar(keyframe.lidar->file);
  for (std::int64_t camera = 0; camera < std::int64_t(kCameraCount); ++camera) {
    const std::vector<float> map =
        lidarDepthMap(points, matrixFrom(image_from_lidar[0][camera]), width, height, config.lift.depth);
    std::copy(map.begin(), map.end(), depth.data_ptr<float>() + camera * std::int64_t(map.size()));
  }
  return depth;
}

TrainingTargets SampleMaker::Impl::targets(const Keyframe& keyframe, const BevChange& bev) const {
  const auto file = dataset->truthFile(labelKindOf(config), keyframe);
  if (!file) throw Error({"The keyframe has no labels", dataset->root(), {}, keyframe.token, {}});
  Occupancy truth = readOccupancyNpz(*file, config.classSet());
  mirror(truth, bev);
  const CellLabels cells(config, truth.grid);
  constexpr std::uint8_t kUnknown = 255;
  TrainingTargets targets;
  targets.labels = cells.tensor<std::uint8_t>(truth.semantics, 1, kUnknown, at::kByte);
  if (config.flow && !truth.flow.empty()) targets.flow = cells.tensor<float>(truth.flow, 2, 0, at::kFloat);
  if (!config.training.camera_mask) return targets;
  demandCameraMask(config, truth, *file);
  targets.camera_mask = cells.tensor<std::uint8_t>(truth.mask_camera, 1, 0, at::kByte);
  return targets;
}

TrainingBatch SampleMaker::Impl::sample(const FrameKey& key, Random random) const {
  std::vector<Keyframe> frames;
  for (const std::size_t index : frameIndices(key.index, config.frames())) {
    frames.push_back(dataset->keyframe(key.scene, index));
    demandUsable(frames.back());
  }
  const std::vector<CameraPicture> cameras = drawCameras(frames[0], random);
  const BevChange bev = drawBev(config.training, random);
  TrainingBatch sample;
  sample.input = networkMatrices(frames, cameras);
  sample.input.pictures = changedPictures(frames, cameras);
  const Eigen::Matrix<float, 4, 4, Eigen::RowMajor> matrix = matrixOf(bev);
  std::copy_n(matrix.data(), 16, sample.input.bev_aug.data_ptr<float>());
  sample.targets = targets(frames[0], bev);
  sample.targets.depth = depthMaps(frames[0], sample.input.image_from_lidar);
  return sample;
}

void SampleMaker::Impl::note(const std::string& problem) const {
  const std::lock_guard lock(problem_mutex);
  if (said.insert(problem).second) problems.push_back(problem);
}

TrainingBatch SampleMaker::Impl::sampleOrNeighbour(const FrameKey& key, const Random& random) const {
  try {
    return sample(key, random);
  } catch (const Error& error) {
    std::vector<std::size_t> neighbours;
    if (key.index > 0) neighbours.push_back(key.index - 1);
    if (key.index + 1 < dataset->scenes()[key.scene].keyframes.size()) neighbours.push_back(key.index + 1);
    for (const std::size_t index : neighbours) {
      try {
        TrainingBatch other = sample({key.scene, index}, random);
        note(fmt::format("{} Its neighbour is trained on in its place.", error.what()));
        return other;
      } catch (const Error&) {  // what is told is why the keyframe itself failed
      }
    }
    throw;
  }
}

SampleMaker::SampleMaker(std::shared_ptr<const Dataset> dataset, const ModelConfig& config,
                         const SampleOptions& options)
    : impl_(std::make_unique<Impl>(std::move(dataset), config, options)) {}

SampleMaker::~SampleMaker() = default;

TrainingBatch SampleMaker::batch(std::uint64_t number, std::span<const FrameKey> keys) const {
  const at::NoGradGuard no_gradient;
  std::vector<TrainingBatch> samples;
  tbb::task_arena alone(1);  // the step needs the other processors
  alone.execute([&] {
    for (std::size_t place = 0; place < keys.size(); ++place)
      samples.push_back(impl_->sampleOrNeighbour(
          keys[place], sampleRandom(impl_->options.seed, number, impl_->options.first_place + place)));
  });
  if (samples.size() == 1) return samples.front();
  TrainingBatch batch;
  for (const auto member :
       {&NetworkInput::pictures, &NetworkInput::ego_from_camera, &NetworkInput::global_from_ego,
        &NetworkInput::intrinsics, &NetworkInput::image_aug, &NetworkInput::bev_aug,
        &NetworkInput::image_from_lidar, &NetworkInput::lidar_from_ego}) {
    batch.input.*member = joined(samples, member);
  }
  for (const auto member : {&TrainingTargets::labels, &TrainingTargets::flow, &TrainingTargets::camera_mask,
                            &TrainingTargets::depth}) {
    batch.targets.*member = joined(samples, member);
  }
  return batch;
}

std::vector<std::string> SampleMaker::takeProblems() const {
  const std::lock_guard lock(impl_->problem_mutex);
  return std::exchange(impl_->problems, {});
}

LabelKind labelKindOf(const ModelConfig& config) {
  return config.classes == "openocc" ? LabelKind::OpenOcc : LabelKind::Occ3d;
}

void demandCameraMask(const ModelConfig& config, const Occupancy& labels, const std::filesystem::path& file) {
  if (!config.training.camera_mask || !labels.mask_camera.empty()) return;
  throw Error({"The labels have no camera mask", file, "mask_camera", "none",
               "Set training.camera_mask to false, or use labels that have one."});
}

std::string whyUnusable(const Dataset& dataset, const FrameKey& key, const ModelConfig& config) {
  const Keyframe keyframe = dataset.keyframe(key.scene, key.index);
  for (const std::size_t index : frameIndices(key.index, config.frames())) {
    try {
      demandUsable(dataset.keyframe(key.scene, index));
    } catch (const Error& error) {
      return error.problem().found.empty() ? error.problem().summary : error.problem().found;
    }
  }
  if (!dataset.truthFile(labelKindOf(config), keyframe))
    return fmt::format("no {} labels", labelKindTitle(labelKindOf(config)));
  return {};
}

}  // namespace hbev
