// What listens to the network during a prediction: times of its parts, progress, and the wish to stop.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/model/predictor.h"
#include "core/model/stages.h"

namespace hbev {

/// The part of predictorStages() that a stage of the parity notes belongs to: "depthnet.out.f1" -> "depth".
const std::string& partOf(const std::string& stage);

/// One prediction's clock. Times between two stages count for the part of the second.
class StageClock {
 public:
  /// `before`: seconds from the beginning at which the stages of the last prediction came, the last one its
  /// end; empty: progress is guessed from the names. `synchronize` waits for the device; may be empty.
  StageClock(const PredictWish& wish, int frames, std::vector<double> before,
             std::function<void()> synchronize);

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
  std::vector<double> before_, moments_;
  std::function<void()> synchronize_;
  std::chrono::steady_clock::time_point start_, last_;
  std::vector<double> seconds_;  // of each part
  std::string part_;
  double told_ = -1;
};

}  // namespace hbev
