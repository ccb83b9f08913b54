// One row of the inspector's layer list: eye, icon, name, opacity.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/state/studio.h"

class QLabel;
class QToolButton;

namespace hbev::ui {

class ValueSlider;

class LayerRow : public QWidget {
  Q_OBJECT
 public:
  LayerRow(Studio& studio, Layer layer, QWidget* parent = nullptr);
  void setSliderWidth(int width_px);

 private:
  void show();

  Studio& studio_;
  Layer layer_;
  QToolButton* eye_;
  QLabel* name_;
  ValueSlider* opacity_ = nullptr;
};

}  // namespace hbev::ui
