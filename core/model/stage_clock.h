// What listens to the network during a prediction: times of its parts, progress, and the wish to stop.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/model/predictor.h"
#include "core/model/stages.h"
#include "core/ops/device_moment.h"

namespace hbev {

/// The part of predictorStages() that a stage of the parity notes belongs to: "depthnet.out.f1" -> "depth".
const std::string& partOf(const std::string& stage);

/// One prediction's clock. Times between two stages count for the part of the second, as its device comes to
/// them: a card is not waited for until the times are asked for, and progress runs ahead of it.
class StageClock {
 public:
  /// `before`: seconds from the beginning at which the stages of the last prediction came, the last one its
  /// end; empty: progress is guessed from the names.
  StageClock(const PredictWish& wish, int frames, std::vector<double> before, const c10::Device& device);

  /// Throws Cancelled when the prediction is no longer wanted.
  void begin(const std::string& part);
  /// For the network: ends the time of that stage. Throws Cancelled.
  void stage(const std::string& name);
  /// Ends the time of the part that was begun.
  void end();

  std::vector<StageTime> times() const;  ///< parts that took any time
  double seconds() const;                ///< since the clock was made
  std::vector<double> moments() const;   ///< what the next prediction takes as `before`

 private:
  void take(const std::string& part);
  void tell(const std::string& part, const std::string& name);
  double fraction(const std::string& name) const;

  const PredictWish& wish_;
  int frames_;
  std::vector<double> before_;
  c10::Device device_;
  DeviceMoment start_;
  struct Lap {
    std::size_t part = 0;
    DeviceMoment end;
  };
  std::vector<Lap> laps_;
  std::string part_;
  double told_ = -1;
};

}  // namespace hbev
