// The keyframes of an evaluation, the worst first: by what is wrong in them, of a cell of the confusion
// table, of a class, or by how much two sources differ. And the way from there into training.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <vector>

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include "core/base/error.h"
#include "ui/scores/score_view.h"
#include "ui/state/error_view.h"

class QLabel;
class QListView;
class QModelIndex;
class QPushButton;

namespace hbev::ui {

class Chip;
class ComboBox;
class PanelStack;
class WorstFrameModel;

enum class FrameRanking { Cell, Class, RayIou, MeanIou, Change };

class WorstFrames : public QWidget {
  Q_OBJECT
 public:
  WorstFrames(Studio& studio, ScoreView& view, QWidget* parent = nullptr);
  FrameRanking ranking() const;
  void setRanking(FrameRanking ranking);
  const WorstFrameModel& model() const { return *model_; }
  QListView* list() const { return list_; }
  /// The listed keyframes with weights from 2 to 5, the worst heaviest, as `hbevocc train --boost` reads
  /// them. Throws Error.
  void writeBoost(const std::filesystem::path& file) const;
  /// The list as CSV: scene, keyframe, token, value, RayIoU. Throws Error.
  void writeList(const std::filesystem::path& file) const;
  QSize minimumSizeHint() const override { return {180, 160}; }

 Q_SIGNALS:
  void evaluateRequested();
  void failed(const hbev::Problem& problem);
  /// Good news.
  void said(const QString& sentence);
  /// A list for training is in this file.
  void boostWritten(const QString& file, const QString& sentence);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeTools();
  QWidget* makeFooter();
  void show();
  void showChip();
  void showCurrent();
  void goTo(const QModelIndex& index);
  void wishThumbnails();
  void saveBoost();
  void saveList();
  std::vector<RankedFrame> ranked() const;
  void setEmptyText();
  std::vector<FrameKey> boosted() const;

  Studio& studio_;
  ScoreView& view_;
  ComboBox* rank_ = nullptr;
  Chip* chip_ = nullptr;
  QLabel* count_ = nullptr;
  PanelStack* stack_;
  QListView* list_ = nullptr;
  WorstFrameModel* model_;
  QPushButton* boost_ = nullptr;
  QTimer wish_delay_;
  std::optional<ClassPair> pair_;  ///< that the list was made for
  std::set<int> classes_;
  bool showing_ = false;
};

}  // namespace hbev::ui
