// Between the keyframes: which moment of the scene is shown, its pictures, and where the car is.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QtCore/QObject>

#include "core/data/moments.h"
#include "core/data/sample_loader.h"

namespace hbev::ui {

/// Moments are numbered from 0 in a scene; each keyframe is one of them. Somebody else shows keyframes: this
/// only knows the pictures between.
class SweepView : public QObject {
  Q_OBJECT
 public:
  explicit SweepView(TaskQueue& queue, QObject* parent = nullptr);
  ~SweepView() override;

  /// Forgets everything. Null for no data.
  void setDataset(std::shared_ptr<const Dataset> dataset);
  /// Reads where the moments are; at keyframe 0 of it then.
  void setScene(std::size_t scene);
  void setLoading(const LoadOptions& options, std::size_t budget_bytes);
  void setBudget(std::size_t budget_bytes);

  const std::vector<Moment>& moments() const { return *moments_; }
  /// True when the tables know pictures between the keyframes.
  bool hasSweeps() const { return has_sweeps_; }
  int momentOfKeyframe(std::size_t keyframe) const;
  /// The number of the moment that is shown.
  int current() const { return current_; }
  /// Null at a keyframe.
  const Moment* between() const;

  /// Where to be from now on. `keyframe`: everything loaded of the nearest keyframe, for frame().
  void setCurrent(int moment);
  /// Loads what play needs next, and the scene as memory allows; nothing with `on` false.
  void wish(bool on, int direction, double moments_per_second, std::optional<std::pair<int, int>> loop);
  bool isLoaded(int moment) const;
  /// `keyframe` as it looks at the moment: with the moment's pictures and camera poses where they have come.
  /// Pictures that are absent or unreadable are the keyframe's.
  std::shared_ptr<const Frame> frameAt(const Frame& keyframe) const;
  /// Pictures of the current moment are there; always true at a keyframe.
  bool isShown() const { return !between() || isLoaded(current_); }
  std::size_t bytes() const;

 Q_SIGNALS:
  void currentChanged();
  /// The current moment's pictures have come.
  void picturesChanged();
  /// Once a data set: a picture between keyframes is not on the disk.
  void sweepsAbsent();

 private:
  void makeLoader();
  void pictureCame(std::size_t moment);

  TaskQueue& queue_;
  std::shared_ptr<const Dataset> dataset_;
  std::shared_ptr<const std::vector<Moment>> moments_;
  std::unique_ptr<SweepLoader> loader_;
  LoadOptions options_;
  std::size_t budget_bytes_ = 0;
  std::uint64_t generation_ = 0;  ///< of the loader
  bool has_sweeps_ = false;
  bool absence_told_ = false;
  int current_ = 0;
};

}  // namespace hbev::ui
