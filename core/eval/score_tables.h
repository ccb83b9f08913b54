// The tables of an evaluation: by class, range, height, scene and condition, and two sources compared.
#pragma once

#include <optional>

#include "core/eval/evaluation_summary.h"
#include "core/eval/table.h"

namespace hbev {

/// IoU@1, @2, @4 and their mean, AVE with its spread, true positives and the challenge server's AVE, voxel
/// IoU with and without camera mask; by class, with the means. Columns of what was not evaluated are left
/// out.
Table classTable(const SplitReport& report);

/// Rays by how far from the car, or how high, the truth's ray ends. Nothing without details.
std::optional<Table> rangeTable(const SplitReport& report);
std::optional<Table> heightTable(const SplitReport& report);

/// One row a group of frames: how many, RayIoU, mAVE, OccScore, mIoU.
Table groupTable(const std::vector<GroupReport>& groups, std::string title, std::string id,
                 std::string row_title);
Table conditionTable(const std::vector<GroupReport>& conditions);

/// Rays by true and predicted class, or voxels where no rays were counted by class.
enum class ConfusionUnit { Count, Share };  ///< a share of the true class
std::optional<Table> confusionTable(const SplitReport& report, ConfusionUnit unit);

/// One row a source.
Table sourceTable(const EvaluationSummary& summary);

/// Two sources by class, over the keyframes that both were scored in: RayIoU and AVE of both and the
/// difference, second less first; how many rays are right (within 2 m) in both, one or none of them.
Table differenceTable(const EvaluationSummary& summary, const PairSummary& pair);
/// Up to `count` frames in which RayIoU differs most, the largest change first.
Table changeTable(const EvaluationSummary& summary, const PairSummary& pair, std::size_t count);
/// Up to `count` frames with the lowest RayIoU (mIoU where no rays were cast).
Table worstTable(const EvaluationSummary& summary, const SourceSummary& source, std::size_t count);
/// Every scored frame.
Table frameTable(const EvaluationSummary& summary, const SourceSummary& source);

}  // namespace hbev
