// What is looked at: scores of the keyframe, layers and colours, the picked voxel.
#pragma once

#include <array>

#include <QtWidgets/QWidget>

#include "ui/fact_list.h"
#include "ui/studio.h"

class QFormLayout;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace hbev::ui {

class ComboBox;
class RangeSlider;
class ScoreTile;
class Section;
class ValueSlider;

/// One row of the layer list: eye, icon, name, opacity.
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

class Inspector : public QWidget {
  Q_OBJECT
 public:
  explicit Inspector(Studio& studio, QWidget* parent = nullptr);
  const FactList& voxelFacts() const { return *voxel_facts_; }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeKeyframeSection();
  QWidget* makeLayerSection();
  QWidget* makeVoxelSection();
  void showScores();
  void showLayers();
  void showVoxel();
  void addSide(std::vector<FactList::Fact>& facts, Side side, std::size_t index) const;
  QString seenBy() const;

  Studio& studio_;
  Section* keyframe_;
  Section* layers_;
  Section* voxel_;
  ScoreTile* ray_iou_;
  ScoreTile* mave_;
  ScoreTile* occ_score_;
  ScoreTile* miou_;
  QLabel* score_hint_;
  FactList* problems_;
  ComboBox* palette_;
  RangeSlider* height_;
  QLabel* height_value_;
  FactList* voxel_facts_;
};

}  // namespace hbev::ui
