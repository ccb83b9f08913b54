// A slider with two knobs: the part between them is what is kept. Tab moves between the knobs, arrows move a
// knob.
#pragma once

#include <QtWidgets/QWidget>

namespace hbev::ui {

class RangeSlider : public QWidget {
  Q_OBJECT
 public:
  explicit RangeSlider(double minimum, double maximum, QWidget* parent = nullptr);

  double lower() const { return lower_; }
  double upper() const { return upper_; }
  /// Clamps and orders; emits rangeChanged() when it changes.
  void setRange(double lower, double upper);
  /// What an arrow key moves; a hundredth of the whole without it.
  void setStep(double step) { step_ = step; }

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void rangeChanged(double lower, double upper);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  bool focusNextPrevChild(bool next) override;

 private:
  enum class Knob { Lower, Upper };
  double positionOf(double value) const;
  double valueAt(double x) const;
  double knobValue(Knob knob) const { return knob == Knob::Lower ? lower_ : upper_; }
  void moveKnob(Knob knob, double value);

  double minimum_, maximum_, lower_, upper_, step_;
  Knob active_ = Knob::Lower;
  bool dragging_ = false;
};

}  // namespace hbev::ui
