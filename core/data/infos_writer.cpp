#include "core/data/infos_writer.h"

#include <fstream>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/infos_sample.h"
#include "core/io/pickle_writer.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

/// nuScenes' order in mmdet3d's configurations, which gives v1.1 its labels.
constexpr std::array<const char*, 10> kV11Classes{
    "car",     "truck",      "trailer",    "bus",          "construction_vehicle",
    "bicycle", "motorcycle", "pedestrian", "traffic_cone", "barrier"};

/// The order in which the reference lists cameras.
constexpr std::array<Camera, kCameraCount> kCameraOrder{Camera::Front, Camera::FrontRight, Camera::FrontLeft,
                                                        Camera::Back,  Camera::BackLeft,   Camera::BackRight};

int v11Label(const std::string& name) {
  for (std::size_t i = 0; i < kV11Classes.size(); ++i) {
    if (name == kV11Classes[i]) return int(i);
  }
  return -1;
}

/// Writes records in one dialect.
class RecordWriter {
 public:
  RecordWriter(std::ostream& out, const Dataset& dataset, const InfosOptions& options)
      : pickle_(out), dataset_(dataset), options_(options) {}

  void begin() {
    pickle_.beginDict();
    if (options_.dialect == InfosDialect::BevDet) {
      about("metadata");
      pickle_.key("infos");
    } else {
      about("metainfo");
      pickle_.key("data_list");
    }
    pickle_.beginList();
  }

  void add(const InfosSample& sample, const Scene& scene) {
    options_.dialect == InfosDialect::BevDet ? addBevDet(sample, scene) : addV11(sample, scene);
    ++count_;
  }

  void end() {
    pickle_.endList();
    pickle_.endDict();
    pickle_.finish();
  }

 private:
  void text(const char* key, const std::string& value) {
    pickle_.key(key);
    pickle_.text(value);
  }
  void integer(const char* key, std::int64_t value) {
    pickle_.key(key);
    pickle_.integer(value);
  }
  std::string path(const std::string& file) const { return options_.data_root + '/' + file; }

  void about(const char* key) {
    pickle_.key(key);
    pickle_.beginDict();
    text("version", dataset_.version());
    if (options_.dialect == InfosDialect::MmDet3dV11) {
      text("dataset", "nuscenes");
      text("info_version", "1.1");
      pickle_.key("categories");
      pickle_.beginDict();
      for (std::size_t i = 0; i < kV11Classes.size(); ++i)
        integer(kV11Classes[i], std::int64_t(i));
      pickle_.endDict();
    }
    pickle_.endDict();
  }

  void pose(const std::string& name, const PoseRow& row) {
    pickle_.key(name + "_translation");
    pickle_.numbers(row.translation);
    pickle_.key(name + "_rotation");
    pickle_.numbers(row.rotation_wxyz);
  }

  void matrixArray(const char* key, const Eigen::Matrix3d& matrix) {
    const Eigen::Matrix<double, 3, 3, Eigen::RowMajor> rows = matrix;
    constexpr std::array<std::size_t, 2> kShape{3, 3};
    pickle_.key(key);
    pickle_.array(std::span(rows.data(), 9), kShape);
  }

  /// A list of rows, as v1.1 has matrices.
  void matrixRows(const char* key, const Eigen::MatrixXd& matrix) {
    pickle_.key(key);
    pickle_.beginList();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
      const Eigen::VectorXd row = matrix.row(i);
      pickle_.numbers(std::span(row.data(), std::size_t(row.size())));
    }
    pickle_.endList();
  }

  static Eigen::Matrix3d intrinsics(const InfosReading& reading) {
    return Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(
        reading.calibration->intrinsics.data());
  }

  /// Where a keyframe stands: the same in both dialects.
  void addPlace(const InfosSample& sample, const Scene& scene) {
    text("scene_token", scene.token);
    text("scene_name", scene.name);
    text("prev", sample.previous);
    text("next", sample.next);
    text("occ_path", path("gts/" + scene.name + '/' + sample.token));
  }

  void addReading(const InfosReading& reading, const std::string& type, bool is_camera) {
    pickle_.beginDict();
    text("data_path", path(reading.file));
    text("type", type);
    text("sample_data_token", "");
    pose("sensor2ego", reading.calibration->ego_from_sensor);
    pose("ego2global", *reading.global_from_ego);
    integer("timestamp", reading.timestamp_us);
    matrixArray("sensor2lidar_rotation", reading.lidar_from_sensor.rotationMatrix());
    pickle_.key("sensor2lidar_translation");
    constexpr std::array<std::size_t, 1> kThree{3};
    pickle_.array(std::span(reading.lidar_from_sensor.translation().data(), 3), kThree);
    if (is_camera) matrixArray("cam_intrinsic", intrinsics(reading));
    pickle_.endDict();
  }

  void addBevDet(const InfosSample& sample, const Scene& scene) {
    pickle_.beginDict();
    text("lidar_path", path(sample.lidar.file));
    text("token", sample.token);
    constexpr std::array<double, 18> kNoCanBus{};
    constexpr std::array<std::size_t, 1> kCanBusShape{18};
    pickle_.key("can_bus");
    pickle_.array(kNoCanBus, kCanBusShape);
    pickle_.key("sweeps");
    pickle_.beginList();
    for (const InfosReading& sweep : sample.sweeps)
      addReading(sweep, "lidar", false);
    pickle_.endList();
    pickle_.key("cams");
    pickle_.beginDict();
    for (const Camera camera : kCameraOrder) {
      const std::string channel(cameraChannel(camera));
      pickle_.key(channel);
      addReading(sample.cameras[std::size_t(camera)], channel, true);
    }
    pickle_.endDict();
    pose("lidar2ego", sample.lidar.calibration->ego_from_sensor);
    pose("ego2global", *sample.lidar.global_from_ego);
    integer("timestamp", sample.timestamp_us);
    addLidarBoxes(sample);
    addEgoBoxes(sample);
    addPlace(sample, scene);
    pickle_.endDict();
  }

  /// gt_boxes and what belongs to them, in the lidar's frame.
  void addLidarBoxes(const InfosSample& sample) {
    std::vector<double> boxes, velocities;
    std::vector<std::string> names;
    std::vector<std::int64_t> lidar_points, radar_points;
    std::vector<std::uint8_t> valid;
    for (const InfosAnnotation& annotation : sample.annotations) {
      const InfosBox& box = annotation.in_lidar;
      boxes.insert(boxes.end(), box.numbers.begin(), box.numbers.end());
      velocities.insert(velocities.end(), box.velocity_mps.begin(), box.velocity_mps.end());
      names.push_back(annotation.name);
      lidar_points.push_back(annotation.lidar_points);
      radar_points.push_back(annotation.radar_points);
      valid.push_back(annotation.isValid());
    }
    const std::size_t count = names.size();
    const auto array = [&](const char* key, const auto& values, std::initializer_list<std::size_t> shape) {
      pickle_.key(key);
      pickle_.array(std::span(std::as_const(values)), std::vector<std::size_t>(shape));
    };
    array("gt_boxes", boxes, {count, 7});
    pickle_.key("gt_names");
    pickle_.textArray(names);
    array("gt_velocity", velocities, {count, 2});
    array("num_lidar_pts", lidar_points, {count});
    array("num_radar_pts", radar_points, {count});
    pickle_.key("valid_flag");
    pickle_.boolArray(valid);
  }

  /// ann_infos: a pair of lists, boxes of nine numbers and labels, of what detection counts and a sensor hit.
  void addEgoBoxes(const InfosSample& sample) {
    pickle_.key("ann_infos");
    pickle_.beginTuple();
    pickle_.beginList();
    for (const InfosAnnotation& annotation : sample.annotations) {
      if (annotation.label < 0 || !annotation.isValid()) continue;
      std::array<double, 9> row{};
      const InfosBox& box = annotation.in_ego;
      std::copy(box.velocity_mps.begin(), box.velocity_mps.end(),
                std::copy(box.numbers.begin(), box.numbers.end(), row.begin()));
      constexpr std::array<std::size_t, 1> kNine{9};
      pickle_.array(row, kNine);
    }
    pickle_.endList();
    pickle_.beginList();
    for (const InfosAnnotation& annotation : sample.annotations) {
      if (annotation.label >= 0 && annotation.isValid()) pickle_.integer(annotation.label);
    }
    pickle_.endList();
    pickle_.endTuple();
  }

  void seconds(std::int64_t timestamp_us) {
    pickle_.key("timestamp");
    pickle_.number(double(timestamp_us) / 1e6);
  }

  void addLidarPoints(const std::string& file, const InfosReading& reading) {
    pickle_.key("lidar_points");
    pickle_.beginDict();
    text("lidar_path", file);
    integer("num_pts_feats", 5);
    matrixRows("lidar2ego", poseOf(reading.calibration->ego_from_sensor).matrix());
  }

  void addV11(const InfosSample& sample, const Scene& scene) {
    pickle_.beginDict();
    integer("sample_idx", std::int64_t(count_));
    text("token", sample.token);
    seconds(sample.timestamp_us);
    matrixRows("ego2global", poseOf(*sample.lidar.global_from_ego).matrix());
    addLidarPoints(lastName(sample.lidar.file), sample.lidar);
    pickle_.endDict();
    pickle_.key("images");
    pickle_.beginDict();
    for (const Camera camera : kCameraOrder)
      addImage(sample.cameras[std::size_t(camera)], std::string(cameraChannel(camera)));
    pickle_.endDict();
    pickle_.key("lidar_sweeps");
    pickle_.beginList();
    for (const InfosReading& sweep : sample.sweeps) {
      pickle_.beginDict();
      seconds(sweep.timestamp_us);
      text("sample_data_token", "");
      matrixRows("ego2global", poseOf(*sweep.global_from_ego).matrix());
      addLidarPoints(path(sweep.file), sweep);
      matrixRows("lidar2sensor", sweep.lidar_from_sensor.inverse().matrix());
      pickle_.endDict();
      pickle_.endDict();
    }
    pickle_.endList();
    addInstances(sample);
    addPlace(sample, scene);
    pickle_.endDict();
  }

  void addImage(const InfosReading& reading, const std::string& channel) {
    pickle_.key(channel);
    pickle_.beginDict();
    text("img_path", lastName(reading.file));
    text("sample_data_token", "");
    seconds(reading.timestamp_us);
    matrixRows("cam2img", intrinsics(reading));
    matrixRows("cam2ego", poseOf(reading.calibration->ego_from_sensor).matrix());
    matrixRows("lidar2cam", reading.lidar_from_sensor.inverse().matrix());
    pickle_.endDict();
  }

  void addInstances(const InfosSample& sample) {
    pickle_.key("instances");
    pickle_.beginList();
    for (const InfosAnnotation& annotation : sample.annotations) {
      const int label = v11Label(annotation.name);
      pickle_.beginDict();
      pickle_.key("bbox_3d");
      pickle_.numbers(annotation.in_lidar.numbers);
      integer("bbox_label", label);
      integer("bbox_label_3d", label);
      pickle_.key("bbox_3d_isvalid");
      pickle_.boolean(annotation.isValid());
      pickle_.key("velocity");
      pickle_.numbers(annotation.in_lidar.velocity_mps);
      integer("num_lidar_pts", annotation.lidar_points);
      integer("num_radar_pts", annotation.radar_points);
      pickle_.endDict();
    }
    pickle_.endList();
  }

  PickleWriter pickle_;
  const Dataset& dataset_;
  const InfosOptions& options_;
  std::size_t count_ = 0;
};

InfosWritten writeTo(std::ostream& out, const Dataset& dataset, const InfosOptions& options,
                     Progress* progress) {
  const DatasetIndex& index = dataset.index();
  InfosWritten written;
  RecordWriter writer(out, dataset, options);
  writer.begin();
  for (const std::size_t scene : options.scenes) {
    const DatasetIndex::Scene& row = index.scenes[scene];
    for (std::uint32_t i = row.first_sample; i < row.first_sample + row.sample_count; ++i) {
      if (progress) progress->throwIfCancelled();
      if (progress) progress->advance();
      if (const auto sample = infosSample(index, row, i, options.max_sweeps)) {
        writer.add(*sample, dataset.scenes()[scene]);
        ++written.keyframes;
      } else {
        ++written.left_out;
      }
    }
  }
  writer.end();
  return written;
}

}  // namespace

InfosWritten writeInfos(const fs::path& file, const Dataset& dataset, const InfosOptions& options,
                        Progress* progress) {
  if (dataset.index().samples.empty()) {
    throw Error({"Infos need a data set with tables", dataset.root(), "a nuScenes folder", "none",
                 "Choose the folder that holds v1.0-*, samples and sweeps."});
  }
  std::int64_t total = 0;
  for (const std::size_t scene : options.scenes)
    total += std::int64_t(dataset.scenes().at(scene).keyframes.size());
  if (progress) progress->start("Writing " + lastName(file), total);
  std::error_code code;
  fs::create_directories(fs::absolute(file).parent_path(), code);
  const fs::path temporary = temporarySibling(file);
  InfosWritten written;
  try {
    std::ofstream out(temporary, std::ios::binary);
    written = writeTo(out, dataset, options, progress);
    out.close();
    if (!out)
      throw Error(
          {"The infos cannot be written", file, {}, {}, "Is the disk full, or the folder read-only?"});
    if (written.keyframes == 0) {
      throw Error({"No keyframe is complete enough for infos", dataset.root(),
                   "six cameras and a lidar with their poses", "none",
                   "hbevocc doctor says what is missing."});
    }
  } catch (...) {
    fs::remove(temporary, code);
    throw;
  }
  publishFile(temporary, file);
  return written;
}

}  // namespace hbev
