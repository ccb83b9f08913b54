// The letter of a source, A, B or C, in its colour; and the small key cap.
#pragma once

#include <QtWidgets/QWidget>

class QPainter;

namespace hbev::ui {

enum class Source { A, B, C };
QColor sourceColor(Source source);

/// A square of 16 px, 14 px in dense rows, radius 3. Filled in the active viewport, outlined in the others.
class Badge : public QWidget {
  Q_OBJECT
 public:
  explicit Badge(Source source, QWidget* parent = nullptr);
  void setSource(Source source);
  void setFilled(bool filled);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Source source_;
  bool filled_ = true;
  int side_px_ = 16;
};

/// A key as a small cap: "Ctrl K".
class KeyHint : public QWidget {
  Q_OBJECT
 public:
  explicit KeyHint(const QKeySequence& keys, QWidget* parent = nullptr);
  void setKeys(const QKeySequence& keys);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QString text_;
};

/// The cap itself, for delegates: right-aligned in `rect`, centred vertically. Returns the width it took.
int paintKeyCap(QPainter& painter, const QRect& rect, const QString& text);

/// "Ctrl Shift S": how keys are written in menus, tooltips and hints.
QString keyText(const QKeySequence& keys);

}  // namespace hbev::ui
