#include "core/data/scene_conditions.h"

#include <cctype>
#include <string>

namespace hbev {
namespace {

struct Word {
  std::string_view beginning;  ///< "rain" also means "rainy" and "raining", but not "train"
  SceneCondition condition;
};

constexpr std::array<Word, 10> kWords{{{"night", SceneCondition::Night},
                                       {"dark", SceneCondition::Night},
                                       {"dusk", SceneCondition::Dusk},
                                       {"dawn", SceneCondition::Dusk},
                                       {"sunset", SceneCondition::Dusk},
                                       {"sunrise", SceneCondition::Dusk},
                                       {"twilight", SceneCondition::Dusk},
                                       {"rain", SceneCondition::Rain},
                                       {"drizzle", SceneCondition::Rain},
                                       {"wet", SceneCondition::Rain}}};

}  // namespace

std::string_view conditionName(SceneCondition condition) {
  constexpr std::array<std::string_view, 4> kNames{"day", "dusk", "night", "rain"};
  return kNames[std::size_t(condition)];
}

std::set<SceneCondition> conditionsOf(std::string_view description) {
  std::set<SceneCondition> conditions;
  std::string word;
  bool has_words = false;
  const auto endWord = [&] {
    has_words = has_words || !word.empty();
    for (const Word& known : kWords) {
      if (word.starts_with(known.beginning)) conditions.insert(known.condition);
    }
    word.clear();
  };
  for (const char letter : description) {
    if (std::isalpha(static_cast<unsigned char>(letter))) {
      word += char(std::tolower(static_cast<unsigned char>(letter)));
    } else {
      endWord();
    }
  }
  endWord();
  if (has_words && !conditions.contains(SceneCondition::Night) && !conditions.contains(SceneCondition::Dusk))
    conditions.insert(SceneCondition::Day);
  return conditions;
}

}  // namespace hbev
