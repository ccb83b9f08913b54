// A confusion table as a picture: rows are true classes, columns predicted ones, the last column is free.
#pragma once

#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

#include "core/eval/confusion.h"
#include "ui/state/error_view.h"

namespace hbev::ui {

/// Shares are of the row: of all that is of the true class. Arrow keys move the chosen cell.
class ConfusionView : public QWidget {
  Q_OBJECT
 public:
  explicit ConfusionView(QWidget* parent = nullptr);

  /// The free class is the last one; its row is left out.
  void setConfusion(const Confusion& confusion, const ClassSet& classes, Palette palette);
  void setChosen(const std::optional<ClassPair>& cell);
  const std::optional<ClassPair>& chosen() const { return chosen_; }
  /// NaN where the true class does not occur.
  double share(const ClassPair& cell) const;
  /// Middle of a cell, in this widget's pixels.
  QPointF middleOf(const ClassPair& cell) const;
  /// Of one cell, px.
  QSizeF cellSize() const { return {place().width, place().height}; }
  /// Of all cells, px.
  QRectF gridRect() const;
  std::optional<ClassPair> cellAt(QPointF at) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  /// Nothing when it was let go of.
  void cellChosen(const std::optional<hbev::ui::ClassPair>& cell);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Place {
    double left, top, width, height;  ///< of the first cell; width and height without the gap
    double free_left;                 ///< of the free column
  };
  Place place() const;
  QRectF rectOf(const ClassPair& cell) const;
  QColor colorOf(const ClassPair& cell, double share) const;
  void paintCells(QPainter& painter) const;
  void paintFigure(QPainter& painter, const QRectF& box, const QString& text) const;
  void paintNames(QPainter& painter) const;
  void paintScale(QPainter& painter) const;
  QString wordsOf(const ClassPair& cell) const;
  int rows() const { return std::max(0, confusion_.classes() - 1); }

  Confusion confusion_;
  const ClassSet* classes_ = &ClassSet::openocc();
  Palette palette_ = Palette::Studio;
  std::vector<std::int64_t> totals_;  ///< by true class
  std::optional<ClassPair> chosen_;
};

}  // namespace hbev::ui
