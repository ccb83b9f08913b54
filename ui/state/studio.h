// The state that panels share: data set, keyframe, sources A and B, how to draw, selection, scores. No
// widgets.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <QtCore/QObject>

#include "core/base/task_queue.h"
#include "core/data/prefetch.h"
#include "core/data/sample_loader.h"
#include "core/eval/frame_report.h"
#include "core/eval/split_report.h"
#include "core/model/predictor.h"
#include "ui/state/background_job.h"
#include "ui/state/playback.h"
#include "ui/state/source.h"
#include "ui/state/split_sizes.h"
#include "ui/state/stream_settings.h"
#include "ui/state/sweep_view.h"
#include "ui/state/view_settings.h"

namespace hbev::ui {

class ErrorView;
class Measure;
class StageView;

enum class Side { A, B };
inline Side other(Side side) {
  return side == Side::A ? Side::B : Side::A;
}

/// What a side shows of the current keyframe.
struct SideContent {
  enum class State { NoSource, Loading, Ready, Absent, Damaged };
  State state = State::NoSource;
  std::shared_ptr<const Occupancy> occupancy;  ///< while Loading: what was shown before
  std::optional<Problem> problem;
};

/// What is kept loaded, and how well that was foreseen.
struct CacheStatus {
  std::size_t bytes = 0, budget_bytes = 0;
  std::size_t hits = 0, misses = 0;  ///< positions that were there at once, and that had to be waited for
};

/// A voxel that somebody points at or has picked.
using VoxelMark = std::optional<Eigen::Vector3i>;

class Studio : public QObject {
  Q_OBJECT
 public:
  explicit Studio(QObject* parent = nullptr);
  ~Studio() override;

  // --- data set
  // -----------------------------------------------------------------------------------------------------
  /// Opens in the background; datasetChanged(), openFailed() or openingCancelled() follows. A file is opened
  /// as labels by itself. Of several that are asked for the last one is opened.
  void openDataset(const QString& path);
  /// The data set and the predictions that are being opened are not wanted any more.
  void cancelOpening();
  bool isOpeningDataset() const { return opening_job_.isRunning(); }
  /// Adds a source in the background; sourcesChanged() or openFailed() follows. Of several that are opened
  /// one upon the other the first one named is shown in A, and the second in B where there is no truth.
  /// Predictions of the same path take the place of those that are open. `classes`: the set that the numbers
  /// are of; null finds out. Dropped without a word when another data set is shown before they are read.
  void openPredictions(const QString& path, const Orientation& orientation = {},
                       const ClassSet* classes = nullptr);
  const std::shared_ptr<const Dataset>& dataset() const { return dataset_; }
  /// As they were when the data set was opened.
  const std::vector<SplitSize>& splits() const { return splits_; }
  bool isOpening() const { return isOpeningDataset() || !opening_predictions_.empty(); }

  // --- time
  // ---------------------------------------------------------------------------------------------------------
  FrameKey current() const { return current_; }
  void setCurrent(std::size_t scene, std::size_t index);
  /// Clamped at the scene's ends.
  void step(int keyframes);
  std::size_t keyframesInScene() const;
  Playback& playback() { return playback_; }
  const Playback& playback() const { return playback_; }
  /// The frame to show: the current one, or the one before while that loads. Null before the first.
  const std::shared_ptr<const Frame>& frame() const { return frame_; }
  bool isFrameCurrent() const { return frame_ && frame_key_ == current_; }
  bool isFrameLoaded(std::size_t scene, std::size_t index) const;

  // --- between keyframes
  // --------------------------------------------------------------------------------------------
  const SweepView& sweeps() const { return sweeps_; }
  /// Whether play shows the pictures between keyframes, where there are some.
  bool playsSweeps() const { return wants_sweeps_ && sweeps_.hasSweeps(); }
  void setPlaysSweeps(bool on);
  /// Steps by pictures instead of keyframes; by keyframes where there are none between.
  void stepSweep(int moments);
  /// A moment of the scene, by its number in sweeps(): the nearest keyframe becomes the current one.
  void showMoment(int moment);
  /// frame() with the pictures and camera poses of the moment that is shown. Null before the first.
  const std::shared_ptr<const Frame>& shownFrame() const { return shown_frame_; }
  /// Where the car is in the voxels' frame: ahead of or behind the keyframe, at a keyframe the identity.
  Pose voxels_from_ego() const;

  // --- loading
  // -------------------------------------------------------------------------------------------------
  const StreamSettings& settings() const { return settings_; }
  /// For this window; saving is the caller's.
  void applySettings(const StreamSettings& settings);
  /// Pictures are shown this wide at most, in device pixels: larger ones need not be decoded.
  void setPictureWidth(int width_px);
  CacheStatus cacheStatus() const;

  // --- sources
  // ------------------------------------------------------------------------------------------------------
  const std::vector<OccupancySource>& sources() const { return sources_; }
  /// Index into sources(), or -1.
  int sourceIndex(Side side) const { return side_source_[std::size_t(side)]; }
  const OccupancySource* source(Side side) const;
  void setSource(Side side, int index);
  void swapSources();
  const SideContent& content(Side side) const { return contents_[std::size_t(side)]; }
  /// What `side` is compared with: the other side, when its class set and grid are the same; else null.
  std::shared_ptr<const Occupancy> counterpart(Side side) const;

  // --- what the network thought
  // -------------------------------------------------------------------------------------------
  /// Finds what was predicted of a keyframe for a source; null where nothing is kept.
  using PredictionFinder =
      std::function<std::shared_ptr<const PredictedFrame>(const OccupancySource&, const FrameKey&)>;
  /// Whoever keeps predictions says how they are found, and calls predictionCame() for each new one.
  void setPredictionFinder(PredictionFinder finder);
  /// What was loaded of that keyframe before is loaded anew.
  void predictionCame(const OccupancySource& source, const FrameKey& key);
  /// Adds a source, unless it is there, and shows it in `side`, unless a side shows it.
  void showPredictions(const std::shared_ptr<const PredictionSource>& prediction, Side side);
  /// Of the current keyframe, for what the side shows, with probabilities and a look inside the network; null
  /// where nothing was predicted in this session.
  std::shared_ptr<const PredictedFrame> predicted(Side side) const;
  /// predicted(side)'s probabilities when they are those of content(side)'s voxels; else null.
  std::shared_ptr<const ClassProbabilities> probabilities(Side side) const;
  StageView& stages() { return *stages_; }
  /// What of the scored pair's errors is shown.
  ErrorView& errors() const { return *errors_; }
  /// The distance that somebody measures.
  Measure& measure() const { return *measure_; }

  // --- view
  // ---------------------------------------------------------------------------------------------------------
  const ViewSettings& view() const { return view_; }
  /// Changes and tells; nothing is told when nothing changed.
  void changeView(const std::function<void(ViewSettings&)>& change);
  void toggleClass(const QString& id);
  /// Shows only `id`, or all again when it is alone already.
  void soloClass(const QString& id);

  const VoxelMark& selection() const { return selection_; }
  void select(const VoxelMark& voxel);
  const VoxelMark& hover() const { return hover_; }
  void setHover(const VoxelMark& voxel);

  // --- scores
  // -------------------------------------------------------------------------------------------------------
  /// True when one side is a prediction and the other a truth of the same class set.
  bool canScore() const { return scored_.has_value(); }
  /// The prediction's side.
  std::optional<Side> scoredSide() const;
  /// Null when not (yet) evaluated.
  std::shared_ptr<const FrameReport> report(std::size_t scene, std::size_t index) const;
  /// True when the answer has come, be it that there is nothing to score: reportArrived() was emitted for it.
  bool isReported(std::size_t scene, std::size_t index) const { return reported_.contains({scene, index}); }
  /// Sum over the scene's keyframes that are scored so far: those of the current scene are, without being
  /// asked. Whole splits are Evaluating's.
  SplitReport sceneReport(std::size_t scene) const;

  /// Folders opened last, newest first.
  static QStringList recentPaths();
  static void clearRecentPaths();

 Q_SIGNALS:
  void datasetChanged();
  void openFailed(const hbev::Problem& problem);
  void openingChanged();
  /// Of the data set that is being opened.
  void openingProgressed(const hbev::Progress::State& state);
  /// Somebody gave up what was being opened, or asked for another data set.
  void openingCancelled();
  void currentChanged();
  /// The frame() of the current keyframe has come, or that of another scene has gone.
  void frameChanged();
  void frameLoaded(std::size_t scene, std::size_t index);
  void sourcesChanged();
  void sideChanged(hbev::ui::Side side);
  /// predicted(side) is another.
  void predictedChanged(hbev::ui::Side side);
  /// A source that grows has this keyframe now.
  void predictionArrived(std::size_t scene, std::size_t index);
  void viewChanged(const hbev::ui::ViewSettings& before);
  void selectionChanged();
  void hoverChanged();
  /// shownFrame() is another.
  void picturesChanged();
  void sweepModeChanged(bool on);
  /// Which pair is scored has changed: all reports are other ones.
  void scoringChanged();
  void reportArrived(std::size_t scene, std::size_t index);

 private:
  struct OccupancyKey {
    OccupancySource source;
    FrameKey frame;
    auto operator<=>(const OccupancyKey&) const = default;
  };
  struct ScoredPair {
    OccupancySource prediction, truth;
    auto operator<=>(const ScoredPair&) const = default;
  };
  /// A report, or nothing where a side has no file: that is an answer too.
  struct MaybeReport {
    std::shared_ptr<const FrameReport> report;
  };
  using OccupancyCache = WishCache<OccupancyKey, LoadedOccupancy>;
  using ReportCache = WishCache<FrameKey, MaybeReport>;

  /// A data set with what lies beside it.
  struct Opened;
  void showOpened();
  void showDataset(std::shared_ptr<const Dataset> dataset);
  /// Predictions that are read; shown once all that were named before them are.
  struct Arrival {
    std::uint64_t generation = 0;  ///< of the data set that they were read for
    std::shared_ptr<const PredictionSource> source;
    std::optional<Problem> problem;
  };
  void arrive(int number, Arrival arrival);
  void showArrivals();
  bool giveUpDataset();
  void addSource(OccupancySource source);
  void showFittingTruth(Side side);
  int besides(int index, int preferred) const;
  void chooseFirstSources();
  PlayStage playStage();
  LoadOptions loadOptions() const;
  void makeFrameCache();
  void makeOccupancyCache();
  void shareMemory();
  void reloadPictures();
  void limitThreads();
  void makeReportCache();
  std::vector<FrameKey> sceneKeys() const;
  void moveTo(const FrameKey& key);
  PrefetchOrder keyframesToLoad() const;
  void wishForFrames();
  void wishForSweeps();
  void wishForReports();
  bool isLoaded(const FrameKey& key) const;
  void showFrame();
  void forgetShown();
  void showPictures();
  void showSide(Side side);
  void updateScoring();
  bool isCurrentShown() const;
  static void remember(const QString& path);

  TaskQueue queue_;
  std::shared_ptr<const Dataset> dataset_;
  std::vector<SplitSize> splits_;
  std::unique_ptr<SampleLoader> frames_;
  std::unique_ptr<OccupancyCache> occupancies_;
  std::unique_ptr<ReportCache> reports_;
  std::uint64_t generation_ = 0;    ///< of the data set: answers that were asked for an older one are dropped
  BackgroundJob opening_job_;       ///< of a data set
  std::shared_ptr<Opened> opened_;  ///< written by the job until it has finished
  std::map<int, std::unique_ptr<BackgroundJob>> opening_predictions_;  ///< by number, until they are shown
  int asked_predictions_ = 0, shown_predictions_ = 0;  ///< numbers of those asked for next and shown next
  int opened_together_ = 0;          ///< of those that were opened one upon the other, shown
  std::map<int, Arrival> arrivals_;  ///< by number: they wait for those before them

  FrameKey current_;
  FrameKey frame_key_;
  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const Frame> shown_frame_;
  int direction_ = 1;  ///< of the last step, for prefetching
  SweepView sweeps_;
  bool wants_sweeps_ = false;
  Playback playback_;
  StreamSettings settings_;
  std::shared_ptr<DecodeThreads> decode_threads_;
  int picture_width_px_ = 0;
  std::size_t hits_ = 0, misses_ = 0;

  std::vector<OccupancySource> sources_;
  std::array<int, 2> side_source_{-1, -1};
  std::array<SideContent, 2> contents_;

  PredictionFinder find_prediction_;
  std::unique_ptr<StageView> stages_;
  std::unique_ptr<ErrorView> errors_;
  std::unique_ptr<Measure> measure_;

  ViewSettings view_;
  VoxelMark selection_, hover_;

  std::optional<ScoredPair> scored_;
  std::uint64_t scoring_generation_ = 0;
  std::set<FrameKey> reported_;  ///< of this generation; the cache may know an answer a moment earlier
};

}  // namespace hbev::ui
