// Watch it learn: what a run's newest checkpoint predicts of the keyframe that is shown. Knows no widgets.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include "ui/predict/predicting.h"
#include "ui/state/background_job.h"
#include "ui/state/studio.h"
#include "ui/training/run_store.h"

namespace hbev::ui {

/// What one checkpoint of a run has predicted, in memory. When another checkpoint comes, all is forgotten.
/// Thread-safe.
class CheckpointSource : public PredictionSource {
 public:
  CheckpointSource(std::filesystem::path run, std::string title, const ClassSet& classes)
      : run_(std::move(run)), title_(std::move(title)), classes_(classes) {}

  const std::filesystem::path& path() const override { return run_; }
  std::string title() const override { return title_; }
  std::string formatName() const override { return "Predicted here by a checkpoint of a run"; }
  const ClassSet& classes() const override { return classes_; }
  std::size_t count() const override;
  std::optional<std::filesystem::path> find(const Keyframe& keyframe) const override;
  Occupancy read(const Keyframe& keyframe) const override;

  std::int64_t step() const;
  bool isAveraged() const;
  bool contains(const std::string& token) const;
  /// The keyframes that were forgotten, and this one.
  std::vector<FrameKey> add(std::int64_t step, bool averaged, const FrameKey& key, const std::string& token,
                            std::shared_ptr<const Occupancy> occupancy);

 private:
  struct Known {
    FrameKey key;
    std::shared_ptr<const Occupancy> occupancy;
  };
  const std::filesystem::path run_;
  const std::string title_;
  const ClassSet& classes_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;  ///< by token
  std::int64_t step_ = 0;
  bool averaged_ = false;
};

class TrainWatch : public QObject {
  Q_OBJECT
 public:
  enum class Show { Newest, Best, Chosen };
  TrainWatch(Studio& studio, Predicting& predicting, RunStore& store, QObject* parent = nullptr);

  /// While nobody watches nothing is predicted, and the network is let go of.
  void setActive(bool active);
  bool isActive() const { return active_; }
  void setShow(Show show);
  Show show() const { return show_; }
  /// A checkpoint of the current run, by its step.
  void choose(std::int64_t step);
  /// The running average of the weights, which is what evaluations score, or the weights of the last step.
  void setAveraged(bool averaged);
  bool isAveraged() const { return averaged_; }

  /// The checkpoint that shall be shown; null when there is none.
  const RunCheckpoint* wanted() const;
  /// From now on the network that predicts keyframes and scenes is that of wanted(); false where there is
  /// none, or while scenes are predicted.
  bool useForPredicting();
  /// The step whose prediction of the current keyframe is shown; nothing before it is there.
  std::optional<std::int64_t> shownStep() const;
  bool isBusy() const { return job_.isRunning(); }
  /// What it is doing, or why it shows nothing: a sentence, or empty.
  QString sentence() const;
  const std::optional<Problem>& problem() const { return problem_; }

 Q_SIGNALS:
  void changed();
  /// A prediction of the current keyframe has come.
  void predicted(std::int64_t step);

 private:
  struct Holder {
    std::mutex mutex;
    std::unique_ptr<Predictor> predictor;
    std::filesystem::path file;
    std::filesystem::file_time_type written;
    bool averaged = false;
  };
  struct Outcome {
    std::shared_ptr<const Occupancy> occupancy;
    const ClassSet* classes = nullptr;
  };
  struct Task {
    std::shared_ptr<RunData> run;
    std::int64_t step = 0;
    std::filesystem::path file;
    FrameKey key;
    bool averaged = false;
  };
  static NetworkChoice networkOf(const RunData& run, const std::filesystem::path& checkpoint);
  void update();
  void begin(const RunCheckpoint& checkpoint);
  void finished();
  void showSource();

  Studio& studio_;
  Predicting& predicting_;
  RunStore& store_;
  std::map<std::filesystem::path, std::shared_ptr<CheckpointSource>> sources_;  ///< by run
  std::shared_ptr<Holder> holder_ = std::make_shared<Holder>();
  std::shared_ptr<Outcome> outcome_;
  std::optional<Task> task_;
  std::optional<Task> failed_;  ///< not tried again
  std::optional<Problem> problem_;
  QString stage_;
  Show show_ = Show::Newest;
  std::int64_t chosen_ = 0;
  bool averaged_ = false;
  QTimer soon_;
  bool active_ = false;
  BackgroundJob job_;
};

}  // namespace hbev::ui
