// The evaluation of a whole split in the window: which predictions against which truth, how far it is, and
// what was found. Knows no widgets.
//
// Finished keyframes are kept in a file in the user's cache folder: what was stopped goes on, and what was
// evaluated once is there at the next start, for as long as neither predictions nor choice have changed.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

#include "core/eval/diagnosis.h"
#include "core/eval/evaluation.h"
#include "ui/scores/score_frames.h"
#include "ui/state/background_job.h"
#include "ui/state/studio.h"

namespace hbev::ui {

class Evaluating : public QObject {
  Q_OBJECT
 public:
  explicit Evaluating(Studio& studio, QObject* parent = nullptr);
  ~Evaluating() override;

  // --- what is evaluated
  // -----------------------------------------------------------------------------------------------------
  /// Predictions that could be scored against the truth that is shown: all of its class set.
  std::vector<OccupancySource> candidates() const;
  /// Those of them that will be: what the viewports show, and what was added; by path.
  std::vector<OccupancySource> chosen() const;
  void setChosen(const OccupancySource& source, bool on);
  /// In one of the viewports: then it is chosen.
  bool isShown(const OccupancySource& source) const;
  /// "all", "val", ...; of splits().
  QString split() const { return split_; }
  void setSplit(const QString& split);
  QStringList splits() const { return splits_; }
  /// Why nothing can be evaluated now, a sentence; empty when it can.
  QString whyNot() const;
  /// The truth that is shown, or the data set's of the class set of the prediction that is shown.
  std::optional<LabelKind> truth() const;
  /// "960 keyframes take about 40 s."
  QString estimate() const;

  // --- the work
  // ---------------------------------------------------------------------------------------------------------
  /// Scores what is not scored yet; ended() or failed() follows.
  void begin();
  /// What is finished stays; a file that is being opened is not waited for. Nothing when neither is under
  /// way.
  void cancel();
  bool isRunning() const { return mode_ == Mode::Running; }
  /// Reads a file: see open().
  bool isOpening() const { return mode_ == Mode::Opening; }
  /// Looks for an evaluation that was made before, or reads one.
  bool isLooking() const { return mode_ == Mode::Looking || mode_ == Mode::Opening || delay_.isActive(); }
  const Progress::State& progress() const { return progress_; }
  /// What may be wrong with the predictions, found before anything was scored.
  struct Suspicion {
    QString source, path;
    hbev::Suspicion finding;
    /// The source and the sentence.
    QString words() const;
    /// What mend() does, for a button; empty when people must do it.
    QString mending() const;
  };
  const std::vector<Suspicion>& suspicions() const { return suspicions_; }
  /// Opens the source in the way that the finding names; it takes the place of the one that is open.
  void mend(const Suspicion& suspicion);

  // --- what was found
  // ------------------------------------------------------------------------------------------------------
  /// A file of `hbevocc evaluate --out`; it stays until other sources or another data set are chosen.
  void open(const QString& file);
  /// Null while there is none. Some keyframes are missing when it was stopped.
  const std::shared_ptr<const Evaluation>& found() const { return found_; }
  const EvaluationSummary* summary() const { return found_ ? &found_->summary : nullptr; }
  /// True when it is of keyframes that are not evaluated yet, too.
  bool isPartial() const { return found_ && found_->summary.missing > 0; }
  /// Which of the summary's sources a source is; nothing when it is none.
  std::optional<std::size_t> sourceNumber(const OccupancySource& source) const;
  /// See Evaluation::framesOfCell(); empty without an evaluation.
  std::vector<RankedFrame> framesOfCell(std::size_t source, int truth, int predicted, CellUnit unit) const;

 Q_SIGNALS:
  /// Choice, what was found, or whether it runs.
  void changed();
  void progressed();
  /// Before the first keyframe is scored, and when something was mended; suspicions() may be empty.
  void diagnosed();
  /// Through, or stopped.
  void ended(bool complete, double seconds);
  void failed(const hbev::Problem& problem);

 private:
  enum class Mode { Idle, Looking, Opening, Running };
  struct Wanted;
  struct Outcome;

  void datasetCame();
  void choiceChanged();
  void sidesChanged();
  void look();
  std::shared_ptr<Wanted> wanted() const;
  /// Of the split.
  std::size_t keyframes() const;
  using Work = std::function<void(Outcome&, Progress&, const BackgroundJob::Tell&)>;
  void start(Mode mode, Work work);
  void jobEnded(bool complete);

  Studio& studio_;
  Mode mode_ = Mode::Idle;
  QString split_ = QStringLiteral("all");
  QStringList splits_;
  std::vector<OccupancySource> added_;
  /// What an evaluation is of.
  struct Choice {
    std::vector<OccupancySource> sources;
    std::optional<LabelKind> truth;
    QString split;
    bool operator==(const Choice&) const = default;
  };
  Choice choice() const { return {chosen(), truth(), split_}; }
  /// Whether found_ says all that `choice` asks for.
  bool covers(const Choice& choice) const;
  /// Where paths lead to, links followed.
  using Places = std::map<std::filesystem::path, std::filesystem::path>;
  /// Of the predictions that are open.
  std::vector<std::filesystem::path> openPaths() const;
  /// Looks where predictions that have come lie: an opened evaluation may be of them.
  void findPlaces();
  bool isSamePlace(const std::filesystem::path& a, const std::filesystem::path& b) const;

  Choice seen_;             ///< when somebody was told last
  Choice looked_for_;       ///< by the job
  Choice found_for_;        ///< what found_ is of
  bool is_opened_ = false;  ///< found_ is a file that somebody opened
  std::shared_ptr<const Evaluation> found_;
  std::vector<Suspicion> suspicions_;
  Progress::State progress_;
  std::shared_ptr<TruthCache> truth_cache_;  ///< made by the first evaluation
  std::shared_ptr<Outcome> outcome_;
  QTimer delay_;
  BackgroundJob job_;
  Places places_;                         ///< while an opened evaluation is shown
  std::shared_ptr<Places> found_places_;  ///< written by the job until it has finished
  BackgroundJob finding_places_;
  QElapsedTimer finding_since_;
};

}  // namespace hbev::ui
