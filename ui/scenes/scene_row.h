// How a scene's row is drawn: picture, name, description, place and score.
#pragma once

#include <QtCore/QSize>
#include <QtWidgets/QStyledItemDelegate>

namespace hbev::ui {

inline constexpr QSize kSceneThumbnail(88, 50), kCompactSceneThumbnail(64, 36);

/// Rows of 62 px, or 46 px when compact; of a SceneFilter.
class SceneRowDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void setCompact(bool compact) { compact_ = compact; }
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  void paintText(QPainter& painter, const QRect& rect, const QModelIndex& index, bool raised) const;
  void paintScore(QPainter& painter, const QRect& line, double score) const;

  bool compact_ = false;
};

}  // namespace hbev::ui
