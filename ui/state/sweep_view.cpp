#include "ui/state/sweep_view.h"

#include <algorithm>
#include <cmath>

#include "core/data/prefetch.h"

namespace hbev::ui {
namespace {

// Among the frames and voxels of the keyframes (studio_loading.cpp): a moment's six pictures cost less than a
// keyframe's everything, and there are six times as many.
const WishPriorities kPriorities(390, -1000, 1);
constexpr double kSweepsAhead_s = 1.5;

}  // namespace

SweepView::SweepView(TaskQueue& queue, QObject* parent)
    : QObject(parent), queue_(queue), moments_(std::make_shared<std::vector<Moment>>()) {}

SweepView::~SweepView() = default;

void SweepView::setDataset(std::shared_ptr<const Dataset> dataset) {
  dataset_ = std::move(dataset);
  absence_told_ = false;
  has_sweeps_ = false;
  current_ = 0;
  moments_ = std::make_shared<std::vector<Moment>>();
  makeLoader();
}

void SweepView::setScene(std::size_t scene) {
  moments_ = std::make_shared<std::vector<Moment>>(momentsOf(*dataset_, scene));
  has_sweeps_ = std::ranges::any_of(*moments_, [](const Moment& moment) { return !moment.is_keyframe; });
  current_ = 0;
  makeLoader();
}

void SweepView::setLoading(const LoadOptions& options, std::size_t budget_bytes) {
  options_ = options;
  budget_bytes_ = budget_bytes;
  makeLoader();
}

void SweepView::setBudget(std::size_t budget_bytes) {
  budget_bytes_ = budget_bytes;
  if (loader_) loader_->setBudget(budget_bytes);
}

void SweepView::makeLoader() {
  ++generation_;
  loader_.reset();
  if (!has_sweeps_) return;
  const auto loaded = [this, generation = generation_](std::size_t moment,
                                                       const std::shared_ptr<const SweepPictures>&) {
    const auto tell = [this, generation, moment] {
      if (generation == generation_) pictureCame(moment);
    };
    QMetaObject::invokeMethod(this, tell, Qt::QueuedConnection);
  };
  loader_ = makeSweepLoader(queue_, kPriorities, moments_, options_, loaded, budget_bytes_);
}

void SweepView::pictureCame(std::size_t moment) {
  if (int(moment) == current_) Q_EMIT picturesChanged();
  const auto pictures = loader_->find(moment);
  if (!pictures || !pictures->absent || absence_told_) return;
  absence_told_ = true;
  Q_EMIT sweepsAbsent();
}

int SweepView::momentOfKeyframe(std::size_t keyframe) const {
  const auto found = std::ranges::find_if(*moments_, [keyframe](const Moment& moment) {
    return moment.is_keyframe && moment.keyframe == keyframe;
  });
  return found == moments_->end() ? 0 : int(found - moments_->begin());
}

const Moment* SweepView::between() const {
  if (current_ < 0 || current_ >= int(moments_->size())) return nullptr;
  const Moment& moment = (*moments_)[std::size_t(current_)];
  return moment.is_keyframe ? nullptr : &moment;
}

void SweepView::setCurrent(int moment) {
  if (moment == current_) return;
  current_ = moment;
  Q_EMIT currentChanged();
}

void SweepView::wish(bool on, int direction, double moments_per_second,
                     std::optional<std::pair<int, int>> loop) {
  if (!loader_) return;
  std::vector<std::size_t> wishes;
  std::size_t soon = 0;
  PrefetchPlan plan;
  plan.current = std::size_t(std::max(0, current_));
  plan.count = moments_->size();
  plan.direction = direction;
  plan.ahead = on ? std::size_t(std::clamp(std::lround(moments_per_second * kSweepsAhead_s), 6L, 60L)) : 2;
  plan.behind = 1;
  if (loop) plan.loop = {std::size_t(loop->first), std::size_t(loop->second)};
  const PrefetchOrder order = prefetchOrder(plan);
  // Without play only somebody who steps from moment to moment needs some: those around.
  const bool wanted = on || between();
  for (std::size_t i = 0; wanted && i < (on ? order.positions.size() : order.soon); ++i) {
    if ((*moments_)[order.positions[i]].is_keyframe) continue;
    wishes.push_back(order.positions[i]);
    soon += i < order.soon;
  }
  loader_->wish(wishes, soon);
}

bool SweepView::isLoaded(int moment) const {
  if (moment < 0 || moment >= int(moments_->size())) return false;
  return (*moments_)[std::size_t(moment)].is_keyframe || (loader_ && loader_->contains(std::size_t(moment)));
}

std::shared_ptr<const Frame> SweepView::frameAt(const Frame& keyframe) const {
  const Moment* moment = between();
  const auto pictures = moment && loader_ ? loader_->find(std::size_t(current_)) : nullptr;
  if (!pictures) return nullptr;
  auto frame = std::make_shared<Frame>(keyframe);
  // The voxels' frame stays the keyframe's, also where only a camera told it.
  if (!frame->keyframe.lidar) {
    frame->keyframe.lidar.emplace();
    frame->keyframe.lidar->global_from_ego = keyframe.keyframe.global_from_ego();
  }
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    if (!pictures->images[i]) continue;
    frame->images[i] = pictures->images[i];
    frame->keyframe.cameras[i] = moment->cameras[i];
  }
  return frame;
}

std::size_t SweepView::bytes() const {
  return loader_ ? loader_->stats().bytes : 0;
}

}  // namespace hbev::ui
