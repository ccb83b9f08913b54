// Records of mmdet3d v1.1. Source: tools/dataset_converters/update_infos_to_v2.py of mmdet3d.
#include <utility>

#include <Eigen/LU>

#include "core/data/infos_record.h"
#include "core/data/infos_sample.h"
#include "core/data/infos_values.h"

namespace hbev {
namespace {

/// The name of a file in v1.1 stands without its folder.
std::string pathOf(const PickleValue& name, const std::string& folder) {
  std::string file = pathInDataset(name.text());
  return file.find('/') == std::string::npos ? folder + '/' + file : file;
}

/// v1.1 gives a camera's own ego pose only through lidar2cam.
InfoSensor parseImage(const PickleValue& image, std::size_t slot, const Eigen::Matrix4d& global_from_lidar) {
  InfoSensor parsed;
  parsed.slot = slot;
  parsed.file = pathOf(image.at("img_path"), "samples/" + std::string(cameraChannel(Camera(slot))));
  parsed.timestamp_us = timestampOf(image.at("timestamp"));
  const Eigen::Matrix4d ego_from_camera = matrixOf(image.at("cam2ego"));
  const Eigen::Matrix4d camera_from_lidar = matrixOf(image.at("lidar2cam"));
  parsed.calibration.ego_from_sensor = rowOf(ego_from_camera);
  parsed.calibration.intrinsics = intrinsicsOf(image.at("cam2img"));
  parsed.global_from_ego = rowOf(global_from_lidar * camera_from_lidar.inverse() * ego_from_camera.inverse());
  if (const PickleValue* width = image.find("width")) parsed.width = int(width->integer() & 0xFFFF);
  if (const PickleValue* height = image.find("height")) parsed.height = int(height->integer() & 0xFFFF);
  return parsed;
}

void parseInstances(const PickleValue& instances, const std::vector<std::string>& classes,
                    InfoRecord& record) {
  for (const PickleValue& instance : instances.items()) {
    tolerating(record, [&] {
      InfoBox box = boxFrom(numbersOf<7>(instance.at("bbox_3d")));
      if (const PickleValue* velocity = instance.find("velocity")) box.velocity = numbersOf<2>(*velocity);
      if (const PickleValue* points = instance.find("num_lidar_pts"))
        box.lidar_points = pointsOf(points->number());
      if (const PickleValue* points = instance.find("num_radar_pts"))
        box.radar_points = pointsOf(points->number());
      const std::int64_t label = instance.at("bbox_label_3d").integer();
      if (label >= 0 && std::size_t(label) < classes.size())
        box.category = categoryOf(classes[std::size_t(label)]);
      record.boxes.push_back(std::move(box));
    });
  }
  record.boxes_are_current = true;
}

void parseSweepsV11(const PickleValue& sweeps, InfoRecord& record) {
  for (const PickleValue& sweep : sweeps.items()) {
    tolerating(record, [&] {
      const PickleValue& lidar = sweep.at("lidar_points");
      InfoSensor parsed;
      parsed.file = pathOf(lidar.at("lidar_path"), "sweeps/LIDAR_TOP");
      parsed.timestamp_us = timestampOf(sweep.at("timestamp"));
      const PickleValue* ego = sweep.find("ego2global");
      parsed.global_from_ego = rowOf(matrixOf(ego ? *ego : lidar.at("ego2global")));
      parsed.calibration.ego_from_sensor = rowOf(matrixOf(lidar.at("lidar2ego")));
      record.sweeps.push_back(std::move(parsed));
    });
  }
}

}  // namespace

InfoRecord parseRecordV11(const PickleValue& info, const std::vector<std::string>& classes) {
  InfoRecord record;
  record.token = info.at("token").text();
  record.timestamp_us = timestampOf(info.at("timestamp"));
  record.previous = textAt(info, "prev");
  record.next = textAt(info, "next");
  parseScene(info, record);
  const PickleValue& lidar = info.at("lidar_points");
  const Eigen::Matrix4d global_from_ego = matrixOf(info.at("ego2global"));
  const Eigen::Matrix4d ego_from_lidar = matrixOf(lidar.at("lidar2ego"));
  const Eigen::Matrix4d global_from_lidar = global_from_ego * ego_from_lidar;
  if (const PickleValue* images = info.find("images"); images && images->isDict()) {
    for (const PickleEntry& entry : images->entries()) {
      const std::optional<Camera> camera = entry.key.isText() ? findCamera(entry.key.text()) : std::nullopt;
      if (!camera) continue;
      tolerating(record, [&] {
        record.keyframe.push_back(parseImage(entry.value, std::size_t(*camera), global_from_lidar));
      });
    }
  }
  tolerating(record, [&] {
    record.keyframe.push_back({kLidarSlot,
                               pathOf(lidar.at("lidar_path"), "samples/LIDAR_TOP"),
                               record.timestamp_us,
                               {rowOf(ego_from_lidar), {}},
                               rowOf(global_from_ego),
                               0,
                               0});
    record.global_from_boxes = poseOf(rowOf(global_from_ego)) * poseOf(rowOf(ego_from_lidar));
  });
  if (const PickleValue* instances = info.find("instances"); instances && instances->isSequence())
    parseInstances(*instances, classes, record);
  if (const PickleValue* sweeps = info.find("lidar_sweeps"); sweeps && sweeps->isSequence())
    parseSweepsV11(*sweeps, record);
  return record;
}

}  // namespace hbev
