#include "ui/kit/fuzzy.h"

#include <algorithm>
#include <limits>

namespace hbev::ui {
namespace {

constexpr int kWordStart = 10, kNeighbour = 15, kLetter = 1, kTextStart = 6;
constexpr int kNone = std::numeric_limits<int>::min() / 2;

bool startsWord(const QString& text, qsizetype at) {
  return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& text) {
  QString letters;
  for (const QChar letter : pattern)
    if (!letter.isSpace()) letters += letter.toLower();
  const int rows = int(letters.size()), columns = int(text.size());
  if (rows == 0) return FuzzyMatch{};
  if (rows > columns) return {};

  // best[i][j]: the best score of the first i + 1 letters with letter i on text[j]; from[i][j]: where letter
  // i - 1 lay.
  std::vector<std::vector<int>> best(rows, std::vector<int>(columns, kNone)), from = best;
  for (int i = 0; i < rows; ++i) {
    int before = kNone, before_at = -1;  // The best of row i - 1 left of j.
    for (int j = 0; j < columns; ++j) {
      if (text[j].toLower() == letters[i]) {
        const int own = kLetter + (startsWord(text, j) ? kWordStart : 0) + (j == 0 ? kTextStart : 0);
        if (i == 0) {
          best[i][j] = own;
        } else {
          const int adjacent = j > 0 && best[i - 1][j - 1] > kNone ? best[i - 1][j - 1] + kNeighbour : kNone;
          const int reached = std::max(adjacent, before);
          if (reached > kNone) {
            best[i][j] = own + reached;
            from[i][j] = adjacent >= before ? j - 1 : before_at;
          }
        }
      }
      if (i > 0 && best[i - 1][j] > before) {
        before = best[i - 1][j];
        before_at = j;
      }
    }
  }
  const auto end = std::ranges::max_element(best.back());
  if (*end == kNone) return {};
  FuzzyMatch match{*end, std::vector<int>(std::size_t(rows))};
  for (int i = rows - 1, j = int(end - best.back().begin()); i >= 0; j = from[i][j], --i)
    match.positions[std::size_t(i)] = j;
  match.score = match.score * 100 - columns;  // Among equals the shorter name.
  return match;
}

}  // namespace hbev::ui
