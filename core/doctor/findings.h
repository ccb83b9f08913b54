// Short ways to say what was found. Private to the doctor.
#pragma once

#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/doctor/doctor.h"

namespace hbev::doctor {

inline Finding good(std::string area, std::string title, std::string detail = {}) {
  return {Finding::State::Good, std::move(area), std::move(title), std::move(detail), {}};
}
inline Finding note(std::string area, std::string title, std::string detail = {}, std::string advice = {}) {
  return {Finding::State::Note, std::move(area), std::move(title), std::move(detail), std::move(advice)};
}
inline Finding warning(std::string area, std::string title, std::string detail = {},
                       std::string advice = {}) {
  return {Finding::State::Warning, std::move(area), std::move(title), std::move(detail), std::move(advice)};
}
inline Finding failure(std::string area, std::string title, std::string detail = {},
                       std::string advice = {}) {
  return {Finding::State::Failure, std::move(area), std::move(title), std::move(detail), std::move(advice)};
}

/// What an Error says, as a finding.
Finding fromProblem(Finding::State state, std::string area, const Problem& problem);

/// "3 pictures", "1 picture".
std::string counted(std::size_t count, const char* one, const char* many);

}  // namespace hbev::doctor
