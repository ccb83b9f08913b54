// The chips above the scenes: light, rain, classes that a scene must hold; and how far counting classes is.
#pragma once

#include <map>
#include <set>

#include <QtWidgets/QWidget>

#include "core/data/scene_conditions.h"
#include "ui/kit/chip.h"
#include "ui/state/scene_class_index.h"

class QMenu;

namespace hbev::ui {

class FlowLayout;
class ProgressLine;

class SceneFilterBar : public QWidget {
  Q_OBJECT
 public:
  SceneFilterBar(Studio& studio, SceneClassIndex& classes, QWidget* parent = nullptr);

  const std::set<SceneCondition>& conditions() const { return conditions_; }
  const QStringList& classes() const { return chosen_; }
  void clear();
  /// Filters by a class, or no longer.
  void setClass(const QString& id, bool on);
  void setCondition(SceneCondition condition, bool on);

 Q_SIGNALS:
  void changed();

 private:
  void showDataset();
  void showChips();
  void openClassMenu();
  Chip* addChip(const QString& text, bool checked, const QString& help);

  Studio& studio_;
  SceneClassIndex& index_;
  QWidget* chips_;
  FlowLayout* flow_;
  ProgressLine* progress_;
  std::set<SceneCondition> offered_;  ///< conditions that some but not all scenes have
  std::set<SceneCondition> conditions_;
  QStringList chosen_;
};

}  // namespace hbev::ui
