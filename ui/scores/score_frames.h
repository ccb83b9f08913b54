// What an evaluation's file says keyframe by keyframe: scores by class and the cells of both confusion
// tables, for the way from a number to the keyframes behind it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/data/sample_loader.h"
#include "core/eval/evaluation_summary.h"

namespace hbev::ui {

/// What the cells of a confusion table count.
enum class CellUnit { Rays, Voxels };

/// One keyframe of one source. Scores are fractions, velocities m/s; NaN where there is none.
struct FrameFigures {
  FrameKey key;  ///< in the data set that is open
  double ray_iou = 0, mean_iou = 0, mave_mps = 0, occ_score = 0;
  std::vector<float> class_iou;                     ///< RayIoU by class, without free
  std::array<std::vector<std::uint32_t>, 2> cells;  ///< [unit][truth, prediction]; empty: not counted
  std::uint32_t cell(CellUnit unit, int truth, int predicted, int classes) const;
};

/// Of one keyframe's report.
FrameFigures figuresOf(const FrameKey& key, const FrameReport& report);

/// A keyframe and how much of what was asked for it holds.
struct RankedFrame {
  FrameKey key;
  double value = 0;
};

/// An evaluation that was read; never changed afterwards.
struct Evaluation {
  std::filesystem::path file;
  EvaluationSummary summary;
  const ClassSet* classes = &ClassSet::openocc();
  std::vector<std::vector<FrameFigures>> frames;             ///< by source, by ordinal
  std::vector<std::map<FrameKey, std::size_t>> places;       ///< by source, into frames
  std::vector<std::map<std::size_t, double>> scene_ray_iou;  ///< by source, then by the data set's scene

  /// Of all keyframes' values of a source the lower and the upper quartile; NaN without any.
  std::pair<double, double> quartiles(std::size_t source,
                                      const std::function<double(const FrameFigures&)>& value) const;

  /// Null when the keyframe was not scored in it.
  const FrameFigures* figures(std::size_t source, const FrameKey& key) const;
  /// Keyframes with rays or voxels of `truth` that were taken for `predicted`, the most first.
  std::vector<RankedFrame> framesOfCell(std::size_t source, int truth, int predicted, CellUnit unit) const;
  /// Rays or voxels of a confusion table, all keyframes together; null where they were not counted.
  const Confusion* confusion(std::size_t source, CellUnit unit) const;
  /// The pair of two sources that were evaluated together, and whether `first` is its first.
  std::optional<std::pair<const PairSummary*, bool>> pair(std::size_t first, std::size_t second) const;
};

/// Reads a file of `hbevocc evaluate --out` or of the window. Keyframes are found in `dataset` by their
/// tokens. Throws Error when it is none, damaged, or holds no keyframe of the data set.
std::shared_ptr<const Evaluation> readEvaluation(const std::filesystem::path& file, const Dataset& dataset);
/// The same of a store that is open.
std::shared_ptr<const Evaluation> evaluationOf(const EvaluationStore& store, const Dataset& dataset);

/// The confusion table of a sum over keyframes; null where it was not counted.
const Confusion* confusionOf(const SplitReport& report, CellUnit unit);

}  // namespace hbev::ui
