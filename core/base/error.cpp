#include "core/base/error.h"

#include <utility>

namespace hbev {
namespace {

constexpr std::size_t kLongest = 400;  // bytes; more than a sentence needs

void withoutControls(std::string& text, bool lines_allowed) {
  for (char& c : text) {
    const auto code = static_cast<unsigned char>(c);
    if ((code < ' ' && !(c == '\n' && lines_allowed)) || code == 0x7F) c = '?';
  }
}

/// Messages quote what files say of themselves. A file may say a megabyte, or what makes a terminal do
/// things.
void makeReadable(std::string& text) {
  if (text.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (text[end] & 0xC0) == 0x80)
      --end;  // not in the middle of a UTF-8 character
    text.resize(end);
    text += "...";
  }
  withoutControls(text, true);
}

/// With the full stop that a sentence in it may have already.
std::string ended(std::string text) {
  return text.ends_with('.') ? text : text + ".";
}

Problem readable(Problem problem) {
  for (std::string* text : {&problem.summary, &problem.expected, &problem.found, &problem.advice})
    makeReadable(*text);
  withoutControls(problem.summary, false);  // one sentence, whatever the name of the file in it
  return problem;
}

}  // namespace

std::string toString(const Problem& problem) {
  std::string text = ended(problem.summary);
  if (!problem.file.empty()) {
    std::string file = problem.file.string();
    withoutControls(file, false);
    text += " File: " + file + ".";
  }
  if (!problem.expected.empty() && !problem.found.empty()) {
    text += " Expected " + problem.expected + ", found " + ended(problem.found);
  } else if (!problem.expected.empty()) {
    text += " Expected " + ended(problem.expected);
  } else if (!problem.found.empty()) {
    text += " Found " + ended(problem.found);
  }
  if (!problem.advice.empty()) text += " " + problem.advice;
  return text;
}

Error::Error(Problem problem) : problem_(readable(std::move(problem))), text_(toString(problem_)) {}

}  // namespace hbev
