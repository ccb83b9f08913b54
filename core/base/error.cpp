#include "core/base/error.h"

#include <utility>

namespace hbev {

std::string toString(const Problem& problem) {
  std::string text = problem.summary + ".";
  if (!problem.file.empty()) text += " File: " + problem.file.string() + ".";
  if (!problem.expected.empty() && !problem.found.empty()) {
    text += " Expected " + problem.expected + ", found " + problem.found + ".";
  } else if (!problem.expected.empty()) {
    text += " Expected " + problem.expected + ".";
  } else if (!problem.found.empty()) {
    text += " Found " + problem.found + ".";
  }
  if (!problem.advice.empty()) text += " " + problem.advice;
  return text;
}

Error::Error(Problem problem) : problem_(std::move(problem)), text_(toString(problem_)) {}

}  // namespace hbev
