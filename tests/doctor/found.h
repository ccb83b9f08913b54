// Looking for a finding by a piece of its title.
#pragma once

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "core/doctor/doctor.h"

namespace hbev {

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << stateName(finding.state) << " " << finding.area << ": " << finding.title << " | " << finding.detail
       << " | " << finding.advice;
}

namespace test {

/// The first finding with `words` in its title.
inline std::optional<Finding> find(const std::vector<Finding>& findings, const std::string& words) {
  const auto found = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.title.find(words) != std::string::npos;
  });
  if (found == findings.end()) return std::nullopt;
  return *found;
}

inline std::optional<Finding::State> stateOf(const std::vector<Finding>& findings, const std::string& words) {
  const std::optional<Finding> finding = find(findings, words);
  if (!finding) return std::nullopt;
  return finding->state;
}

}  // namespace test
}  // namespace hbev
