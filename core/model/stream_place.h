// Where a streaming prediction is in a drive: whether the next keyframe may use what was remembered. Knows no
// Torch.
#pragma once

#include <optional>
#include <string>

#include "core/data/dataset.h"

namespace hbev {

/// What a keyframe is to the last one.
struct StreamStep {
  enum class Kind {
    Next,    ///< the keyframe after it: its past is what is remembered
    Repeat,  ///< the same again: its past is what was remembered before it
    Anew     ///< anything else: nothing that is remembered belongs to it
  };
  Kind kind = Kind::Anew;
  std::string note;  ///< why it begins anew, where that may surprise; a whole sentence
};

class StreamPlace {
 public:
  /// Scenes' borders, jumps, another data set, and a calibration that changed by more than rounding begin
  /// anew.
  StreamStep step(const Dataset& dataset, const FrameKey& key, const Keyframe& keyframe) const;
  /// After a prediction that went well.
  void arrived(const Dataset& dataset, const FrameKey& key, const Keyframe& keyframe);

 private:
  struct Last {
    std::string root;
    FrameKey key;
    Keyframe keyframe;
  };
  std::optional<Last> last_;
};

}  // namespace hbev
