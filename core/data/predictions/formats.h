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

}  // namespace hbev
