// Rows of the inspector's layers: sliders for the height slice, the clip box and the range from the car.
#pragma once

#include <array>
#include <functional>

#include <QtWidgets/QWidget>

class QLabel;
class QVBoxLayout;

namespace hbev::ui {

class RangeSlider;
class Studio;
struct ViewRegion;

/// A slider at both its ends limits nothing. Double click resets one.
class RegionRows : public QWidget {
  Q_OBJECT
 public:
  explicit RegionRows(Studio& studio, QWidget* parent = nullptr);

 private:
  struct Row {
    RangeSlider* slider;
    QLabel* value;
  };
  Row addRow(const QString& name, const QString& spoken, const QString& help, double minimum, double maximum,
             const std::function<void(ViewRegion&, int lower, int upper)>& change);
  void show();

  Studio& studio_;
  Row height_, x_, y_, range_;
};

}  // namespace hbev::ui
