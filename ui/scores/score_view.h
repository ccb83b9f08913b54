// Which scores the panels of the Errors workspace speak of: of the keyframe, the scene or all that is
// evaluated, of which source, against which other. No widgets.
#pragma once

#include <optional>

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QTimer>

#include "core/eval/split_report.h"
#include "ui/scores/score_frames.h"

namespace hbev::ui {

class Evaluating;
class Studio;
struct OccupancySource;

enum class ScoreSubject { Keyframe, Scene, All };

/// Keyframe and scene are scored as they are shown; all of a split is what was evaluated.
class ScoreView : public QObject {
  Q_OBJECT
 public:
  ScoreView(Studio& studio, Evaluating& evaluating, QObject* parent = nullptr);

  ScoreSubject subject() const { return subject_; }
  void setSubject(ScoreSubject subject);
  /// Number of the source in the evaluation; 0 without one.
  std::size_t source() const { return source_; }
  /// Shows it in the viewports, too, where it is open.
  void setSource(std::size_t source);
  /// What scores are compared with; nothing where one source was evaluated.
  std::optional<std::size_t> against() const;
  void setAgainst(std::size_t source);
  /// What the cells of confusion tables count.
  CellUnit unit() const { return unit_; }
  void setUnit(CellUnit unit);

  /// Null while nothing is evaluated.
  const Evaluation* evaluation() const;
  std::shared_ptr<const Evaluation> shared() const { return shown_; }
  /// See Evaluating::whyNot().
  QString whyNot() const;
  /// Something is being evaluated.
  bool isEvaluating() const;
  /// See Evaluating::sourceNumber().
  std::optional<std::size_t> numberOf(const OccupancySource& source) const;
  /// Sum over the subject's keyframes; nothing while none is scored.
  std::optional<SplitReport> report() const;
  /// The same of against(); nothing of a single keyframe.
  std::optional<SplitReport> reference() const;
  /// Both over the keyframes that both have; nothing where reference() is nothing.
  struct Compared {
    SplitReport own, other;
    QString note;  ///< " · compared over 32 of 40"; empty where that is all of them
  };
  std::optional<Compared> compared() const;
  /// report() is of what a viewport shows, scored as it is seen; else of evaluation().
  bool isLive() const;
  /// A viewport shows source().
  bool isOfEvaluation() const;
  /// Of report()'s predictions.
  QString sourceTitle() const;
  QString againstTitle() const;
  /// Of source(); needs evaluation().
  QString evaluatedTitle() const;
  /// "demo-0103, keyframe 17", "all · 960 keyframes · within the camera mask"
  QString subjectText() const;
  /// What is evaluated is what a viewport shows, or nothing is: figures() may be of either.
  bool isOfShown() const;
  /// What a keyframe's scores are, live or evaluated; nothing while it is not scored. Only the evaluation's
  /// where that is of other predictions than those shown.
  std::optional<FrameFigures> figures(const FrameKey& key) const;
  /// Of against(); nothing where that was not evaluated.
  std::optional<FrameFigures> otherFigures(const FrameKey& key) const;
  /// RayIoU of a scene in percent: evaluated, else of its keyframes that were shown so far.
  std::optional<double> sceneScore(std::size_t scene) const;
  /// The mean of all that is evaluated, in percent.
  std::optional<double> meanScore() const;

 Q_SIGNALS:
  /// Eight times a second at most.
  void changed();
  /// evaluation(), source() or against() is another.
  void evaluationChanged();

 private:
  void follow();
  void foundChanged();
  const SplitReport* sceneOf(std::size_t source) const;

  Studio& studio_;
  Evaluating& evaluating_;
  ScoreSubject subject_ = ScoreSubject::Scene;
  bool is_subject_chosen_ = false;
  std::size_t source_ = 0;
  std::optional<std::size_t> against_;
  CellUnit unit_ = CellUnit::Rays;
  std::shared_ptr<const Evaluation> shown_;
  QTimer delay_;
};

}  // namespace hbev::ui
