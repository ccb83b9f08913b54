#include "core/eval/mean_iou.h"

#include <limits>

#include "core/eval/statistics.h"

namespace hbev {

VoxelScores scoreVoxels(const Confusion& confusion) {
  VoxelScores scores;
  for (int label = 0; label < confusion.classes(); ++label) {
    std::int64_t either = -confusion.at(label, label);
    for (int other = 0; other < confusion.classes(); ++other) {
      either += confusion.at(label, other) + confusion.at(other, label);
    }
    scores.iou.push_back(either > 0 ? double(confusion.at(label, label)) / double(either)
                                    : std::numeric_limits<double>::quiet_NaN());
  }
  const std::size_t scored = scores.iou.empty() ? 0 : scores.iou.size() - 1;
  scores.mean_iou = meanOfKnown(std::span(scores.iou).first(scored));
  return scores;
}

}  // namespace hbev
