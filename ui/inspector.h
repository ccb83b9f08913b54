// What is looked at: scores of the keyframe, layers and colours, the picked voxel.
#pragma once

#include <array>

#include <QtWidgets/QWidget>

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

/// Key and value lines: "Centre  7.80, -3.80, 1.60 m".
class FactList : public QWidget {
  Q_OBJECT
 public:
  struct Fact {
    QString name, value;
    std::optional<QColor> swatch;
    bool mono = true;
    std::optional<int> verdict;  ///< 1 right, 0 wrong
  };
  explicit FactList(QWidget* parent = nullptr);
  void setFacts(std::vector<Fact> facts);
  const std::vector<Fact>& facts() const { return facts_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<Fact> facts_;
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
