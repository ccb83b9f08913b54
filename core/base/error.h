// The one exception for bad input: which file, what was expected, what was found, what to do.
#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <utility>

namespace hbev {

/// What went wrong, in the parts that a window or a terminal shows. Only `summary` is obligatory.
struct Problem {
  std::string summary;  ///< One sentence without the full stop, the thing first: "labels.npz cannot be read".
  std::filesystem::path file;  ///< The file or folder it happened in.
  std::string expected;        ///< "uint8 [200, 200, 16]"
  std::string found;           ///< "uint8 [200, 200, 8]"
  std::string advice;          ///< What to do, a whole sentence.
};

/// One paragraph: "SUMMARY. FILE. Expected X, found Y. ADVICE"
std::string toString(const Problem& problem);

class Error : public std::exception {
 public:
  explicit Error(Problem problem);
  const char* what() const noexcept override { return text_.c_str(); }
  const Problem& problem() const { return problem_; }

 private:
  Problem problem_;
  std::string text_;
};

/// The result of `work`. An Error that leaves it without naming a file gets `file`.
template <class Work>
auto aboutFile(const std::filesystem::path& file, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Error& error) {
    if (!error.problem().file.empty()) throw;
    Problem problem = error.problem();
    problem.file = file;
    throw Error(std::move(problem));
  }
}

/// Work that stopped because somebody asked for it. Not an Error: nothing is shown for it.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "Cancelled"; }
};

}  // namespace hbev
