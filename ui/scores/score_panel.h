// The evaluator's panel: headline scores, and tables by class, range, height, scene, weather, and beside
// another source; of the keyframe, the scene, or all that is evaluated.
#pragma once

#include <functional>

#include <QtWidgets/QWidget>

#include "core/base/error.h"
#include "ui/scores/score_rows.h"
#include "ui/scores/score_view.h"

class QToolButton;

namespace hbev::ui {

class Badge;
class ComboBox;
class ElidedLabel;
class Evaluating;
class NoticeLine;
class PanelStack;
class ScoreHead;
class ScoreModel;
class ScoreTables;
class SegmentedControl;
class Studio;
enum class Side;

class ScorePanel : public QWidget {
  Q_OBJECT
 public:
  enum class Grouping { Class, Range, Height, Scene, Weather, Compare };

  ScorePanel(Studio& studio, Evaluating& evaluating, ScoreView& view, QWidget* parent = nullptr);
  /// The selected rows, or all of them.
  void copy() const;
  QSize minimumSizeHint() const override { return {240, 160}; }

 Q_SIGNALS:
  void evaluateRequested();
  void exportRequested();
  /// Something may be wrong with these predictions: the import report says more.
  void importReportRequested(const QString& path);
  /// The evaluation's predictions, which are not open.
  void openRequested(const QString& path);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  Grouping grouping() const;
  QWidget* makeSubjectRow();
  QWidget* makeHeadRow();
  QWidget* makeSources(QWidget* parent);
  void show();
  std::optional<Side> shownSide() const;
  void showSources();
  void showNotice();
  bool showOwnerNotice();
  void setNotice(bool warns, const QString& text, const QString& action, std::function<void()> run);
  void showEmpty();
  void setEmptyButton(const QString& text);
  void emptyClicked();
  ScoreTable tableOf(const SplitReport& report) const;
  void sortAsUsual();
  void layCaption();
  void markFilter();
  void rowClicked(const QModelIndex& row);

  Studio& studio_;
  Evaluating& evaluating_;
  ScoreView& view_;
  SegmentedControl* subjects_ = nullptr;
  SegmentedControl* groupings_ = nullptr;
  ElidedLabel* caption_ = nullptr;
  Badge* badge_ = nullptr;
  ElidedLabel* name_ = nullptr;  ///< of the one source that there is
  ComboBox* source_ = nullptr;
  ComboBox* against_ = nullptr;
  ScoreHead* head_ = nullptr;
  NoticeLine* notice_ = nullptr;
  PanelStack* stack_;
  ScoreTables* tables_;
  std::function<void()> notice_action_;
  bool showing_ = false;  ///< combo boxes and selection move, but nobody chose
};

}  // namespace hbev::ui
