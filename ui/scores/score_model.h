// A ScoreTable as a Qt model, its sorting, and how its cells are drawn.
#pragma once

#include <QtCore/QAbstractTableModel>
#include <QtCore/QSortFilterProxyModel>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QStyledItemDelegate>

#include "ui/scores/score_rows.h"

namespace hbev::ui {

/// Column 0 is the row's title, the table's columns follow; the footer is the last row.
class ScoreModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  /// SortValue: the number; IsMean: of the footer; Kind: a ScoreKind; Label, Group: as in ScoreRow.
  enum Roles { SortValue = Qt::UserRole, IsMean, Kind, Label, Group };

  using QAbstractTableModel::QAbstractTableModel;
  void setTable(ScoreTable table);
  const ScoreTable& table() const { return table_; }
  /// Of a column's id; -1 when the table has none.
  int columnOf(const QString& id) const;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// Tab-separated, with the header: for the clipboard and spreadsheets. Only `rows` when there are any.
  QString text(const std::vector<int>& rows = {}) const;

 private:
  const ScoreRow& row(int number) const;

  ScoreTable table_;
};

/// The mean row alone, or all others: sorted, what has no value stands last.
class ScoreSorter : public QSortFilterProxyModel {
 public:
  enum class Rows { AllButMean, Mean };
  explicit ScoreSorter(Rows rows, QObject* parent = nullptr) : QSortFilterProxyModel(parent), rows_(rows) {}

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  Rows rows_;
};

/// Titles over their figures; the arrow of the order has a place of its own behind the title.
class ScoreHeader : public QHeaderView {
 public:
  explicit ScoreHeader(QWidget* parent = nullptr);
  /// What a column's title takes with the arrow, px.
  static int widthOf(const QString& title);

 protected:
  void paintSection(QPainter* painter, const QRect& rect, int section) const override;
};

/// First column with its swatch, figures right in Mono, bars and changes, the mean row under a strong line.
class ScoreDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace hbev::ui
