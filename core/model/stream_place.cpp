#include "core/model/stream_place.h"

namespace hbev {
namespace {

constexpr double kTolerance = 1e-6;  // of calibrations: nothing but rounding

bool sameCalibration(const Keyframe& a, const Keyframe& b) {
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    if (a.cameras[camera].has_value() != b.cameras[camera].has_value()) return false;
    if (!a.cameras[camera]) continue;
    const CameraReading &one = *a.cameras[camera], &other = *b.cameras[camera];
    const bool same =
        one.model.width == other.model.width && one.model.height == other.model.height &&
        one.model.intrinsics.isApprox(other.model.intrinsics, kTolerance) &&
        (one.ego_from_sensor.matrix() - other.ego_from_sensor.matrix()).cwiseAbs().maxCoeff() < kTolerance;
    if (!same) return false;
  }
  return true;
}

}  // namespace

StreamStep StreamPlace::step(const Dataset& dataset, const FrameKey& key, const Keyframe& keyframe) const {
  using Kind = StreamStep::Kind;
  if (!last_) return {};
  const bool same_scene = last_->root == dataset.root().native() && last_->key.scene == key.scene &&
                          last_->keyframe.scene_name == keyframe.scene_name;
  if (same_scene && last_->key.index == key.index && last_->keyframe.token == keyframe.token)
    return {Kind::Repeat, {}};
  if (key.index == 0) return {};
  if (!same_scene || key.index != last_->key.index + 1)
    return {Kind::Anew, "This is not the keyframe after the last one: streaming began anew."};
  if (!sameCalibration(last_->keyframe, keyframe))
    return {Kind::Anew, "The cameras' calibration changed: streaming began anew."};
  return {Kind::Next, {}};
}

void StreamPlace::arrived(const Dataset& dataset, const FrameKey& key, const Keyframe& keyframe) {
  last_ = Last{dataset.root().native(), key, keyframe};
}

}  // namespace hbev
