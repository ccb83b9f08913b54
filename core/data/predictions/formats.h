// Every layout that is known, each in a file of its own. The sources of each are named there.
#pragma once

#include "core/data/predictions/format.h"

namespace hbev {

PredictionFormat hbevoccFormat();
PredictionFormat sparseOccFormat();
PredictionFormat cvpr2023Format();
PredictionFormat flashOccFormat();
PredictionFormat labelsFormat();
PredictionFormat cvprBaselineFormat();
PredictionFormat fbOccFormat();
PredictionFormat uniOccFormat();
PredictionFormat frameFilesFormat();
PredictionFormat raySubmissionFormat();
PredictionFormat resultsPickleFormat();
PredictionFormat alOccFormat();
PredictionFormat surroundOccFormat();
PredictionFormat openOccupancyFormat();
PredictionFormat cam4DOccFormat();

/// Why a .npz with a list over time is no prediction of a keyframe; nothing when it holds no list, or a good
/// one. Throws Error, which says the same.
std::optional<std::string> cam4DOccRefusal(const ListedFile& file);

}  // namespace hbev
