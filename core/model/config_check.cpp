// What is allowed in a configuration.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/model/config_keys.h"

namespace hbev {
namespace {

constexpr int kFeatureStride = 16;  // pixels per feature of the neck
constexpr int kBevStrides = 8;      // the three stages of the BEV encoder halve their map each

/// Checks each value by itself.
class RangeCheck {
 public:
  explicit RangeCheck(const std::function<std::string(const std::string& key)>& given) : given_(given) {}
  std::vector<std::string> mistakes;

  void text(const std::string& key, const std::string& value) {
    if (value.empty()) mistakes.push_back(key + " is missing");
  }
  void choice(const std::string& key, const std::string& value, const std::vector<std::string>& allowed) {
    if (std::ranges::find(allowed, value) == allowed.end()) {
      mistakes.push_back(fmt::format("{} is \"{}\"; allowed are {}", key, value, fmt::join(allowed, ", ")));
    }
  }
  void flag(const std::string&, bool) {}
  template <class Number>
  void number(const std::string& key, Number value, Number lowest, Number highest) {
    if (!(value >= lowest && value <= highest)) {
      mistakes.push_back(fmt::format("{} is {}, outside {} to {}", key,
                                     asGiven(key, fmt::format("{}", value)), lowest, highest));
    }
  }
  void list(const std::string& key, const std::vector<int>& values, std::size_t most, int lowest,
            int highest) {
    if (values.size() > most) {
      mistakes.push_back(fmt::format("{} must be a list of up to {} whole numbers", key, most));
    } else {
      numbers(key, values, values.size(), lowest, highest);
    }
  }
  void numbers(const std::string& key, const std::vector<int>& values, std::size_t count, int lowest,
               int highest) {
    if (values.size() != count) {
      mistakes.push_back(fmt::format("{} must be a list of {} whole numbers", key, count));
    } else if (std::ranges::any_of(values, [&](int value) { return value < lowest || value > highest; })) {
      mistakes.push_back(fmt::format("{} is {}, with a number outside {} to {}", key,
                                     asGiven(key, fmt::format("[{}]", fmt::join(values, ", "))), lowest,
                                     highest));
    }
  }
  void range(const std::string& key, const AxisRange& range, double lowest, double highest, int most_cells) {
    const bool finite = std::isfinite(range.lower) && std::isfinite(range.upper) && std::isfinite(range.step);
    const double cells = (range.upper - range.lower) / range.step;
    if (!finite || range.lower < lowest || range.upper > highest || range.upper <= range.lower) {
      mistakes.push_back(
          fmt::format("{} is {}; it must rise from its lower to its upper bound within {} to {}", key,
                      asGiven(key, textOf(range)), lowest, highest));
    } else if (!(cells >= 0.5 && cells <= most_cells) || std::abs(cells - std::round(cells)) > 1e-4) {
      mistakes.push_back(fmt::format("{} is {}; its step must divide it into 1 to {} whole cells", key,
                                     asGiven(key, textOf(range)), most_cells));
    }
  }
  void bounds(const std::string& key, const AxisRange& range, double lowest, double highest) {
    if (!(range.lower >= lowest && range.upper <= highest && range.lower <= range.upper)) {
      mistakes.push_back(fmt::format("{} is {}; it must rise within {} to {}", key,
                                     asGiven(key, fmt::format("[{}, {}]", range.lower, range.upper)), lowest,
                                     highest));
    }
  }

 private:
  static std::string textOf(const AxisRange& range) {
    return fmt::format("[{}, {}, {}]", range.lower, range.upper, range.step);
  }
  /// Numbers far outside were cut when they were read.
  std::string asGiven(const std::string& key, const std::string& value) const {
    const std::string text = given_(key);
    return text.empty() ? value : text;
  }

  const std::function<std::string(const std::string& key)>& given_;
};

/// How values must fit each other. Only asked when each is in its range.
std::vector<std::string> misfitsOf(const ModelConfig& c) {
  std::vector<std::string> mistakes;
  const auto demand = [&](bool fits, std::string sentence) {
    if (!fits) mistakes.push_back(std::move(sentence));
  };
  const std::array<int, 4> depths{18, 34, 50, 101};
  demand(std::ranges::find(depths, c.backbone.depth) != depths.end(),
         fmt::format("backbone.depth is {}; allowed are {}", c.backbone.depth, fmt::join(depths, ", ")));
  demand(c.image.height % kFeatureStride == 0, "image.height must be a multiple of 16");
  demand(c.image.width % kFeatureStride == 0, "image.width must be a multiple of 16");
  demand(c.lift.x.cells() % kBevStrides == 0, "lift.x must have a multiple of 8 cells");
  demand(c.lift.y.cells() % kBevStrides == 0, "lift.y must have a multiple of 8 cells");
  demand(c.backward.columns * 2 == c.lift.x.cells(),
         fmt::format("backward.columns must be {}, half of lift.x's cells", c.lift.x.cells() / 2));
  demand(c.backward.rows * 2 == c.lift.y.cells(),
         fmt::format("backward.rows must be {}, half of lift.y's cells", c.lift.y.cells() / 2));
  for (const std::size_t stage : {0U, 2U}) {
    const int channels = c.bev_encoder.channels[stage];
    demand(
        channels % c.height_attention.heads == 0 && channels % 2 == 0,
        fmt::format("bev_encoder.channels: {} must be even and divisible by the {} heads of height_attention",
                    channels, c.height_attention.heads));
  }
  demand(c.backward.channels % c.height_attention.heads == 0 && c.backward.channels % 2 == 0,
         fmt::format("backward.channels must be even and divisible by the {} heads of height_attention",
                     c.height_attention.heads));
  demand(c.backward.channels % c.backward.heads == 0,
         fmt::format("backward.channels must be divisible by backward.heads, {}", c.backward.heads));
  demand(c.backward.points % c.backward.z.cells() == 0,
         fmt::format("backward.points must be a multiple of backward.z's {} cells", c.backward.z.cells()));
  const TrainingConfig& training = c.training;
  const bool falls = training.schedule == "step";
  demand(!falls || !training.falls.empty(), "training.schedule is \"step\", but training.falls is empty");
  demand(falls || training.falls.empty(),
         fmt::format("training.falls needs training.schedule \"step\", not \"{}\"", training.schedule));
  demand(std::ranges::is_sorted(training.falls), "training.falls must rise");
  return mistakes;
}

}  // namespace

std::vector<std::string> mistakesOf(const ModelConfig& config) {
  return mistakesOf(config, [](const std::string&) { return std::string(); });
}

std::vector<std::string> mistakesOf(const ModelConfig& config,
                                    const std::function<std::string(const std::string& key)>& given) {
  RangeCheck check(given);
  visitKeys(config, check);
  return check.mistakes.empty() ? misfitsOf(config) : check.mistakes;
}

}  // namespace hbev
