// The window's network at work: a predictor on a thread of its own, what it shall predict next, and what came
// of it. Knows no widgets.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include "core/model/prediction_faults.h"
#include "ui/predict/predict_backend.h"
#include "ui/predict/predict_choice.h"
#include "ui/state/background_job.h"
#include "ui/state/predicted_source.h"
#include "ui/state/studio.h"

namespace hbev::ui {

class Predicting : public QObject {
  Q_OBJECT
 public:
  explicit Predicting(Studio& studio, PredictBackend backend = networkBackend(), QObject* parent = nullptr);
  ~Predicting() override;

  const PredictBackend& backend() const { return backend_; }
  void setBackend(PredictBackend backend);
  /// Why nothing can be predicted now, a sentence; empty when it can.
  QString whyNot() const;

  // --- which network
  // -------------------------------------------------------------------------------------------------
  const NetworkChoice& choice() const { return choice_; }
  /// True once somebody has chosen, in this session or an earlier one.
  bool isChosen() const { return is_chosen_; }
  /// Ends what is under way but for a run over scenes: that goes on, and the choice is refused (false).
  bool choose(const NetworkChoice& choice);
  const NetworkSettings& settings() const { return settings_; }
  void applySettings(const NetworkSettings& settings);
  /// Of the network that is loaded; null when that is not the one chosen.
  const PredictorFacts* facts() const;
  /// Where its predictions go, in this session or an earlier one; null while there are none.
  std::shared_ptr<const PredictedSource> source() const;
  /// The side that shows predictions as they come, unless they are shown already.
  Side target() const { return target_; }
  void setTarget(Side side) { target_ = side; }

  // --- what to predict
  // -----------------------------------------------------------------------------------------------
  /// The current keyframe, also when it has a prediction already.
  void predictCurrent();
  /// All keyframes of these scenes that have none yet, in order.
  void predictScenes(const std::vector<std::size_t>& scenes);
  /// The current keyframe is predicted whenever it has no prediction; moving on cancels it.
  void setAsIGo(bool on);
  /// The same of the keyframe that is shown: it must have its pictures, too.
  QString whyNotHere() const;
  /// The network was run on the keyframe that is shown, and failed; problem() may be of another one since.
  bool failedHere() const { return failed_ && *failed_ == studio_.current(); }
  bool asIGo() const { return as_i_go_; }
  /// Takes what fits of the weights that were refused, and predicts what was asked for.
  void useAnyway();
  /// Keyframes of earlier calls that are done stay.
  void stop();

  // --- how far it is
  // -------------------------------------------------------------------------------------------------
  struct Status {
    bool loading = false;              ///< the network and its weights
    std::optional<FrameKey> keyframe;  ///< under way
    QString stage;                     ///< "depth"
    double fraction = 0;               ///< of the keyframe, or of the weights while they are loaded
    std::size_t done = 0, total = 0;   ///< of a run over scenes; total 0: there is none
    std::optional<double> seconds_left;
    bool isBusy() const { return loading || keyframe || total > 0; }
  };
  const Status& status() const { return status_; }
  /// What went wrong last; gone with the next attempt.
  const std::optional<Problem>& problem() const { return problem_; }
  bool canUseAnyway() const;

  /// What was predicted in this session. Only the last few have probabilities and a look inside, and only
  /// those have their voxels still. Null when nothing is known of it.
  std::shared_ptr<const PredictedFrame> find(const OccupancySource& source, const FrameKey& key) const;

 Q_SIGNALS:
  /// Choice, settings, facts, problem or availability.
  void changed();
  void statusChanged();
  void predicted(std::size_t scene, std::size_t index);
  void failed(const hbev::Problem& problem);
  /// A run over scenes is through, or was stopped: how many of its keyframes are there now.
  void runEnded(int there, int total, double seconds);

 private:
  enum class Reason { Asked, AsIGo, Run };
  struct Wish {
    FrameKey key;
    Reason reason = Reason::Run;
  };
  /// The one predictor, used by one job at a time; a job that was cancelled may hold it for a while.
  struct Holder {
    std::mutex mutex;
    std::unique_ptr<Predictor> predictor;
    NetworkChoice choice;
    NetworkSettings settings;
  };
  struct Loaded {
    double keyframe_s = 0;  ///< that the last keyframe took; 0: there was none
    NetworkChoice choice;
    NetworkSettings settings;
    PredictorFacts facts;
    int frames = 1;  ///< pictures of each camera for a keyframe
    const ClassSet* classes = nullptr;
    std::filesystem::path folder;  ///< that its predictions are kept in; empty: they are not kept
    std::shared_ptr<PredictedSource> source;
  };
  struct Outcome {  ///< written by the job until it has finished
    std::shared_ptr<Loaded> loaded;
    std::shared_ptr<const PredictedFrame> frame;
    PredictorFacts facts;
    std::optional<Problem> unwritten;
    bool misfit = false;                         ///< loading failed because the weights fit in part only
    std::vector<std::filesystem::path> removed;  ///< old predictions that made room for this one
  };
  struct Kept {
    std::shared_ptr<const PredictionSource> source;
    FrameKey key;
    std::shared_ptr<const PredictedFrame> frame;
  };
  struct Run {
    std::deque<FrameKey> waiting;
    std::size_t total = 0, done = 0;
    std::size_t predicted = 0, refused = 0;
    PredictionFaults faults;
    bool is_pruned = false;  ///< what was predicted before is no longer waiting
    std::chrono::steady_clock::time_point begin;
    double seconds = 0;  ///< of the keyframes that were predicted
  };

  bool isLoaded() const;
  void takeShippedWeights();
  void begin();
  void next();
  void load();
  void predict(const Wish& wish);
  void jobFinished();
  void jobFailed(const Problem& problem);
  void forget(const std::vector<std::filesystem::path>& files);
  void keep(const std::shared_ptr<const PredictionSource>& source, const FrameKey& key,
            std::shared_ptr<const PredictedFrame> frame);
  void showSource();
  void followSources();
  void wishAsIGo();
  bool isThere(const FrameKey& key) const;
  void pruneRun();
  void endRun();
  void cancelAll();
  void tellStatus();
  std::optional<double> secondsLeft() const;
  void reset();

  Studio& studio_;
  PredictBackend backend_;
  NetworkChoice choice_;
  NetworkSettings settings_;
  bool is_chosen_ = false;
  Side target_ = Side::A;
  std::shared_ptr<Holder> holder_;
  std::shared_ptr<Loaded> loaded_;
  std::optional<Wish> urgent_;   ///< comes before the run
  std::optional<Wish> running_;  ///< in the job; nothing while it loads
  std::optional<Wish> refused_;  ///< what was asked for when loading failed
  std::optional<Run> run_, refused_run_;
  std::optional<FrameKey> failed_;  ///< not tried again by going along
  std::vector<Kept> kept_;          ///< newest first
  bool as_i_go_ = false;
  QTimer go_delay_;  ///< keyframes that are only passed by are not begun
  Status status_;
  std::chrono::steady_clock::time_point begun_;  ///< of the keyframe under way
  std::optional<Problem> problem_;
  std::size_t written_ = 0;  ///< predictions, to look now and then how much is kept
  bool is_misfit_ = false;   ///< the problem is that the weights fit in part only
  std::array<std::shared_ptr<const PredictionSource>, 2> shown_;  ///< in A and B, to notice a choice there
  std::shared_ptr<Outcome> outcome_;
  BackgroundJob job_;
};

}  // namespace hbev::ui
