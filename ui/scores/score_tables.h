// The score table as it is seen: rows that scroll and sort, the mean pinned below them, and the columns that
// there is room for or that people chose.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/scores/score_rows.h"

class QMenu;
class QTableView;

namespace hbev::ui {

class ScoreModel;
class ScoreSorter;

class ScoreTables : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreTables(QWidget* parent = nullptr);

  /// Sorted by the same column as before, where the new table has it.
  void setTable(ScoreTable table);
  const ScoreModel& model() const { return *model_; }
  /// All rows but the mean.
  QTableView* table() const { return table_; }
  /// One row; hidden where there is no mean.
  QTableView* mean() const { return mean_; }
  /// Bands and weather have an order of their own; of others the worst come first.
  void sortAsUsual(bool ordered);
  /// A row of table() in the model, first column.
  QModelIndex source(const QModelIndex& row) const;
  /// Rows of the model, ascending.
  std::vector<int> selectedRows() const;

  /// Shown or left out whatever room there is, from now on and at the next start.
  void setColumnChosen(const QString& id, bool shown);
  /// As room allows again.
  void forgetChosenColumns();
  bool isColumnShown(const QString& id) const;
  /// Which columns there are, to be ticked.
  QMenu* makeColumnMenu();

 Q_SIGNALS:
  /// Of the model, first column.
  void rowClicked(const QModelIndex& row);
  void meanClicked();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeView(QTableView& view, ScoreSorter& rows);
  void layColumns();
  int widthOf(const ScoreColumn& column) const;

  ScoreModel* model_;
  ScoreSorter* sorted_;
  ScoreSorter* means_;
  QTableView* table_;
  QTableView* mean_;
};

}  // namespace hbev::ui
