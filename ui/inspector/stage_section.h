// What the network thought, in the inspector: the depth of a clicked pixel, the maps from above, where the
// picked voxel's query looked.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/state/studio.h"

class QAction;
class QCheckBox;
class QLabel;
class QPushButton;
class QToolButton;

namespace hbev::ui {

class BevPicture;
class ComboBox;
class DepthPlot;
class EmptyState;
class FactList;
class StageView;

class StageSection : public QWidget {
  Q_OBJECT
 public:
  explicit StageSection(Studio& studio, QWidget* parent = nullptr);

  /// What the button of the empty state does; it is on and off with the action.
  void setPredictAction(QAction* action);

 private:
  QWidget* makeDepth();
  QWidget* makeMap();
  QWidget* makeSamples();
  void showState();
  void showDepth();
  void showMaps();
  void showSamples();

  Studio& studio_;
  StageView& stages_;
  EmptyState* empty_;
  QPushButton* predict_;
  QWidget* content_;
  QLabel* depth_hint_;
  QToolButton* depth_clear_;
  FactList* depth_facts_;
  DepthPlot* depth_plot_;
  ComboBox* maps_;
  BevPicture* map_picture_;
  QCheckBox* ground_on_;
  QCheckBox* samples_on_;
  QCheckBox* looks_on_;
  ComboBox* layers_;
  QLabel* samples_text_;
};

}  // namespace hbev::ui
