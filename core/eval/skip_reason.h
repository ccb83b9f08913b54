// Why a keyframe was not scored.
#pragma once

#include <string_view>

namespace hbev {

enum class SkipReason { NoTruth, NoPrediction, Unusable };

/// "no truth", ...
constexpr std::string_view skipReasonTitle(SkipReason reason) {
  switch (reason) {
    case SkipReason::NoTruth:
      return "no truth";
    case SkipReason::NoPrediction:
      return "no prediction";
    case SkipReason::Unusable:
      return "unusable";
  }
  return {};
}

}  // namespace hbev
