// The inspector's section on rays: the one that is looked at in words, and what meets the picked voxel.
#pragma once

#include "ui/inspector/fact_list.h"
#include "ui/state/studio.h"

class QLabel;

namespace hbev::ui {

class Section;

class RaySection : public QWidget {
  Q_OBJECT
 public:
  /// Titles and summarises `section`.
  RaySection(Studio& studio, Section& section);

 private:
  void show();
  void addVoxel(std::vector<FactList::Fact>& facts) const;

  Studio& studio_;
  Section& section_;
  FactList* facts_;
  QLabel* verdict_;
};

}  // namespace hbev::ui
