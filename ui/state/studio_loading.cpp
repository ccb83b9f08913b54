// The studio's loading: which frames, voxels and pictures are wished for, and what becomes of them.
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

// Voxels and frames of the same keyframe stand beside each other; what is not needed soon comes after the
// scores (priority 0).
const WishPriorities kOccupancyPriorities(400, -1000, 1), kFramePriorities(399, -1001, 2);
constexpr double kShownPerSecond = 2.0, kAhead_s = 2.0;

/// The narrowest of a few widths that is no less: a window that grows by a pixel must not decode all anew.
int roundedWidth(int width_px) {
  for (const int step : {200, 400, 800, 1600}) {
    if (width_px <= step) return step;
  }
  return 0;  // full size
}

}  // namespace

LoadOptions Studio::loadOptions() const {
  LoadOptions options;
  options.min_image_width = settings_.full_size ? 0 : roundedWidth(std::max(1, picture_width_px_));
  options.image_quality = settings_.image_quality;
  options.truth = false;  // sources load it where it is shown
  options.threads = decode_threads_;
  return options;
}

/// Voxels of two sources weigh most. Pictures between keyframes get their share once they are played.
void Studio::shareMemory() {
  const std::size_t all = settings_.memoryBytes();
  const bool sweeps = sweeps_.hasSweeps();
  if (frames_) frames_->setBudget(sweeps ? all / 6 : all / 3);
  if (occupancies_) occupancies_->setBudget(sweeps ? all / 2 : all - all / 3);
  sweeps_.setBudget(sweeps ? all / 3 : 0);
}

void Studio::applySettings(const StreamSettings& settings) {
  const StreamSettings before = settings_;
  settings_ = settings;
  if (settings.speed != before.speed) playback_.setSpeed(settings.speed);
  if (settings.sweeps != before.sweeps) setPlaysSweeps(settings.sweeps);
  const bool reload = settings.threads != before.threads || settings.full_size != before.full_size ||
                      settings.image_quality != before.image_quality;
  if (settings.threads != before.threads) limitThreads();
  if (reload && dataset_) reloadPictures();
  shareMemory();
  if (dataset_) wishForFrames();
}

void Studio::limitThreads() {
  decode_threads_ = settings_.threads > 0 ? std::make_shared<DecodeThreads>(settings_.threads) : nullptr;
}

void Studio::setPictureWidth(int width_px) {
  const int before = picture_width_px_;
  // A strip that shrinks needs nothing anew.
  if (width_px <= before) return;
  picture_width_px_ = width_px;
  if (!dataset_ || settings_.full_size || roundedWidth(width_px) == roundedWidth(std::max(1, before))) return;
  reloadPictures();
  wishForFrames();
}

/// What is shown stays until the same comes as it is wanted now.
void Studio::reloadPictures() {
  makeFrameCache();
  sweeps_.setLoading(loadOptions(), 0);
  shareMemory();
}

CacheStatus Studio::cacheStatus() const {
  CacheStatus status;
  status.bytes = sweeps_.bytes();
  if (frames_) status.bytes += frames_->stats().bytes;
  if (occupancies_) status.bytes += occupancies_->stats().bytes;
  status.budget_bytes = settings_.memoryBytes();
  status.hits = hits_;
  status.misses = misses_;
  return status;
}

void Studio::makeFrameCache() {
  const auto loaded = [this, generation = generation_](const FrameKey& key,
                                                       const std::shared_ptr<const Frame>&) {
    const auto show = [this, generation, key] {
      if (generation != generation_) return;
      Q_EMIT frameLoaded(key.scene, key.index);
      if (key == current_) showFrame();
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  frames_ = makeSampleLoader(queue_, kFramePriorities, dataset_, loadOptions(), loaded, 0);
}

void Studio::makeOccupancyCache() {
  const auto load = [dataset = dataset_](const OccupancyKey& key, const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled();
    const Keyframe keyframe = dataset->keyframe(key.frame.scene, key.frame.index);
    return std::make_shared<const LoadedOccupancy>(loadOccupancy(*dataset, key.source, keyframe));
  };
  const auto size = [](const LoadedOccupancy& loaded) {
    if (!loaded.occupancy) return sizeof(LoadedOccupancy);
    const Occupancy& held = *loaded.occupancy;
    return held.semantics.size() + held.flow.size() * sizeof(float) + held.mask_camera.size() +
           held.mask_lidar.size();
  };
  const auto loaded = [this, generation = generation_](const OccupancyKey& key, const auto&) {
    const auto show = [this, generation, key] {
      if (generation != generation_ || key.frame != current_) return;
      for (const Side side : {Side::A, Side::B}) {
        if (source(side) && *source(side) == key.source) showSide(side);
      }
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  occupancies_ = std::make_unique<OccupancyCache>(queue_, kOccupancyPriorities, load, size, loaded, 0);
}

/// The current keyframe, what play or the next steps need, and the rest of the scene as memory allows.
PrefetchOrder Studio::keyframesToLoad() const {
  PrefetchPlan plan;
  plan.current = current_.index;
  plan.count = keyframesInScene();
  plan.direction = direction_;
  const double keyframes_per_s = kShownPerSecond * playback_.speed();
  if (playback_.isPlaying())
    plan.ahead = std::size_t(std::clamp(std::lround(keyframes_per_s * kAhead_s), long(plan.ahead), 40L));
  const auto loop = playback_.loop();
  if (loop) plan.loop = {std::size_t(loop->first), std::size_t(loop->second)};
  return prefetchOrder(plan);
}

void Studio::wishForFrames() {
  const PrefetchOrder order = keyframesToLoad();
  std::vector<FrameKey> keys;
  for (const std::size_t index : order.positions)
    keys.push_back({current_.scene, index});
  // Then where the keys for the next and the previous scene lead.
  if (current_.scene + 1 < dataset_->scenes().size()) keys.push_back({current_.scene + 1, 0});
  if (current_.scene > 0) keys.push_back({current_.scene - 1, 0});
  frames_->wish(keys, order.soon);
  std::vector<OccupancyKey> occupancies;
  std::size_t soon = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (const Side side : {Side::A, Side::B}) {
      if (source(side)) occupancies.push_back({*source(side), keys[i]});
    }
    if (i + 1 == order.soon) soon = occupancies.size();
  }
  occupancies_->wish(occupancies, soon);
  wishForSweeps();
  showFrame();
  showSide(Side::A);
  showSide(Side::B);
}

void Studio::wishForSweeps() {
  std::optional<std::pair<int, int>> loop = playback_.loop();
  if (loop) {
    loop = std::pair(sweeps_.momentOfKeyframe(std::size_t(loop->first)),
                     sweeps_.momentOfKeyframe(std::size_t(loop->second)));
  }
  sweeps_.wish(playsSweeps(), direction_, playback_.stopsPerSecond(), loop);
}

/// Frame and voxels of a keyframe can be shown at once.
bool Studio::isLoaded(const FrameKey& key) const {
  if (!frames_ || !frames_->contains(key)) return false;
  for (const Side side : {Side::A, Side::B}) {
    if (source(side) && !occupancies_->contains({*source(side), key})) return false;
  }
  return true;
}

bool Studio::isCurrentShown() const {
  return isFrameCurrent() && content(Side::A).state != SideContent::State::Loading &&
         content(Side::B).state != SideContent::State::Loading;
}

bool Studio::isFrameLoaded(std::size_t scene, std::size_t index) const {
  return frames_ && frames_->contains({scene, index});
}

void Studio::showFrame() {
  if (!frames_->contains(current_)) return;
  frame_ = frames_->find(current_);
  frame_key_ = current_;
  Q_EMIT frameChanged();
}

/// What is still shown of another scene must not stand under this one's name while its own loads.
void Studio::forgetShown() {
  if (frame_ && !isFrameCurrent()) {
    frame_.reset();
    shown_frame_.reset();
    Q_EMIT frameChanged();
    Q_EMIT picturesChanged();
  }
  for (const Side side : {Side::A, Side::B}) {
    SideContent& content = contents_[std::size_t(side)];
    if (content.state != SideContent::State::Loading || !content.occupancy) continue;
    content.occupancy.reset();
    Q_EMIT sideChanged(side);
  }
}

/// The frame as the moment shows it; while its pictures load, the ones before stay.
void Studio::showPictures() {
  if (!isFrameCurrent()) return;
  const auto& moments = sweeps_.moments();
  const auto moment = std::size_t(sweeps_.current());
  if (moment < moments.size() && moments[moment].keyframe != frame_key_.index) return;  // on the way there
  std::shared_ptr<const Frame> shown = sweeps_.between() ? sweeps_.frameAt(*frame_) : frame_;
  if (!shown || shown == shown_frame_) return;
  shown_frame_ = std::move(shown);
  Q_EMIT picturesChanged();
}

Pose Studio::voxels_from_ego() const {
  return sweeps_.between() ? sweeps_.between()->keyframe_from_ego : Pose();
}

void Studio::showSide(Side side) {
  SideContent& content = contents_[std::size_t(side)];
  const OccupancySource* wanted = source(side);
  if (!wanted) {
    content = {};
    return Q_EMIT sideChanged(side);
  }
  const OccupancyKey key{*wanted, current_};
  if (!occupancies_->contains(key)) {
    content.state = SideContent::State::Loading;
    content.problem.reset();
    return Q_EMIT sideChanged(side);
  }
  const auto loaded = occupancies_->find(key);
  content.occupancy = loaded->occupancy;
  content.problem = loaded->problem;
  content.state = loaded->occupancy ? SideContent::State::Ready
                  : loaded->problem ? SideContent::State::Damaged
                                    : SideContent::State::Absent;
  Q_EMIT sideChanged(side);
}

}  // namespace hbev::ui
