#include "core/doctor/findings.h"

#include <algorithm>

#include <fmt/format.h>

namespace hbev {

std::string_view stateName(Finding::State state) {
  switch (state) {
    case Finding::State::Good:
      return "good";
    case Finding::State::Note:
      return "note";
    case Finding::State::Warning:
      return "warning";
    case Finding::State::Failure:
      return "failure";
  }
  return "";
}

Finding::State worstOf(const std::vector<Finding>& findings) {
  Finding::State worst = Finding::State::Good;
  for (const Finding& finding : findings)
    worst = std::max(worst, finding.state);
  return worst;
}

namespace doctor {

Finding fromProblem(Finding::State state, std::string area, const Problem& problem) {
  std::string detail = problem.file.string();
  const auto add = [&](std::string_view word, const std::string& text) {
    if (text.empty()) return;
    detail += fmt::format("{}{} {}", detail.empty() ? "" : ": ", word, text);
  };
  if (problem.expected.empty()) {
    if (!problem.found.empty()) detail += (detail.empty() ? "" : ": ") + problem.found;
  } else {
    add("expected", problem.expected);
    if (!problem.found.empty()) detail += ", found " + problem.found;
  }
  return {state, std::move(area), problem.summary, detail, problem.advice};
}

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

}  // namespace doctor
}  // namespace hbev
