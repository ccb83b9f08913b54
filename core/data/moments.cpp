#include "core/data/moments.h"

#include <algorithm>
#include <cstdlib>

namespace hbev {
namespace {

constexpr std::int64_t kSame_us = 15'000;      // moments that are nearer than this are one
constexpr std::int64_t kFarAway_us = 250'000;  // half of the time between two keyframes

/// Index of the number nearest to `value` in an ascending, not empty list; the earlier one of two.
std::size_t nearest(const std::vector<std::int64_t>& numbers, std::int64_t value) {
  const auto after = std::lower_bound(numbers.begin(), numbers.end(), value);
  if (after == numbers.begin()) return 0;
  if (after == numbers.end()) return numbers.size() - 1;
  const auto before = std::prev(after);
  return std::size_t((*after - value < value - *before ? after : before) - numbers.begin());
}

/// A camera's times on the keyframes' clock. At its keyframe pictures the clocks are told to agree; between
/// them the difference goes over from one to the next.
std::vector<std::int64_t> keyframeClock(const std::vector<CameraFrame>& frames,
                                        const std::vector<std::int64_t>& keyframe_times_us) {
  struct Anchor {
    std::int64_t camera_us, difference_us;
  };
  std::vector<Anchor> anchors;
  for (const CameraFrame& frame : frames) {
    const std::int64_t time = frame.reading.timestamp_us;
    const std::int64_t keyframe = keyframe_times_us[nearest(keyframe_times_us, time)];
    if (frame.is_keyframe && std::abs(keyframe - time) < kFarAway_us)
      anchors.push_back({time, keyframe - time});
  }
  std::vector<std::int64_t> times;
  for (const CameraFrame& frame : frames) {
    const std::int64_t time = frame.reading.timestamp_us;
    const auto after = std::ranges::lower_bound(anchors, time, {}, &Anchor::camera_us);
    std::int64_t difference = 0;
    if (after != anchors.end() && (after == anchors.begin() || after->camera_us == time)) {
      difference = after->difference_us;
    } else if (after == anchors.end() && !anchors.empty()) {
      difference = anchors.back().difference_us;
    } else if (after != anchors.end()) {
      const Anchor& before = *std::prev(after);
      const double way = double(time - before.camera_us) / double(after->camera_us - before.camera_us);
      difference =
          before.difference_us + std::int64_t(way * double(after->difference_us - before.difference_us));
    }
    times.push_back(time + difference);
  }
  return times;
}

/// The keyframes' times and what of the clock camera lies between them.
std::vector<std::int64_t> momentTimes(const std::vector<std::int64_t>& keyframes,
                                      const std::vector<std::int64_t>& clock) {
  std::vector<std::int64_t> times = keyframes;
  for (const std::int64_t time : clock) {
    const bool inside = time > keyframes.front() && time < keyframes.back();
    if (inside && std::abs(keyframes[nearest(keyframes, time)] - time) >= kSame_us) times.push_back(time);
  }
  std::ranges::sort(times);
  const auto repeated = std::ranges::unique(times);
  times.erase(repeated.begin(), repeated.end());
  return times;
}

/// Front, unless another camera has more pictures.
std::size_t clockCamera(const MomentSources& sources) {
  std::size_t clock = std::size_t(Camera::Front);
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    if (sources.cameras[camera].size() > sources.cameras[clock].size()) clock = camera;
  }
  return clock;
}

std::vector<StampedPose> trackOf(const MomentSources& sources) {
  if (!sources.track.empty()) return sources.track;
  std::vector<StampedPose> track;
  for (std::size_t i = 0; i < sources.keyframe_times_us.size(); ++i)
    track.push_back({sources.keyframe_times_us[i], sources.global_from_keyframe[i]});
  return track;
}

}  // namespace

std::vector<Moment> makeMoments(const MomentSources& sources) {
  const std::vector<std::int64_t>& keyframes = sources.keyframe_times_us;
  if (keyframes.empty()) return {};
  std::array<std::vector<std::int64_t>, kCameraCount> camera_times;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera)
    camera_times[camera] = keyframeClock(sources.cameras[camera], keyframes);
  const std::vector<StampedPose> track = trackOf(sources);
  std::vector<Moment> moments;
  for (const std::int64_t time : momentTimes(keyframes, camera_times[clockCamera(sources)])) {
    Moment moment;
    moment.timestamp_us = time;
    moment.keyframe = nearest(keyframes, time);
    moment.is_keyframe = keyframes[moment.keyframe] == time;
    if (!moment.is_keyframe) {
      const Pose& global_from_keyframe = sources.global_from_keyframe[moment.keyframe];
      moment.keyframe_from_ego = global_from_keyframe.inverse() * poseAt(track, time);
    }
    for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
      if (camera_times[camera].empty()) continue;
      const std::size_t found = nearest(camera_times[camera], time);
      if (std::abs(camera_times[camera][found] - time) < kFarAway_us)
        moment.cameras[camera] = sources.cameras[camera][found].reading;
    }
    moments.push_back(std::move(moment));
  }
  return moments;
}

std::vector<Moment> momentsOf(const Dataset& dataset, std::size_t scene) {
  MomentSources sources;
  for (std::size_t i = 0; i < dataset.scenes()[scene].keyframes.size(); ++i) {
    sources.keyframe_times_us.push_back(dataset.timestamp_us(scene, i));
    sources.global_from_keyframe.push_back(dataset.keyframe(scene, i).global_from_ego());
  }
  for (std::size_t camera = 0; camera < kCameraCount; ++camera)
    sources.cameras[camera] = dataset.cameraSequence(scene, Camera(camera));
  sources.track = dataset.egoTrack(scene);
  return makeMoments(sources);
}

}  // namespace hbev
