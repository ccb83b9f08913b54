// Pictures, tables and labels of the demo world say the same to the pixel and to the voxel. What the camera's
// own rays hit is taken back through what was written to disk: the tables' poses and intrinsics, and the
// labels.
#include <functional>
#include <unordered_map>

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
  double off_surface_m;  ///< from the plane of the triangle, where the world has placed it
};

double distanceFromTriangle(const World& world, const Placement& placement, const Hit& hit,
                            const Eigen::Vector3d& global) {
  const Mesh& mesh = world.shapes()[placement.shape]->mesh;
  std::array<Eigen::Vector3d, 3> corners;
  for (std::size_t i = 0; i < 3; ++i) {
    const Eigen::Vector3f& vertex = mesh.vertices[mesh.triangles[hit.triangle].corners[i]];
    corners[i] = placement.global_from_shape * vertex.cast<double>();
  }
  return std::abs(
      (corners[1] - corners[0]).cross(corners[2] - corners[0]).normalized().dot(global - corners[0]));
}

/// Every third pixel of every third row, looked along as the camera's picture was made, at its own time.
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
  for (int v = 1; v < mount->model.height; v += 3) {
    for (int u = 1; u < mount->model.width; u += 3) {
      rays.push_back(pixels.at(u, v));
      centers.emplace_back(u, v);
    }
  }
  std::vector<Hit> hits(rays.size());
  recorded.tracer.intersect(rays, hits);
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < rays.size(); ++i) {
    if (hits[i].isSky()) continue;
    const Eigen::Vector3d global =
        rays[i].origin.cast<double>() + double(hits[i].distance_m) * rays[i].direction.cast<double>();
    seen.push_back({camera, centers[i], hits[i].object, global, hits[i].normal.cast<double>(),
                    distanceFromTriangle(world, placements[hits[i].object], hits[i], global)});
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
    ASSERT_LT(seen.off_surface_m, 1e-3) << "object " << seen.object;  // some ten roundings of 6e-5 m
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

/// What may have a say in a voxel.
struct Claims {
  std::vector<std::size_t> objects;  ///< without the ground
  Surface ground = Surface::Terrain;
  bool is_one_ground = false;  ///< the whole column has this surface
};

/// What labels have to be, from where things stand.
class Geometry {
 public:
  explicit Geometry(const Recorded& recorded)
      : world_(recorded.world),
        global_from_ego_(recorded.keyframe.global_from_ego()),
        placements_(world_.placementsAt(double(recorded.keyframe.timestamp_us - sceneStart_us(0)) * 1e-6)) {
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
    const auto [found, is_new] = claims_.try_emplace(grid_.index(voxel));
    if (is_new) found->second = claimsOn(grid_.center(voxel));
    return found->second;
  }
  bool standsStill(std::size_t object) const {
    return object < world_.firstActor() ||
           world_.actors[object - world_.firstActor()].trajectory.pace.speed_mps == 0;
  }
  /// The class's name of a thing or, for the ground, of what it is there.
  std::string_view classOf(std::size_t object, Surface ground) const {
    constexpr std::array<std::string_view, 4> kGround{"driveable_surface", "other_flat", "sidewalk",
                                                      "terrain"};
    if (placements_[object].label == kGroundLabel) return kGround.at(std::size_t(ground));
    return ClassSet::openocc()[placements_[object].label].id;
  }
  bool isGround(std::size_t object) const { return placements_[object].label == kGroundLabel; }

 private:
  Claims claimsOn(const Eigen::Vector3d& center) const {
    Claims claims;
    for (const Extent& extent : extents_) {
      if (extent.meets(center, grid_.voxel_m)) claims.objects.push_back(extent.object);
    }
    const auto surfaceAt = [&](double dx, double dy) {
      const Eigen::Vector3d at = global_from_ego_ * (center + grid_.voxel_m / 2 * Eigen::Vector3d(dx, dy, 0));
      return world_.city->ground.at(at.head<2>()).surface;
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
  std::vector<Extent> extents_;
  std::unordered_map<std::size_t, Claims> claims_;
};

/// Whether the surface around a hit fills so much of the voxel that one of the labels' samples lies in it: a
/// disc as large as the diagonal between two samples. Then the voxel has to be marked, on whichever side of
/// the surface most of it is; so no point is moved inward here, but none counts that is within a millimetre
/// of the next voxel.
bool surfaceIsSampled(const Eigen::Vector3d& point, const Eigen::Vector3d& normal,
                      const Eigen::Vector3d& voxel_center, double voxel_m) {
  const double radius_m = std::sqrt(2.0) * kLabelStep_m;
  const Eigen::Vector3d room = voxel_m / 2 - (point - voxel_center).array().abs();
  const Eigen::Vector3d reach = radius_m * (1 - normal.array().square()).max(0.0).sqrt();
  return ((room - reach).array() > 1e-3).all();
}

struct Fit {
  std::size_t ground = 0, city = 0, actors = 0;  ///< hits whose voxel's class is certain
  std::size_t wrong = 0;                         ///< of these
  std::size_t explained = 0, unexplained = 0;    ///< of all hits
  std::string first_wrong;
};

/// Compares labels with hits on what stands still. `ego_from_global` is the labels' frame.
Fit fitOf(const Occupancy& labels, Geometry& geometry, const Pose& ego_from_global) {
  Fit fit;
  for (const Seen& seen : allSeen()) {
    const Eigen::Vector3d point = ego_from_global * seen.global;
    const auto voxel = labels.grid.voxelAt(point);
    if (!voxel || !geometry.standsStill(seen.object)) continue;
    const Claims& claims = geometry.claims(*voxel);
    const std::string_view label = (*labels.classes)[labels.semantics[labels.grid.index(*voxel)]].id;
    const std::string_view expected = geometry.classOf(seen.object, claims.ground);
    const bool is_ground = geometry.isGround(seen.object);
    const bool is_sampled = is_ground ? claims.is_one_ground
                                      : surfaceIsSampled(point, ego_from_global.rotation() * seen.normal,
                                                         labels.grid.center(*voxel), labels.grid.voxel_m);
    bool is_claimed = label == geometry.classOf(0, claims.ground);
    bool is_alone = true;
    for (const std::size_t object : claims.objects) {
      const std::string_view other = geometry.classOf(object, claims.ground);
      is_claimed = is_claimed || label == other;
      is_alone = is_alone && other == expected;
    }
    // A thin slice of a surface may lie between samples.
    const bool may_be_free = !is_sampled && !claims.objects.empty();
    ++(is_claimed || (may_be_free && label == "free") ? fit.explained : fit.unexplained);
    if (!is_sampled || !is_alone) continue;
    ++(is_ground ? fit.ground : seen.object < Recorded::get().world.firstActor() ? fit.city : fit.actors);
    if (label == expected) continue;
    if (fit.wrong++ == 0) fit.first_wrong = std::string(label) + " instead of " + std::string(expected);
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
    EXPECT_GT(fit.ground, 1000U) << labelKindName(kind);
    EXPECT_GT(fit.city, 1000U);
    EXPECT_GT(fit.actors, 100U);
    EXPECT_EQ(fit.wrong, 0U) << "the first: " << fit.first_wrong;
    EXPECT_EQ(fit.unexplained, 0U) << "of " << fit.explained;
    // The frame of a camera that fired earlier is some decimetres behind.
    const Pose& early = recorded.keyframe.cameras[std::size_t(Camera::FrontLeft)]->global_from_ego;
    EXPECT_GT(fitOf(labels, geometry, early.inverse()).wrong, 100U);
  }
}

}  // namespace
}  // namespace hbev::synth
