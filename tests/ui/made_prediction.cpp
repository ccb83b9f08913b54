#include "tests/ui/made_prediction.h"

#include <algorithm>
#include <cmath>

#include "render/picking.h"

namespace hbev::ui::test {
namespace {

constexpr int kRows = 16, kColumns = 44, kBins = 88, kHeads = 2, kHeights = 4;

/// The network sees the picture 704 pixels wide, and of its height the lowest 256.
InspectedCamera madeCamera(const CameraModel& model) {
  InspectedCamera camera;
  camera.width = model.width;
  camera.height = model.height;
  const double scale = 704.0 / model.width;
  camera.network_from_picture << scale, 0, 0, 0, scale, 256 - scale * model.height, 0, 0, 1;
  return camera;
}

void addDepths(StageInspection& inspection, const Occupancy& occupancy, const Keyframe& keyframe,
               Camera camera) {
  const CameraModel& model = keyframe.cameras[std::size_t(camera)]->model;
  const Pose ego_from_camera = keyframe.camera_from_ego(camera).inverse();
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const Eigen::Vector3d ray = model.ray(inspection.picturePixelOf(camera, row, column));
      const auto hit =
          pickVoxel(occupancy, {}, ego_from_camera.translation(), ego_from_camera.rotationMatrix() * ray);
      const double depth_m = hit ? std::min(44.5, hit->distance_m * ray.z()) : 44.5;
      std::array<float, kBins> shares{};
      float sum = 0;
      for (int bin = 0; bin < kBins; ++bin) {
        const double off = (1 + 0.5 * bin - depth_m) / 1.5;
        sum += shares[std::size_t(bin)] = float(std::exp(-0.5 * off * off));
      }
      for (int bin = 0; bin < kBins; ++bin) {
        inspection.depth
            .distribution[std::size_t(((int(camera) * kBins + bin) * kRows + row) * kColumns + column)] =
            shares[std::size_t(bin)] / sum;
      }
    }
  }
}

BevMap madeMap(const Occupancy& occupancy, std::string title, bool soft) {
  BevMap map{title, title, 50, 50, {-40, 40, 1.6}, {-40, 40, 1.6}, std::vector<float>(2500)};
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    const Eigen::Vector3i voxel = occupancy.grid.voxel(i);
    if (!occupancy.isFree(i)) map.norms[std::size_t(voxel.y() / 4 * 50 + voxel.x() / 4)] += 1;
  }
  for (float& norm : map.norms)
    norm = soft ? std::sqrt(norm) : norm;
  return map;
}

void addQueries(StageInspection& inspection, const Keyframe& keyframe, int layer, Camera camera) {
  const CameraModel& model = keyframe.cameras[std::size_t(camera)]->model;
  AttentionInspection seen{layer, camera, {}, {}, {}};
  for (int query = 0; query < inspection.query_rows * inspection.query_columns; ++query) {
    const double x = -40 + 4 * (query % inspection.query_columns + 0.5);
    const double y = -40 + 4 * (query / inspection.query_columns + 0.5);
    std::vector<float> places, weights;
    for (int point = 0; point < kHeads * kHeights; ++point) {
      const double z = inspection.heights_m[std::size_t(point % kHeights)];
      const auto pixel = model.project(keyframe.camera_from_ego(camera) * Eigen::Vector3d(x, y, z), 0.5);
      if (!pixel || !model.contains(*pixel)) continue;
      const Eigen::Vector2d in_network =
          (inspection.cameras[std::size_t(camera)].network_from_picture * pixel->homogeneous()).hnormalized();
      places.push_back(float(in_network.x() / 704) + 0.01F * float(layer));
      places.push_back(float(in_network.y() / 256) + 0.03F * float(point / kHeights));
      weights.push_back(0.1F * float(1 + point % kHeights));
    }
    if (weights.size() != std::size_t(kHeads * kHeights)) continue;
    seen.queries.push_back(query);
    seen.places.insert(seen.places.end(), places.begin(), places.end());
    seen.weights.insert(seen.weights.end(), weights.begin(), weights.end());
  }
  inspection.attention.push_back(std::move(seen));
}

}  // namespace

std::shared_ptr<const ClassProbabilities> madeProbabilities(const Occupancy& occupancy) {
  auto made = std::make_shared<ClassProbabilities>();
  made->grid = occupancy.grid;
  made->classes = occupancy.classes;
  const auto classes = std::size_t(occupancy.classes->size());
  made->values.assign(occupancy.semantics.size() * classes, Eigen::half(0.0F));
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    const std::size_t label = occupancy.semantics[i];
    const auto put = [&](std::size_t which, float value) {
      Eigen::half& slot = made->values[i * classes + which];
      slot = Eigen::half(float(slot) + value);
    };
    put(label, 0.7F);
    put((label + 1) % classes, 0.2F);
    put(classes - 1, 0.1F);
  }
  return made;
}

std::shared_ptr<const StageInspection> madeInspection(const Occupancy& occupancy, const Keyframe& keyframe) {
  auto made = std::make_shared<StageInspection>();
  made->depth = {{1, 45, 0.5},
                 kBins,
                 kRows,
                 kColumns,
                 704,
                 256,
                 std::vector<float>(kCameraCount * kBins * kRows * kColumns)};
  made->query_rows = made->query_columns = 20;
  made->query_x = made->query_y = {-40, 40, 4};
  made->heads = kHeads;
  made->points = kHeights;
  made->heights_m = {-0.5, 1, 2.5, 4};
  for (std::size_t i = 0; i < kCameraCount; ++i)
    made->cameras[i] = madeCamera(keyframe.cameras[i]->model);
  for (std::size_t i = 0; i < kCameraCount; ++i)
    addDepths(*made, occupancy, keyframe, Camera(i));
  for (int layer = 0; layer < 2; ++layer) {
    for (std::size_t i = 0; i < kCameraCount; ++i)
      addQueries(*made, keyframe, layer, Camera(i));
  }
  made->bev = {madeMap(occupancy, "lifted", false), madeMap(occupancy, "refined", true)};
  return made;
}

}  // namespace hbev::ui::test
