// Pictures, tables and labels of the demo world say the same to the pixel and to the voxel. What the camera's
// own rays hit is taken back through what was written to disk: the tables' poses and intrinsics, and the
// labels.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/data/dataset.h"
#include "core/synth/demo_world.h"
#include "core/synth/labeler.h"
#include "core/synth/pixel_rays.h"
#include "core/synth/scene_recorder.h"
#include "tests/base/temporary_folder.h"

namespace hbev::synth {
namespace {

/// A keyframe on disk, and the world that it was recorded in, built once more.
struct Recorded {
  static Recorded& get() {
    static Recorded recorded;
    return recorded;
  }

  test::TemporaryFolder folder;
  DemoOptions options;
  World world;
  RayTracer tracer;
  std::shared_ptr<const Dataset> dataset;
  Keyframe keyframe;

 private:
  Recorded()
      : options(smallOptions()),
        world(buildWorld(scenarioOf(0),
                         std::make_shared<City>(buildCity(scenarioOf(0).location, options.seed)),
                         options.seed, durationOf(options))),
        tracer(world.shapes()) {
    Progress progress;
    writeDemoWorld(folder / "demo", options, progress);
    dataset = Dataset::open(folder / "demo");
    keyframe = dataset->keyframe(0, 0);
  }
  static DemoOptions smallOptions() {
    DemoOptions options;
    options.scenes = 1;
    options.keyframes = 1;
    options.image_width = 352;
    options.image_height = 198;
    options.predictions = false;
    return options;
  }
};

/// What a pixel's centre sees.
struct Seen {
  std::size_t camera;
  Eigen::Vector2d pixel;
  std::uint32_t object;
  Eigen::Vector3d global;
  Eigen::Vector3d normal;
  std::array<Eigen::Vector3d, 3> corners;  ///< of the triangle, in global, where the world has placed it
};

std::array<Eigen::Vector3d, 3> cornersOf(const Mesh& mesh, const Placement& placement, const Hit& hit) {
  std::array<Eigen::Vector3d, 3> corners;
  for (std::size_t i = 0; i < 3; ++i) {
    const Eigen::Vector3f& vertex = mesh.vertices[mesh.triangles[hit.triangle].corners[i]];
    corners[i] = placement.global_from_shape * vertex.cast<double>();
  }
  return corners;
}

double distanceFromTriangle(const Seen& seen) {
  const auto& [a, b, c] = seen.corners;
  return std::abs((b - a).cross(c - a).normalized().dot(seen.global - a));
}

/// Every pixel of every second row, looked along as the camera's picture was made, at its own time.
std::vector<Seen> lookThrough(Recorded& recorded, std::size_t camera) {
  const World& world = recorded.world;
  const double time_s = double(recorded.keyframe.cameras[camera]->timestamp_us - sceneStart_us(0)) * 1e-6;
  const std::vector<Placement> placements = world.placementsAt(time_s);
  recorded.tracer.place(placements, std::uint32_t(world.egoObject()));
  const std::vector<SensorMount> rig =
      recordingRig(recorded.options.image_width, recorded.options.image_height);
  const auto mount = std::find_if(rig.begin(), rig.end(), [&](const SensorMount& candidate) {
    return candidate.channel == cameraChannel(Camera(camera));
  });
  const PixelRays pixels(mount->model, world.globalFromEgo(time_s) * mount->ego_from_sensor);
  std::vector<Ray> rays;
  std::vector<Eigen::Vector2d> centers;
  for (int v = 1; v < mount->model.height; v += 2) {
    for (int u = 0; u < mount->model.width; ++u) {
      rays.push_back(pixels.at(u, v));
      centers.emplace_back(u, v);
    }
  }
  std::vector<Hit> hits(rays.size());
  recorded.tracer.intersect(rays, hits);
  const std::vector<const Shape*> shapes = world.shapes();
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    if (hits[i].isSky()) continue;
    const Eigen::Vector3d global =
        rays[i].origin.cast<double>() + double(hits[i].distance_m) * rays[i].direction.cast<double>();
    const Placement& placement = placements[hits[i].object];
    seen.push_back({camera, centers[i], hits[i].object, global, hits[i].normal.cast<double>(),
                    cornersOf(shapes[placement.shape]->mesh, placement, hits[i])});
  }
  return seen;
}

const std::vector<Seen>& allSeen() {
  static const std::vector<Seen> kAll = [] {
    std::vector<Seen> all;
    for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
      const std::vector<Seen> seen = lookThrough(Recorded::get(), camera);
      EXPECT_GT(seen.size(), 1000U) << cameraChannel(Camera(camera));
      all.insert(all.end(), seen.begin(), seen.end());
    }
    return all;
  }();
  return kAll;
}

struct Offsets {
  double smallest_px = 1e9, largest_px = 0;
};

/// How far from their pixels' centres the points come back that were seen there, through the tables' cameras
/// after `change`.
Offsets offsets(const std::function<void(CameraReading&)>& change) {
  const Keyframe& keyframe = Recorded::get().keyframe;
  std::vector<CameraReading> cameras;
  std::vector<Pose> camera_from_global;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    cameras.push_back(keyframe.cameras[camera].value());
    change(cameras.back());
    camera_from_global.push_back(cameras.back().global_from_sensor().inverse());
  }
  Offsets result;
  for (const Seen& seen : allSeen()) {
    const auto pixel = cameras[seen.camera].model.project(camera_from_global[seen.camera] * seen.global);
    const double offset_px = pixel ? (*pixel - seen.pixel).norm() : 1e9;
    result.smallest_px = std::min(result.smallest_px, offset_px);
    result.largest_px = std::max(result.largest_px, offset_px);
  }
  return result;
}

// The tracer's origins are floats: up to 800 m, so that each coordinate is off by 3e-5 m at most. Nothing is
// closer than 3 m, where that is 1e-5 of the depth on each of two axes, and the demo's focal length is below
// 560 px at its usual size: 0.008 px, and half of that in these pictures.
constexpr double kFloat_px = 0.01;

TEST(Alignment, whatAPixelSeesComesBackToItThroughTheTables) {
  for (const Seen& seen : allSeen())
    ASSERT_LT(distanceFromTriangle(seen), 1e-3) << "object " << seen.object;  // some ten roundings of 6e-5 m
  EXPECT_LT(offsets([](CameraReading&) {}).largest_px, kFloat_px);
}

TEST(Alignment, aCameraThatIsOffByAPixelOrByItsTimeIsNoticed) {
  EXPECT_GT(offsets([](CameraReading& camera) { camera.model.intrinsics(0, 2) += 1; }).smallest_px, 0.98);
  EXPECT_GT(offsets([](CameraReading& camera) { camera.model.intrinsics(1, 2) -= 1; }).smallest_px, 0.98);
  const Pose at_lidar = Recorded::get().keyframe.global_from_ego();
  EXPECT_GT(offsets([&](CameraReading& camera) { camera.global_from_ego = at_lidar; }).largest_px, 1);
}

/// A thing's extent at the labels' time.
struct Extent {
  std::size_t object;
  Pose shape_from_ego;
  Eigen::Vector3d low, high;

  /// True for all voxels that the thing touches and for some beside it.
  bool meets(const Eigen::Vector3d& voxel_center, double voxel_m) const {
    const Eigen::Vector3d at = shape_from_ego * voxel_center;
    const Eigen::Vector3d outside = (at - high).cwiseMax(low - at).cwiseMax(0.0);
    return outside.norm() <= voxel_m * std::sqrt(3.0) / 2 + 1e-3;
  }
};

/// Classes (OpenOcc) as bits.
using Classes = std::uint32_t;
Classes bitOf(std::uint8_t label) {
  return Classes(1) << label;
}

/// What may have a say in a voxel: labels prefer what is annotated to what stands still to the ground.
struct Claims {
  Classes annotated = 0, city = 0;
  std::uint8_t ground = 0;     ///< at the middle of the column
  bool is_one_ground = false;  ///< the whole column has this surface
  bool is_known = false;
};

/// What labels have to be, from where things stand.
class Geometry {
 public:
  explicit Geometry(const Recorded& recorded)
      : world_(recorded.world),
        global_from_ego_(recorded.keyframe.global_from_ego()),
        placements_(world_.placementsAt(double(recorded.keyframe.timestamp_us - sceneStart_us(0)) * 1e-6)),
        claims_(grid_.size()) {
    for (const char* surface : {"driveable_surface", "other_flat", "sidewalk", "terrain"})
      surface_labels_.push_back(std::uint8_t(ClassSet::openocc().findLabel(surface).value()));
    const std::vector<const Shape*> shapes = world_.shapes();
    for (std::size_t i = 1; i < placements_.size(); ++i) {
      if (i == world_.egoObject()) continue;
      const Pose ego_from_shape = global_from_ego_.inverse() * placements_[i].global_from_shape;
      const auto& vertices = shapes[placements_[i].shape]->mesh.vertices;
      Eigen::Vector3f low = vertices.front(), high = low;
      for (const Eigen::Vector3f& vertex : vertices) {
        low = low.cwiseMin(vertex);
        high = high.cwiseMax(vertex);
      }
      extents_.push_back({i, ego_from_shape.inverse(), low.cast<double>(), high.cast<double>()});
    }
  }

  const Claims& claims(const Eigen::Vector3i& voxel) {
    Claims& claims = claims_[grid_.index(voxel)];
    if (!claims.is_known) claims = claimsOn(grid_.center(voxel));
    return claims;
  }
  bool standsStill(std::size_t object) const {
    return !isActor(object) || world_.actors[object - world_.firstActor()].trajectory.pace.speed_mps == 0;
  }
  bool isActor(std::size_t object) const { return object >= world_.firstActor(); }
  bool isGround(std::size_t object) const { return placements_[object].label == kGroundLabel; }
  std::uint8_t labelOf(std::size_t object) const { return placements_[object].label; }

 private:
  Claims claimsOn(const Eigen::Vector3d& center) const {
    Claims claims;
    claims.is_known = true;
    for (const Extent& extent : extents_) {
      if (!extent.meets(center, grid_.voxel_m)) continue;
      (isActor(extent.object) ? claims.annotated : claims.city) |= bitOf(labelOf(extent.object));
    }
    const auto surfaceAt = [&](double dx, double dy) {
      const Eigen::Vector3d at = global_from_ego_ * (center + grid_.voxel_m / 2 * Eigen::Vector3d(dx, dy, 0));
      return surface_labels_[std::size_t(world_.city->ground.at(at.head<2>()).surface)];
    };
    claims.ground = surfaceAt(0, 0);
    claims.is_one_ground = surfaceAt(-1, -1) == claims.ground && surfaceAt(-1, 1) == claims.ground &&
                           surfaceAt(1, -1) == claims.ground && surfaceAt(1, 1) == claims.ground;
    return claims;
  }

  const World& world_;
  GridSpec grid_;
  Pose global_from_ego_;
  std::vector<Placement> placements_;
  std::vector<std::uint8_t> surface_labels_;
  std::vector<Extent> extents_;
  std::vector<Claims> claims_;  ///< of each voxel, found when asked for
};

/// Whether one of the labels' samples of the surface that was hit lies in the voxel for sure: a corner of the
/// triangle, or what is in a disc as large as the diagonal between two samples. Then the voxel has to be
/// marked, on whichever side of the surface most of it is; so no point is moved inward here, but none counts
/// that is within a millimetre of the next voxel.
bool surfaceIsSampled(const Seen& seen, const Pose& ego_from_global, const Eigen::Vector3d& voxel_center,
                      double voxel_m) {
  const auto roomAround = [&](const Eigen::Vector3d& global) {
    const Eigen::Vector3d from_center = ego_from_global * global - voxel_center;
    return Eigen::Array3d(voxel_m / 2 - 1e-3 - from_center.array().abs());
  };
  const Eigen::Array3d room = roomAround(seen.global);
  if ((room < 0).any()) return false;
  const Eigen::Vector3d normal = ego_from_global.rotation() * seen.normal;
  const Eigen::Array3d reach = std::sqrt(2.0) * kLabelStep_m * (1 - normal.array().square()).max(0.0).sqrt();
  if ((room > reach).all()) return true;
  return std::any_of(seen.corners.begin(), seen.corners.end(),
                     [&](const Eigen::Vector3d& corner) { return (roomAround(corner) > 0).all(); });
}

struct Fit {
  std::size_t ground = 0, city = 0, actors = 0;  ///< hits whose voxel's class is certain
  std::size_t wrong = 0;                         ///< of these
  std::size_t explained = 0, unexplained = 0;    ///< of all hits
  std::string first_wrong;
};

/// Compares labels with hits on what stands still. `ego_from_global` is the labels' frame.
Fit fitOf(const Occupancy& labels, Geometry& geometry, const Pose& ego_from_global) {
  const ClassSet& openocc = ClassSet::openocc();
  std::vector<std::uint8_t> openocc_label;  // of the labels' own number; free where OpenOcc has none
  for (const ClassInfo& info : labels.classes->classes())
    openocc_label.push_back(std::uint8_t(openocc.findLabel(info.id).value_or(openocc.free())));
  Fit fit;
  for (const Seen& seen : allSeen()) {
    const Eigen::Vector3d point = ego_from_global * seen.global;
    const auto voxel = labels.grid.voxelAt(point);
    if (!voxel || !geometry.standsStill(seen.object)) continue;
    const Claims& claims = geometry.claims(*voxel);
    const std::uint8_t label = openocc_label[labels.semantics[labels.grid.index(*voxel)]];
    const bool is_ground = geometry.isGround(seen.object), is_actor = geometry.isActor(seen.object);
    const bool is_sampled =
        is_ground ? claims.is_one_ground
                  : surfaceIsSampled(seen, ego_from_global, labels.grid.center(*voxel), labels.grid.voxel_m);
    // A thin slice of a surface may lie between samples.
    const bool may_be_free = !is_sampled && (claims.annotated | claims.city) != 0;
    const Classes claimed = claims.annotated | claims.city | bitOf(claims.ground) |
                            (may_be_free ? bitOf(openocc.free()) : Classes(0));
    ++((claimed & bitOf(label)) != 0 ? fit.explained : fit.unexplained);
    const std::uint8_t expected = is_ground ? claims.ground : geometry.labelOf(seen.object);
    const Classes rivals = claims.annotated | (is_actor ? Classes(0) : claims.city);
    if (!is_sampled || (rivals & ~bitOf(expected)) != 0) continue;
    ++(is_ground ? fit.ground : is_actor ? fit.actors : fit.city);
    if (label == expected) continue;
    if (fit.wrong++ == 0)
      fit.first_wrong = fmt::format("{} instead of {}", openocc[label].id, openocc[expected].id);
  }
  return fit;
}

TEST(Alignment, voxelsHaveTheClassOfWhatPixelsSeeInThem) {
  const Recorded& recorded = Recorded::get();
  Geometry geometry(recorded);
  const Pose ego_from_global = recorded.keyframe.global_from_ego().inverse();
  for (const LabelKind kind : kLabelKinds) {
    const Occupancy labels =
        readOccupancyNpz(recorded.dataset->truthFile(kind, recorded.keyframe).value(), classSetOf(kind));
    const Fit fit = fitOf(labels, geometry, ego_from_global);
    EXPECT_GT(fit.ground, 10000U) << labelKindName(kind);
    EXPECT_GT(fit.city, 1000U);
    EXPECT_GT(fit.actors, 500U);
    EXPECT_EQ(fit.wrong, 0U) << "the first: " << fit.first_wrong;
    EXPECT_EQ(fit.unexplained, 0U) << "of " << fit.explained;
    // The frame of a camera that fired earlier is some decimetres behind.
    const Pose& early = recorded.keyframe.cameras[std::size_t(Camera::FrontLeft)]->global_from_ego;
    EXPECT_GT(fitOf(labels, geometry, early.inverse()).wrong, 100U);
  }
}

}  // namespace
}  // namespace hbev::synth
