// What is looked at: scores of the keyframe, layers and colours, the picked voxel.
#pragma once

#include <array>

#include <QtWidgets/QWidget>

#include "ui/inspector/fact_list.h"
#include "ui/state/studio.h"

class QFormLayout;
class QLabel;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace hbev::ui {

class ClassBars;
class ClassList;
class ComboBox;
class ScoreTile;
class Section;
class RaySection;
class StageSection;

class Inspector : public QWidget {
  Q_OBJECT
 public:
  explicit Inspector(Studio& studio, QWidget* parent = nullptr);
  StageSection& stageSection() const { return *stage_section_; }
  /// Unfolds the list of classes and gives it the keys.
  void focusClasses();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeKeyframeSection();
  QWidget* makeLayerSection();
  QWidget* makeClassSection();
  QWidget* makeVoxelSection();
  QWidget* makeRaySection();
  QWidget* makeNetworkSection();
  QWidget* makeProbabilityRow();
  void showScores();
  QString whyNoScores() const;
  void showProblems();
  void showLayers();
  void showProbabilityRow();
  void showVoxel();
  void revealPicked();
  void showClassBars();
  void addSide(std::vector<FactList::Fact>& facts, Side side, std::size_t index) const;
  QString seenBy() const;

  Studio& studio_;
  QScrollArea* scroll_;
  Section* keyframe_;
  Section* layers_;
  Section* classes_;
  Section* voxel_;
  Section* ray_;
  Section* network_;
  ScoreTile* ray_iou_;
  ScoreTile* mave_;
  ScoreTile* occ_score_;
  ScoreTile* miou_;
  QLabel* score_hint_;
  FactList* problems_;
  QToolButton* whole_;
  ComboBox* palette_;
  QWidget* probability_row_;
  ComboBox* probability_class_;
  FactList* voxel_facts_;
  ClassList* class_list_;
  ClassBars* class_bars_;
  QLabel* class_hint_;
  RaySection* ray_section_;
  StageSection* stage_section_;
};

}  // namespace hbev::ui
