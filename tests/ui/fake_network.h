// A network for the tests of the window: quick, obedient, and as slow, refusing or failing as a test wants.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "ui/predict/predict_backend.h"

namespace hbev::ui::test {

/// What a test tells the network, and what it has done. Shared with the predicting thread.
struct FakeControl {
  std::atomic<bool> hold{false};          ///< predictions wait, and listen to their stop token
  std::atomic<bool> hold_loading{false};  ///< the same for loading, at half of the weights
  std::atomic<int> loads{0};
  std::atomic<bool> averaged{false};  // what was asked for last
  std::atomic<bool> half{false};
  std::atomic<int> cancelled{0};
  std::mutex mutex;
  std::string weights_hash = "untrained";
  std::vector<FrameKey> predicted;       ///< guarded by mutex
  std::optional<Problem> fails_to_load;  ///< as weights that fit in part, unless a mismatch is allowed
  std::optional<FrameKey> fails_at;      ///< this keyframe cannot be predicted
  std::size_t count();
};

/// Configurations "demo", "big" and "a-configuration-with-a-name-that-is-longer-than-any-panel-is-wide".
PredictBackend fakeBackend(const std::shared_ptr<FakeControl>& control);

/// The error of weights that fit in part.
Problem misfit(const std::filesystem::path& weights);

}  // namespace hbev::ui::test
