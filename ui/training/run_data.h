// A training run as the window knows it: facts, state, labels, curves, log and checkpoints, as far as they
// were read.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QtCore/QString>
#include <QtGui/QImage>

#include "core/base/error.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_reader.h"
#include "ui/training/curve_series.h"

namespace hbev::ui {

/// New points of one curve.
struct RunPoints {
  std::string name;
  std::vector<std::int64_t> steps;
  std::vector<double> values;
};

/// What the training itself has kept of an evaluation: a keyframe's prediction from above.
struct RunSample {
  std::int64_t step = 0;
  QImage image;
};

/// A run as it was read last, without its curves.
struct RunSnapshot : RunSummary {
  std::string config_toml;  ///< as run; empty where it cannot be read
  bool has_boost = false;   ///< a list of keyframes to see more often
  std::int64_t last_step = 0;
  std::vector<RunLogLine> log;
  std::vector<RunCheckpoint> checkpoints;  ///< that are there, by step
  std::uint64_t checkpoint_bytes = 0;
  std::vector<RunSample> samples;            ///< first, middle and last, by step; only with `has_curves`
  bool has_curves = false;                   ///< all curves, not only those of evaluations
  bool is_attached = false;                  ///< lies outside the runs folder
  std::vector<std::filesystem::path> named;  ///< as it was attached; `folder` is canonical
  std::optional<Problem> unreadable;         ///< why nothing is known of it but its folder
};

/// What reading a run again has brought.
struct RunUpdate : RunSnapshot {
  bool from_start = false;  ///< the curves are read anew
  std::vector<RunPoints> points;
};

struct RunData : RunSnapshot {
  /// By the reader's names; RayIoU in percent.
  std::map<std::string, std::shared_ptr<CurveSeries>> curves;
  int color = -1;            ///< number of a curve colour while it is checked
  bool is_reachable = true;  ///< else all is as it was read last

  /// Why it is not followed: unreadable, or out of reach.
  std::optional<Problem> trouble() const;
  /// Running or paused.
  bool isGoing() const { return state == RunState::Running || state == RunState::Paused; }
  /// Else on a processor.
  bool isOnCard() const;
  QString name() const { return QString::fromStdString(facts.name); }
  std::int64_t totalSteps() const;
  /// Null when there is none of that name.
  std::shared_ptr<CurveSeries> curve(const std::string& name) const;
  std::optional<double> lastOf(const std::string& curve) const;
  /// RayIoU in percent: the best so far, and its step.
  struct Best {
    double ray_iou = 0;
    std::int64_t step = 0;
  };
  std::optional<Best> best() const;
  /// Of the last steps, s.
  std::optional<double> secondsPerStep() const;
  std::optional<double> secondsLeft() const;
  /// Names of the loss terms, the largest first: "loss_occ", without the total.
  std::vector<std::string> lossTerms() const;
  /// Null when there is none.
  const RunCheckpoint* newestCheckpoint() const;
  /// Of a run without a RayIoU there is none, whatever its log says.
  const RunCheckpoint* bestCheckpoint() const;
  /// RayIoU in percent of the evaluation at that step, or shortly after it.
  std::optional<double> scoreAt(std::int64_t step) const;

  void take(const RunUpdate& update, double smoothing);
};

/// What is said of a run, or a folder of runs, whose disk does not answer.
Problem doesNotAnswer(const std::filesystem::path& folder);
/// "Running", "Lost": for people.
QString stateText(const RunData& run);
/// "Cross-entropy" for "loss_occ": what the reference's names mean.
QString lossTitle(const std::string& name);

}  // namespace hbev::ui
