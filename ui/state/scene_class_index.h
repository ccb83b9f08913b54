// Which classes the scenes of the open data set hold: from annotated boxes at once, from labels when asked.
#pragma once

#include <bitset>
#include <memory>
#include <vector>

#include <QtCore/QHash>
#include <QtCore/QStringList>

#include "ui/state/background_job.h"
#include "ui/state/studio.h"

namespace hbev::ui {

class SceneClassIndex : public QObject {
  Q_OBJECT
 public:
  explicit SceneClassIndex(Studio& studio, QObject* parent = nullptr);

  /// The classes that people filter by, objects first; ids as in ClassSet.
  static const std::vector<ClassInfo>& filterClasses();
  /// As far as is known yet.
  bool holds(std::size_t scene, const QString& class_id) const;
  /// Scenes that hold the class, as far as is known yet.
  int sceneCount(const QString& class_id) const;

  /// True when the data set has labels that were not counted yet.
  bool canCountLabels() const;
  /// Counts the labels of every scene in the background; what was counted in earlier runs is there quickly.
  void countLabels();
  void cancel();
  bool isCounting() const { return labels_.isRunning(); }

 Q_SIGNALS:
  /// Something more is known.
  void changed();
  /// Of countLabels().
  void progressed(const hbev::Progress::State& state);
  /// countLabels() came to its end or was cancelled.
  void countingEnded();

 private:
  static constexpr std::size_t kMaxClasses = 32;
  using Classes = std::bitset<kMaxClasses>;  ///< by place in filterClasses()
  void reset();
  void readBoxes();
  void add(std::size_t scene, const Classes& classes);

  Studio& studio_;
  BackgroundJob boxes_, labels_;
  std::vector<Classes> scenes_;
  std::uint64_t generation_ = 0;
  bool labels_counted_ = false;
};

}  // namespace hbev::ui
