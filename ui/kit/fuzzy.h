// How well typed letters fit a name: all of them in order, beginnings of words first.
#pragma once

#include <optional>
#include <vector>

#include <QtCore/QString>

namespace hbev::ui {

struct FuzzyMatch {
  int score = 0;               ///< Larger is better.
  std::vector<int> positions;  ///< Which letters of the text matched, ascending.
};

/// Nothing when `pattern` (case and blanks aside) is no subsequence of `text`. The best of all alignments.
std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text);

}  // namespace hbev::ui
