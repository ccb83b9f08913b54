// What of the scored pair's errors is shown: lidar origin, threshold, filters, and the ray that is looked at.
// No widgets.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include <QtCore/QObject>

#include "core/data/sample_loader.h"
#include "core/eval/ray_outcomes.h"
#include "ui/state/background_job.h"
#include "ui/state/source.h"

namespace hbev::ui {

class Studio;
enum class Side;

/// How rays are drawn.
enum class RayStyle { Lines, EndPoints, ErrorBars };
/// Which velocities the arrows show: the shown side's own, the truth's, or the first less the second.
enum class FlowView { Own, Truth, Difference };

/// A pair of classes that are taken for each other; `predicted` may be the free class, then what is missed.
struct ClassPair {
  int truth = 0, predicted = 0;
  bool operator==(const ClassPair&) const = default;
};

/// Which errors are meant. Panels set it; viewports and the panorama let everything else recede.
struct ErrorFilter {
  std::set<int> classes;          ///< true or predicted class; empty: all
  std::optional<ClassPair> pair;  ///< only these two
  std::optional<int> range_band;  ///< number into kRangeEdges_m; horizontal distance from the car
  std::set<RayOutcome> hidden;    ///< outcomes that are not shown; Ignored stands for outside the mask, too
  bool isEmpty() const { return classes.empty() && !pair && !range_band && hidden.empty(); }
  /// Whether classes and pair let a ray or voxel through; not asked of right ones when a pair is set.
  bool admits(int truth, int predicted) const;
  bool operator==(const ErrorFilter&) const = default;
};

/// Panels and viewports observe it. It follows a studio.
class ErrorView : public QObject {
  Q_OBJECT
 public:
  explicit ErrorView(QObject* parent = nullptr);
  ~ErrorView() override;

  void follow(Studio& studio);

  // --- what is known of the current keyframe
  /// All rays of all origins; null while they are cast, or when there is no prediction with a truth, or no
  /// lidar.
  const std::shared_ptr<const RayOutcomes>& rays() const { return rays_; }
  /// Something of it is on its way.
  bool isBusy() const { return truth_job_.isRunning() || ray_job_.isRunning(); }
  /// The side whose prediction the rays are of; nothing when no side is a prediction with a known truth.
  std::optional<Side> side() const;
  /// The truth that predictions are held against: the other side's, or, when both sides are predictions, a
  /// truth of the data set in their class set. Null while that loads, or when there is none.
  const std::shared_ptr<const Occupancy>& truth() const { return truth_; }
  /// Both sides are predictions of one class set and their truth is known: A right, B wrong can be shown.
  bool canCompare() const;

  // --- which rays
  /// -1: all of them. Until somebody chooses, the one next to the car.
  int origin() const { return origin_; }
  void setOrigin(int origin);
  /// What somebody chose; nothing: the one next to the car.
  std::optional<int> chosenOrigin() const { return origin_chosen_ ? std::optional(origin_) : std::nullopt; }
  /// May be said before rays() are known; one that is not among them then is the one next to the car.
  void chooseOrigin(const std::optional<int>& origin);
  /// Past the last one come all, then the first.
  void stepOrigin(int delta);
  int originCount() const;
  /// Index into kRayThresholds_m.
  std::size_t threshold() const { return threshold_; }
  void setThreshold(std::size_t threshold);
  void nextThreshold();
  bool showsRays() const { return shows_rays_; }
  void setShowsRays(bool on);
  /// Somebody else needs rays() though viewports do not draw them: the panorama.
  void setWatched(bool on);
  RayStyle style() const { return style_; }
  void setStyle(RayStyle style);
  FlowView flowView() const { return flow_view_; }
  void setFlowView(FlowView view);

  // --- filters
  const ErrorFilter& filter() const { return filter_; }
  void setClassFilter(const std::set<int>& classes);
  void setPair(const std::optional<ClassPair>& pair);
  void setRangeBand(const std::optional<int>& band);
  void toggleOutcome(RayOutcome outcome);
  /// Shows only `outcome`, or all again when it is alone already.
  void soloOutcome(RayOutcome outcome);
  /// No filters any more; origin, threshold and style stay.
  void clear();
  /// Whether a ray of rays() passes filters and the view's slice, box and range. `outcomes_too` = false: as
  /// if no outcome were hidden.
  bool isShown(std::size_t ray, bool outcomes_too = true) const;
  /// Rays of origin() by outcome, hidden outcomes too.
  const std::array<std::size_t, kRayOutcomes>& counts() const { return counts_; }

  // --- one ray, by its number in rays()
  const std::optional<std::size_t>& hovered() const { return hovered_; }
  void hover(const std::optional<std::size_t>& ray);
  const std::optional<std::size_t>& picked() const { return picked_; }
  /// Selects the ray's voxel, too.
  void pick(const std::optional<std::size_t>& ray);
  /// Moves the picked ray over the panorama; azimuths go round, pitches stay within. Picks the ray ahead when
  /// none was picked.
  void stepPicked(int azimuths, int rings);
  /// hovered(), else picked().
  std::optional<std::size_t> lookedAt() const { return hovered_ ? hovered_ : picked_; }
  /// The ray of origin() that ends nearest to a voxel's centre, one metre away at most; errors win over right
  /// ones that are as near.
  std::optional<std::size_t> rayAt(const Eigen::Vector3i& voxel) const;
  /// How many of origin()'s rays end in the voxel, on either side, by outcome.
  std::array<std::size_t, kRayOutcomes> raysInto(const Eigen::Vector3i& voxel) const;
  /// lookedAt()'s words, or a given ray's. `ray` must be one of rays().
  RayWords wordsOf(std::size_t ray) const;
  /// "A" or "B": whose prediction the rays are.
  std::string sideName() const;

 Q_SIGNALS:
  /// rays() or truth() are others.
  void raysChanged();
  /// Origin, threshold, style, filters, counts, or whether rays are shown.
  void changed();
  void hoveredChanged();
  void pickedChanged();

 private:
  struct Cast;
  struct HiddenTruth;
  void look();
  void findTruth();
  void forgetTruth();
  void showTruth(std::shared_ptr<const Occupancy> truth);
  void cast();
  void show(std::shared_ptr<const RayOutcomes> rays);
  int ownOrigin() const;
  void recount();
  void change(const ErrorFilter& filter);
  void setMarks(const std::function<void()>& change);
  std::optional<OccupancySource> hiddenTruthSource() const;
  Eigen::Vector3i voxelOf(std::size_t ray) const;
  bool isOfOrigin(std::size_t ray) const;

  Studio* studio_ = nullptr;
  BackgroundJob truth_job_, ray_job_;
  std::shared_ptr<HiddenTruth> hidden_truth_;  ///< that no side shows: what truth_job_ loads, or has loaded
  std::shared_ptr<Cast> cast_;                 ///< what ray_job_ works on, or has made of rays_
  std::shared_ptr<const Occupancy> truth_;
  std::shared_ptr<const RayOutcomes> rays_;
  int origin_ = 0;
  bool origin_chosen_ = false;
  std::optional<int> wanted_origin_;  ///< for the rays that come next
  std::size_t threshold_ = kFlowThreshold;
  bool shows_rays_ = false, is_watched_ = false;
  RayStyle style_ = RayStyle::Lines;
  FlowView flow_view_ = FlowView::Own;
  ErrorFilter filter_;
  std::array<std::size_t, kRayOutcomes> counts_{};
  std::optional<std::size_t> hovered_, picked_;
  bool sets_marks_ = false;  ///< the studio's hover and selection change because of us
};

}  // namespace hbev::ui
