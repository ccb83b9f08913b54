// Light and weather of a scene, read from its description: what people filter scenes by.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string_view>

namespace hbev {

enum class SceneCondition : std::uint8_t { Day, Dusk, Night, Rain };
inline constexpr std::array<SceneCondition, 4> kSceneConditions{SceneCondition::Day, SceneCondition::Dusk,
                                                                SceneCondition::Night, SceneCondition::Rain};
std::string_view conditionName(SceneCondition condition);  ///< "day", "dusk", "night", "rain"

/// What the words of a description say ("Night, after rain": night and rain). nuScenes mentions night and
/// rain and takes the day for granted: a scene that is neither dusk nor night is a day scene. An empty
/// description says nothing.
std::set<SceneCondition> conditionsOf(std::string_view description);

}  // namespace hbev
