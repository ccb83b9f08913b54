// What `hbevocc predict` tells at its end: how many keyframes and how fast, what was skipped and why.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/predictor.h"

namespace hbev {

/// "1 keyframe", "2 keyframes"
std::string keyframesText(std::size_t count);

class PredictionSummary {
 public:
  /// `where`: "scene-0103/3e87...".
  void add(const std::string& where, const PredictedFrame& frame);
  void addFinishedBefore() { ++finished_before_; }
  void skip(const std::string& where, const Problem& problem);

  std::size_t predicted() const { return predicted_; }
  std::size_t finished() const { return predicted_ + finished_before_; }
  bool isComplete() const { return skipped_.empty(); }

  /// Times to standard output; to standard error what was noted and skipped, each reason once.
  void print(const PredictorFacts& facts) const;
  void printSkipped() const;

 private:
  struct Reason {
    std::string text, first;
    std::size_t count = 0;
  };
  static void count(std::vector<Reason>& reasons, const std::string& text, const std::string& where);

  std::size_t predicted_ = 0, finished_before_ = 0;
  double seconds_ = 0;
  std::map<std::string, double> stages_;
  std::vector<Reason> skipped_, notes_;
};

}  // namespace hbev
