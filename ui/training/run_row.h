// How a run's row is drawn: check box in its colour, name, state, steps, score and the curve of its scores.
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace hbev::ui {

struct RunData;

/// The colour role of a run's state.
enum class Role;
Role stateRole(const RunData& run);

/// Rows of a RunsModel. A click on the check box checks, elsewhere it selects.
class RunRowDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

}  // namespace hbev::ui
