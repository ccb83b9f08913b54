// Dumps of HBEVOcc and STCOcc: <folder>/<scene>/<token>.npz with semantics and flow (or flows).
#pragma once

#include "core/data/predictions/source.h"

namespace hbev {

PredictionFormat hbevoccFormat();

}  // namespace hbev
