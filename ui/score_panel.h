// The evaluator's table: scores by class, of the keyframe, the scene, or all that is evaluated.
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include "ui/studio.h"

class QLabel;
class QPushButton;
class QTableView;

namespace hbev::ui {

class PanelStack;
class ScoreCurve;
class SegmentedControl;

/// Rows: one a class, then the mean. Columns: class, RayIoU, @1, @2, @4 m, AVE, rays right, IoU of voxels.
class ScoreModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Class, RayIou, At1, At2, At4, Ave, TruePositives, VoxelIou, ColumnCount };
  enum Roles { SortValue = Qt::UserRole, IsMean };

  using QAbstractTableModel::QAbstractTableModel;
  void setReport(const SplitReport& report, Palette palette);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// Tab-separated, with the header: for the clipboard and spreadsheets.
  QString text() const;

 private:
  double value(int row, int column) const;

  std::optional<SplitReport> report_;
  std::optional<RayScores> rays_;
  std::optional<VoxelScores> voxels_;
  Palette palette_ = Palette::Studio;
  int rows_ = 0;
};

class ScorePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScorePanel(Studio& studio, QWidget* parent = nullptr);
  const ScoreModel& model() const { return *model_; }
  void copy() const;
  /// Asks for a file and writes CSV, Markdown or JSON by its ending.
  void exportTable();
  /// Room for the scopes and two buttons: the table's columns and the third button give way.
  QSize minimumSizeHint() const override { return {240, 160}; }

 Q_SIGNALS:
  void evaluateRequested();
  void failed(const hbev::Problem& problem);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  SplitReport chosenReport() const;
  void show();
  void showCurve();

  Studio& studio_;
  SegmentedControl* scope_;
  QPushButton* evaluate_;
  PanelStack* stack_;
  ScoreModel* model_;
  QSortFilterProxyModel* sorted_;
  QTableView* table_;
  QLabel* caption_;
  ScoreCurve* curve_;
  QTimer delay_;
};

}  // namespace hbev::ui
