// A slider with its value in Mono beside it: double click resets, the wheel steps 5 %, with Shift 1 %.
#pragma once

#include <functional>

#include <QtWidgets/QWidget>

class QLabel;
class QSlider;

namespace hbev::ui {

class ValueSlider : public QWidget {
  Q_OBJECT
 public:
  using Format = std::function<QString(double)>;

  /// A double click goes back to `initial`.
  explicit ValueSlider(double minimum, double maximum, double initial, QWidget* parent = nullptr);

  double value() const { return value_; }
  /// Clamps; emits valueChanged() when it changes.
  void setValue(double value);
  /// How the value is written; whole numbers without it. The label keeps room for the widest of both ends.
  void setFormat(Format format);
  void setName(const QString& accessible_name);

 Q_SIGNALS:
  void valueChanged(double value);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void showValue();

  QSlider* slider_;
  QLabel* label_;
  double minimum_, maximum_, default_, value_;
  Format format_;
};

}  // namespace hbev::ui
