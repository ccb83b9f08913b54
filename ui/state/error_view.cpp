#include "ui/state/error_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/data/predictions/ray_submission.h"
#include "core/eval/origins.h"
#include "ui/state/studio.h"

namespace hbev::ui {
struct ErrorView::Cast {
  std::shared_ptr<const Occupancy> prediction, truth;
  FrameKey key;
  std::shared_ptr<const RayOutcomes> rays;  ///< written by the job until it has finished
};

struct ErrorView::HiddenTruth {
  OccupancySource source;
  FrameKey key;
  bool is_loaded = false;
  LoadedOccupancy loaded;  ///< written by the job until it has finished
};

bool ErrorFilter::admits(int true_class, int predicted_class) const {
  if (pair && !(*pair == ClassPair{true_class, predicted_class})) return false;
  return classes.empty() || classes.contains(true_class) || classes.contains(predicted_class);
}

ErrorView::ErrorView(QObject* parent) : QObject(parent) {
  const auto came = [this] {
    hidden_truth_->is_loaded = true;
    showTruth(hidden_truth_->loaded.occupancy);
  };
  connect(&truth_job_, &BackgroundJob::finished, this, came);
  connect(&truth_job_, &BackgroundJob::failed, this, came);
  connect(&ray_job_, &BackgroundJob::finished, this, [this] { show(cast_->rays); });
  // A keyframe without a lidar has no rays: that is the answer.
  connect(&ray_job_, &BackgroundJob::failed, this, [this] { show(nullptr); });
}

ErrorView::~ErrorView() = default;

void ErrorView::follow(Studio& studio) {
  studio_ = &studio;
  for (const auto signal :
       {&Studio::frameChanged, &Studio::currentChanged, &Studio::sourcesChanged, &Studio::scoringChanged})
    connect(&studio, signal, this, &ErrorView::look);
  connect(&studio, &Studio::datasetChanged, this, &ErrorView::forgetTruth);
  connect(&studio, &Studio::sideChanged, this, &ErrorView::look);
  connect(&studio, &Studio::viewChanged, this, [this](const ViewSettings& before) {
    const ViewSettings& now = studio_->view();
    if (now.coloring != before.coloring) look();
    if (now.region == before.region) return;
    recount();
    Q_EMIT changed();
  });
  connect(&studio, &Studio::hoverChanged, this, [this] {
    if (sets_marks_) return;
    const VoxelMark& voxel = studio_->hover();
    const auto ray = voxel && shows_rays_ ? rayAt(*voxel) : std::nullopt;
    if (ray == hovered_) return;
    hovered_ = ray;
    Q_EMIT hoveredChanged();
  });
  connect(&studio, &Studio::selectionChanged, this, [this] {
    if (sets_marks_) return;
    const VoxelMark& voxel = studio_->selection();
    const auto ray = voxel && (shows_rays_ || is_watched_) ? rayAt(*voxel) : std::nullopt;
    if (ray == picked_) return;
    picked_ = ray;
    Q_EMIT pickedChanged();
  });
}

std::optional<OccupancySource> ErrorView::hiddenTruthSource() const {
  const OccupancySource *a = studio_->source(Side::A), *b = studio_->source(Side::B);
  if (!a || !b || a->isTruth() || b->isTruth() || &a->classes() != &b->classes()) return std::nullopt;
  const auto& sources = studio_->sources();
  const auto found = std::ranges::find_if(sources, [&](const OccupancySource& source) {
    return source.isTruth() && &source.classes() == &a->classes();
  });
  return found == sources.end() ? std::nullopt : std::optional(*found);
}

std::optional<Side> ErrorView::side() const {
  if (!studio_) return std::nullopt;
  if (const auto scored = studio_->scoredSide()) return scored;
  return hiddenTruthSource() ? std::optional(Side::A) : std::nullopt;
}

bool ErrorView::canCompare() const {
  return studio_ && hiddenTruthSource().has_value();
}

std::string ErrorView::sideName() const {
  return side() == Side::B ? "B" : "A";
}

/// What is known follows what the sides show. While they load, what was known stays.
void ErrorView::look() {
  const auto seen = side();
  if (!seen || !studio_->dataset()) {
    forgetTruth();
    return showTruth(nullptr);
  }
  if (!studio_->scoredSide()) return findTruth();
  forgetTruth();
  const SideContent& content = studio_->content(other(*seen));
  const bool waits = content.state == SideContent::State::Loading && content.occupancy;
  if (!waits) showTruth(content.occupancy);
}

void ErrorView::forgetTruth() {
  truth_job_.abandon();
  hidden_truth_.reset();
}

/// Loads the truth that no side shows, when somebody needs it.
void ErrorView::findTruth() {
  const auto& coloring = studio_->view().coloring;
  const bool needed = shows_rays_ || is_watched_ || std::ranges::count(coloring, Coloring::Compare) > 0 ||
                      std::ranges::count(coloring, Coloring::Outcome) > 0;
  const OccupancySource source = *hiddenTruthSource();
  const FrameKey key = studio_->current();
  const bool known = hidden_truth_ && hidden_truth_->source == source && hidden_truth_->key == key;
  if (known) return hidden_truth_->is_loaded ? cast() : void();
  forgetTruth();
  if (!needed) return showTruth(nullptr);
  hidden_truth_ = std::make_shared<HiddenTruth>(HiddenTruth{source, key, false, {}});
  truth_job_.startLoose([dataset = studio_->dataset(), truth = hidden_truth_](Progress&) {
    truth->loaded =
        loadOccupancy(*dataset, truth->source, dataset->keyframe(truth->key.scene, truth->key.index));
  });
}

void ErrorView::showTruth(std::shared_ptr<const Occupancy> truth) {
  if (truth != truth_) {
    truth_ = std::move(truth);
    Q_EMIT raysChanged();
  }
  cast();
}

void ErrorView::cast() {
  const auto seen = side();
  if (!seen || !truth_ || (!shows_rays_ && !is_watched_)) {
    ray_job_.abandon();
    cast_.reset();
    return show(nullptr);
  }
  const SideContent &content = studio_->content(*seen), &opposite = studio_->content(other(*seen));
  if (content.state == SideContent::State::Loading || opposite.state == SideContent::State::Loading) return;
  if (!content.occupancy) return show(nullptr);
  const FrameKey key = studio_->current();
  if (cast_ && cast_->prediction == content.occupancy && cast_->truth == truth_ && cast_->key == key) return;
  cast_ = std::make_shared<Cast>(Cast{content.occupancy, truth_, key, nullptr});
  const OccupancySource* source = studio_->source(*seen);
  const auto submission = source && source->prediction ? submissionOf(*source->prediction) : nullptr;
  ray_job_.startLoose([dataset = studio_->dataset(), cast = cast_, submission](Progress&) {
    const auto origins = lidarOrigins(dataset->lidarReadings(cast->key.scene), cast->key.index);
    const std::string& token = dataset->scenes()[cast->key.scene].keyframes[cast->key.index];
    // A submission has rays of its own: those that its score counts.
    cast->rays = std::make_shared<const RayOutcomes>(
        submission ? rayOutcomes(submission->read(token), *cast->truth, origins)
                   : rayOutcomes(*cast->prediction, *cast->truth, origins));
  });
}

void ErrorView::show(std::shared_ptr<const RayOutcomes> rays) {
  if (rays == rays_) return;
  rays_ = std::move(rays);
  const std::size_t count = rays_ ? rays_->size() : 0;
  if (hovered_) hovered_.reset();
  // The picked ray stays picked in the next keyframe: it looks the same way from the same place.
  if (picked_ && *picked_ >= count) picked_.reset();
  if (rays_ && wanted_origin_) origin_ = *std::exchange(wanted_origin_, std::nullopt);
  if (rays_ && (!origin_chosen_ || origin_ >= originCount())) origin_ = ownOrigin();
  recount();
  Q_EMIT raysChanged();
  Q_EMIT changed();
  Q_EMIT hoveredChanged();
  Q_EMIT pickedChanged();
}

/// Where the lidar is now, or next to that.
int ErrorView::ownOrigin() const {
  const auto& origins = rays_->origins;
  const auto nearer = [](const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
    return a.head<2>().squaredNorm() < b.head<2>().squaredNorm();
  };
  return int(std::ranges::min_element(origins, nearer) - origins.begin());
}

int ErrorView::originCount() const {
  return rays_ ? int(rays_->origins.size()) : 0;
}

void ErrorView::setOrigin(int origin) {
  origin = std::clamp(origin, -1, std::max(0, originCount() - 1));
  origin_chosen_ = true;
  wanted_origin_.reset();
  if (origin == origin_) return;
  origin_ = origin;
  // The same direction from the other place.
  if (picked_ && origin >= 0) picked_ = std::size_t(origin) * kRaysPerOrigin + *picked_ % kRaysPerOrigin;
  recount();
  Q_EMIT changed();
  Q_EMIT pickedChanged();
}

void ErrorView::chooseOrigin(const std::optional<int>& origin) {
  if (origin && rays_) {
    setOrigin(*origin);
    wanted_origin_ = origin;  // these rays may be another keyframe's, which has fewer
    return;
  }
  wanted_origin_.reset();
  origin_chosen_ = origin.has_value();
  origin_ = origin ? std::max(-1, *origin) : rays_ ? ownOrigin() : 0;
  recount();
  Q_EMIT changed();
}

void ErrorView::stepOrigin(int delta) {
  const int stops = originCount() + 1;
  if (stops < 2) return;
  const int now = origin_ < 0 ? stops - 1 : origin_;
  const int next = ((now + delta) % stops + stops) % stops;
  setOrigin(next == stops - 1 ? -1 : next);
}

void ErrorView::setThreshold(std::size_t threshold) {
  if (threshold == threshold_ || threshold >= kRayThresholds_m.size()) return;
  threshold_ = threshold;
  recount();
  Q_EMIT changed();
}

void ErrorView::nextThreshold() {
  setThreshold((threshold_ + 1) % kRayThresholds_m.size());
}

void ErrorView::setShowsRays(bool on) {
  if (on == shows_rays_) return;
  shows_rays_ = on;
  if (studio_) look();
  Q_EMIT changed();
}

void ErrorView::setWatched(bool on) {
  if (on == is_watched_) return;
  is_watched_ = on;
  if (studio_) look();
}

void ErrorView::setStyle(RayStyle style) {
  if (style == style_) return;
  style_ = style;
  Q_EMIT changed();
}

void ErrorView::setFlowView(FlowView view) {
  if (view == flow_view_) return;
  flow_view_ = view;
  Q_EMIT changed();
}

void ErrorView::change(const ErrorFilter& filter) {
  if (filter == filter_) return;
  filter_ = filter;
  recount();
  Q_EMIT changed();
}

void ErrorView::setClassFilter(const std::set<int>& classes) {
  ErrorFilter filter = filter_;
  filter.classes = classes;
  change(filter);
}

void ErrorView::setPair(const std::optional<ClassPair>& pair) {
  ErrorFilter filter = filter_;
  filter.pair = pair;
  change(filter);
}

void ErrorView::setRangeBand(const std::optional<int>& band) {
  ErrorFilter filter = filter_;
  filter.range_band = band;
  change(filter);
}

void ErrorView::toggleOutcome(RayOutcome outcome) {
  ErrorFilter filter = filter_;
  if (filter.hidden.erase(outcome) == 0) filter.hidden.insert(outcome);
  change(filter);
}

void ErrorView::soloOutcome(RayOutcome outcome) {
  ErrorFilter filter = filter_;
  std::set<RayOutcome> others;
  for (int i = 0; i < kRayOutcomes; ++i) {
    if (RayOutcome(i) != outcome) others.insert(RayOutcome(i));
  }
  filter.hidden = filter.hidden == others ? std::set<RayOutcome>() : others;
  change(filter);
}

void ErrorView::clear() {
  change({});
}

bool ErrorView::isOfOrigin(std::size_t ray) const {
  return origin_ < 0 || rays_->originOf(ray) == std::size_t(origin_);
}

bool ErrorView::isShown(std::size_t ray, bool outcomes_too) const {
  const RayPair& pair = rays_->rays[ray];
  const RayOutcome outcome = rays_->outcome(ray, threshold_);
  if (outcome == RayOutcome::Ignored) return false;
  if (outcomes_too && filter_.hidden.contains(outcome)) return false;
  if (!filter_.admits(pair.truth, pair.predicted)) return false;
  const auto& voxel = rays_->place(ray);
  if (!studio_->view().region.filter().admits(GridSpec{}, {voxel[0], voxel[1], voxel[2]})) return false;
  return !filter_.range_band || int(zoneOf(voxel) / kHeightBands) == *filter_.range_band;
}

void ErrorView::recount() {
  counts_ = {};
  for (std::size_t ray = 0; rays_ && ray < rays_->size(); ++ray) {
    if (isOfOrigin(ray) && isShown(ray, false)) ++counts_[std::size_t(rays_->outcome(ray, threshold_))];
  }
}

}  // namespace hbev::ui
