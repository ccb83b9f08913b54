#include "core/synth/scene_recorder.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <tbb/parallel_invoke.h>

#include "core/base/files.h"
#include "core/data/labels.h"
#include "core/synth/camera_renderer.h"
#include "core/synth/labeler.h"
#include "core/synth/lidar_scanner.h"
#include "core/synth/spoiler.h"

namespace hbev::synth {
namespace {

constexpr std::int64_t kKeyframeStep_us = 500'000;
constexpr const char* kLogfile = "d001-2026-03-14-09-12-00+0000";
constexpr double kMicro = 1e-6;

std::vector<KnownObject> knownObjects(const World& world, double time_s) {
  const Pose ego_from_global = world.globalFromEgo(time_s).inverse();
  std::vector<KnownObject> objects;
  for (const Actor& actor : world.actors) {
    const OrientedBox box = ego_from_global * actor.box(time_s);
    if (box.frame_from_box.translation().head<2>().norm() < 62) objects.push_back({box, actor.model().label});
  }
  return objects;
}

class SceneRecorder {
 public:
  SceneRecorder(const World& world, int scene_index, const std::filesystem::path& folder,
                const DemoOptions& options, NuscenesTables& tables, Progress& progress)
      : world_(world),
        scene_index_(scene_index),
        folder_(folder),
        options_(options),
        tables_(tables),
        progress_(progress),
        lighting_(lightingOf(world.scenario.look)),
        rig_(recordingRig(options.image_width, options.image_height)),
        tracer_(world.shapes()),
        recordings_(rig_.size()),
        annotations_(world.actors.size()) {
    for (int k = 0; k < options.keyframes; ++k)
      samples_.push_back(token(fmt::format("sample/{}", k)));
  }

  void record() {
    for (int k = 0; k < options_.keyframes; ++k) {
      progress_.throwIfCancelled();
      recordKeyframe(k);
      if (options_.sweeps && k + 1 < options_.keyframes) recordSweeps(k);
      progress_.advance();
    }
    addRows();
  }

 private:
  std::string token(const std::string& what) const {
    return tables_.token(world_.scenario.name + "/" + what);
  }
  std::int64_t keyframeTime_us(int k) const { return k * kKeyframeStep_us; }
  const std::string& scene() const { return world_.scenario.name; }

  /// Adds the row for what sensor `sensor` records at `time_us` of the scene and returns its file.
  std::filesystem::path addRecording(std::size_t sensor, std::int64_t time_us, int sample, bool is_keyframe) {
    const SensorMount& mount = rig_[sensor];
    const std::int64_t stamp = sceneStart_us(scene_index_) + time_us;
    Recording recording;
    recording.token = token(fmt::format("{}/{}", mount.channel, stamp));
    recording.sample_token = samples_[std::size_t(sample)];
    recording.calibration_token = token("calibration/" + mount.channel);
    recording.timestamp_us = stamp;
    recording.is_keyframe = is_keyframe;
    recording.width = mount.model.width;
    recording.height = mount.model.height;
    recording.file = fmt::format("{}/{}/{}__{}__{}.{}", is_keyframe ? "samples" : "sweeps", mount.channel,
                                 kLogfile, mount.channel, stamp, mount.isCamera() ? "jpg" : "pcd.bin");
    recording.global_from_ego = world_.globalFromEgo(double(time_us) * kMicro);
    recordings_[sensor].push_back(recording);
    return folder_ / recording.file;
  }

  Image takePicture(const SensorMount& mount, std::int64_t time_us) {
    const double time_s = double(time_us) * kMicro;
    const std::vector<Placement> placements = world_.placementsAt(time_s);
    tracer_.place(placements, std::uint32_t(world_.egoObject()));
    const CameraRenderer renderer(world_, lighting_, tracer_, placements);
    return renderer.render(mount.model, world_.globalFromEgo(time_s) * mount.ego_from_sensor).image;
  }

  std::vector<LidarReturn> scan(const SensorMount& mount, std::int64_t time_us,
                                const std::vector<Placement>& placements) {
    tracer_.place(placements, std::uint32_t(world_.egoObject()));
    const Pose global_from_lidar = world_.globalFromEgo(double(time_us) * kMicro) * mount.ego_from_sensor;
    return scanLidar(world_, lighting_, tracer_, placements, global_from_lidar,
                     mixAll(mixText(options_.seed, scene()), std::uint64_t(time_us)));
  }

  static void writeSweep(const std::filesystem::path& file, const std::vector<LidarReturn>& returns) {
    std::vector<LidarPoint> points;
    points.reserve(returns.size());
    for (const LidarReturn& hit : returns)
      points.push_back(hit.point);
    writeFile(file, std::as_bytes(std::span(points)));
  }

  void recordKeyframe(int k) {
    struct Shot {
      std::filesystem::path file;
      Image image;
    };
    std::vector<Shot> shots;
    for (std::size_t i = 0; i + 1 < rig_.size(); ++i) {
      progress_.throwIfCancelled();
      const std::int64_t time_us = keyframeTime_us(k) + rig_[i].offset_us;
      shots.push_back({addRecording(i, time_us, k, true), takePicture(rig_[i], time_us)});
    }
    const std::int64_t time_us = keyframeTime_us(k);
    const std::vector<Placement> placements = world_.placementsAt(double(time_us) * kMicro);
    const std::vector<LidarReturn> returns = scan(rig_.back(), time_us, placements);
    writeSweep(addRecording(rig_.size() - 1, time_us, k, true), returns);
    annotate(k, returns, placements);
    tbb::parallel_invoke([&] { writeLabels(k, placements); },
                         [&] {
                           for (const Shot& shot : shots)
                             writeImage(shot.file, shot.image, 93);
                         });
  }

  void recordSweeps(int k) {
    for (std::size_t i = 0; i < rig_.size(); ++i) {
      const SensorMount& mount = rig_[i];
      for (std::int64_t step = mount.sweep_step_us; step < kKeyframeStep_us - 1000;
           step += mount.sweep_step_us) {
        progress_.throwIfCancelled();
        const std::int64_t time_us = keyframeTime_us(k) + step + mount.offset_us;
        const std::filesystem::path file = addRecording(i, time_us, k + 1, false);
        if (mount.isCamera()) {
          writeImage(file, takePicture(mount, time_us), 93);
        } else {
          writeSweep(file, scan(mount, time_us, world_.placementsAt(double(time_us) * kMicro)));
        }
      }
    }
  }

  /// Labels of both kinds and the spoiled prediction of keyframe `k`.
  void writeLabels(int k, const std::vector<Placement>& placements) const {
    const double time_s = double(keyframeTime_us(k)) * kMicro;
    const std::string& sample = samples_[std::size_t(k)];
    const Occupancy truth = labelWorld(world_, placements, time_s);
    const auto writeOcc3d = [&] {
      Occupancy occ3d = toOcc3d(truth);
      const Pose ego_from_global = world_.globalFromEgo(time_s).inverse();
      std::vector<Pose> sensors;
      for (const SensorMount& mount : rig_) {
        const Pose global_from_ego =
            world_.globalFromEgo(double(keyframeTime_us(k) + mount.offset_us) * kMicro);
        sensors.push_back(ego_from_global * global_from_ego * mount.ego_from_sensor);
      }
      markVisibility(occ3d, rig_, sensors);
      writeOccupancyNpz(folder_ / "gts" / scene() / sample / "labels.npz", occ3d, true);
    };
    const auto writeOpenocc = [&] {
      writeOccupancyNpz(folder_ / "openocc_v2" / scene() / sample / "labels.npz", truth, true);
    };
    const auto writePrediction = [&] {
      if (!options_.predictions) return;
      const std::uint64_t seed = mixText(options_.seed, scene());
      const Occupancy spoiled =
          spoil(truth, knownObjects(world_, time_s), severityOf(k, seed), mixAll(seed, std::uint64_t(k)));
      writeOccupancyNpz(folder_ / "predictions" / "spoiled" / scene() / (sample + ".npz"), spoiled, false);
    };
    tbb::parallel_invoke(writeOcc3d, writeOpenocc, writePrediction);
  }

  /// Share of an actor that can be seen from above the car's roof, as nuScenes' levels 1 to 4.
  int visibilityLevel(std::size_t actor, const OrientedBox& box, const Pose& global_from_lidar) const {
    std::vector<Ray> rays;
    const Eigen::Vector3d origin = global_from_lidar.translation();
    for (int i = 0; i < 45; ++i) {
      const Eigen::Vector3d grid(i % 5 / 4.0 - 0.5, i / 5 % 3 / 2.0 - 0.5, i / 15 / 2.0 - 0.5);
      const Eigen::Vector3d target = box.frame_from_box * (0.9 * grid).cwiseProduct(box.size);
      const Eigen::Vector3d way = target - origin;
      rays.push_back({origin.cast<float>(), way.normalized().cast<float>(), 0.05F, float(way.norm())});
    }
    std::vector<Hit> hits(rays.size());
    tracer_.intersect(rays, hits);
    const auto object = std::uint32_t(world_.firstActor() + actor);
    const auto seen = std::count_if(hits.begin(), hits.end(),
                                    [&](const Hit& hit) { return hit.isSky() || hit.object == object; });
    const double share = double(seen) / double(hits.size());
    return share < 0.4 ? 1 : share < 0.6 ? 2 : share < 0.8 ? 3 : 4;
  }

  /// nuScenes annotates what the lidar hits at least once.
  void annotate(int k, const std::vector<LidarReturn>& returns, const std::vector<Placement>& placements) {
    const double time_s = double(keyframeTime_us(k)) * kMicro;
    const Pose global_from_lidar = world_.globalFromEgo(time_s) * rig_.back().ego_from_sensor;
    std::vector<int> own(placements.size(), 0);
    std::vector<Eigen::Vector3d> points;
    for (const LidarReturn& hit : returns) {
      ++own[hit.object];
      points.push_back(global_from_lidar * Eigen::Vector3d(hit.point.x, hit.point.y, hit.point.z));
    }
    for (std::size_t actor = 0; actor < world_.actors.size(); ++actor) {
      if (own[world_.firstActor() + actor] == 0) continue;
      Annotation annotation;
      annotation.token = token(fmt::format("annotation/{}/{}", actor, k));
      annotation.sample_token = samples_[std::size_t(k)];
      annotation.global_box = world_.actors[actor].box(time_s);
      annotation.attribute = world_.actors[actor].attribute;
      annotation.visibility = visibilityLevel(actor, annotation.global_box, global_from_lidar);
      const double reach = annotation.global_box.size.norm() / 2;
      const Eigen::Vector3d& center = annotation.global_box.frame_from_box.translation();
      annotation.lidar_points =
          int(std::count_if(points.begin(), points.end(), [&](const Eigen::Vector3d& point) {
            return (point - center).squaredNorm() <= reach * reach && annotation.global_box.contains(point);
          }));
      annotations_[actor].push_back(annotation);
    }
  }

  void addRows() {
    const std::string log = token("log");
    tables_.addLog(log, kLogfile, world_.scenario.location);
    std::vector<std::int64_t> stamps;
    for (int k = 0; k < options_.keyframes; ++k)
      stamps.push_back(sceneStart_us(scene_index_) + keyframeTime_us(k));
    tables_.addScene(token("scene"), scene(), world_.scenario.description, log, samples_, stamps);
    for (std::size_t i = 0; i < rig_.size(); ++i) {
      tables_.addCalibration(token("calibration/" + rig_[i].channel), rig_[i]);
      // Sweeps were recorded after the keyframe that they follow.
      std::sort(recordings_[i].begin(), recordings_[i].end(),
                [](const Recording& a, const Recording& b) { return a.timestamp_us < b.timestamp_us; });
      tables_.addRecordings(recordings_[i]);
    }
    for (std::size_t actor = 0; actor < world_.actors.size(); ++actor) {
      tables_.addInstance(token(fmt::format("instance/{}", actor)), world_.actors[actor].model().category,
                          annotations_[actor]);
    }
  }

  const World& world_;
  int scene_index_;
  const std::filesystem::path& folder_;
  const DemoOptions& options_;
  NuscenesTables& tables_;
  Progress& progress_;
  Lighting lighting_;
  std::vector<SensorMount> rig_;
  RayTracer tracer_;
  std::vector<std::string> samples_;
  std::vector<std::vector<Recording>> recordings_;    // of each sensor
  std::vector<std::vector<Annotation>> annotations_;  // of each actor
};

}  // namespace

std::int64_t sceneStart_us(int index) {
  // 14 March 2026, 09:12 UTC; five minutes between scenes.
  return 1'773'479'520'000'000 + std::int64_t(index) * 300'000'000;
}

double durationOf(const DemoOptions& options) {
  return double((options.keyframes - 1) * kKeyframeStep_us) * kMicro;
}

void recordScene(const World& world, int scene_index, const std::filesystem::path& folder,
                 const DemoOptions& options, NuscenesTables& tables, Progress& progress) {
  SceneRecorder(world, scene_index, folder, options, tables, progress).record();
}

}  // namespace hbev::synth
