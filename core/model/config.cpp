#include "core/model/config.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;
constexpr int kFeatureStride = 16;  // pixels per feature of the neck
constexpr int kBevStrides = 8;      // the three stages of the BEV encoder halve their map each

/// Every value of a configuration by its key. One list serves reading, checking and the search for unknown
/// keys.
template <class Config, class Visitor>
void visitKeys(Config& c, Visitor& v) {
  v.text("name", c.name);
  v.choice("classes", c.classes, {"openocc", "occ3d"});
  v.flag("flow", c.flow);
  v.number("past_keyframes", c.past_keyframes, 0, 32);
  v.number("image.height", c.image.height, 32, 4096);
  v.number("image.width", c.image.width, 32, 4096);
  v.number("image.source_height", c.image.source_height, 32, 16384);
  v.number("image.source_width", c.image.source_width, 32, 16384);
  v.number("backbone.depth", c.backbone.depth, 18, 101);
  v.number("backbone.base_channels", c.backbone.base_channels, 1, 256);
  v.number("backbone.neck_channels", c.backbone.neck_channels, 1, 2048);
  v.range("lift.x", c.lift.x, -500, 500, 1024);
  v.range("lift.y", c.lift.y, -500, 500, 1024);
  v.range("lift.z", c.lift.z, -100, 100, 256);
  v.range("lift.depth", c.lift.depth, 0.01, 500, 512);
  v.number("lift.channels", c.lift.channels, 1, 1024);
  v.number("lift.aspp_channels", c.lift.aspp_channels, 1, 2048);
  v.number("lift.stereo_bias", c.lift.stereo_bias, 0.0, 1000.0);
  v.number("lift.fuse_blocks", c.lift.fuse_blocks, 1, 16);
  v.numbers("bev_encoder.channels", c.bev_encoder.channels, 3, 1, 4096);
  v.numbers("bev_encoder.blocks", c.bev_encoder.blocks, 3, 1, 16);
  v.number("bev_encoder.out_channels", c.bev_encoder.out_channels, 1, 4096);
  v.number("height_attention.heads", c.height_attention.heads, 1, 64);
  v.number("height_attention.points", c.height_attention.points, 1, 64);
  v.number("height_attention.fine_reach", c.height_attention.fine_reach, 0.0, 1000.0);
  v.number("height_attention.coarse_reach", c.height_attention.coarse_reach, 0.0, 1000.0);
  v.number("backward.rows", c.backward.rows, 2, 1024);
  v.number("backward.columns", c.backward.columns, 2, 1024);
  v.range("backward.z", c.backward.z, -100, 100, 256);
  v.number("backward.channels", c.backward.channels, 2, 4096);
  v.number("backward.heads", c.backward.heads, 1, 64);
  v.number("backward.points", c.backward.points, 1, 256);
  v.number("backward.layers", c.backward.layers, 1, 12);
  v.number("backward.feedforward", c.backward.feedforward, 1, 16384);
  v.number("backward.out_channels", c.backward.out_channels, 1, 4096);
  v.number("head.heights", c.head.heights, 1, 256);
  v.number("training.epochs", c.training.epochs, 1, 10000);
  v.number("training.batch_size", c.training.batch_size, 1, 1024);
  v.number("training.learning_rate", c.training.learning_rate, 0.0, 1.0);
  v.number("training.weight_decay", c.training.weight_decay, 0.0, 1.0);
  v.number("training.clip_norm", c.training.clip_norm, 0.0, 1e6);
  v.number("training.warmup_iterations", c.training.warmup_iterations, 0, 1000000);
  v.number("training.warmup_ratio", c.training.warmup_ratio, 0.0, 1.0);
  v.choice("training.schedule", c.training.schedule, {"constant", "cosine"});
  v.number("training.ema_decay", c.training.ema_decay, 0.0, 1.0);
  v.number("training.ema_updates", c.training.ema_updates, 0, 1000000000);
  v.number("training.scene_parts", c.training.scene_parts, 1, 1000000);
  v.flag("training.recompute", c.training.recompute);
  v.flag("training.camera_mask", c.training.camera_mask);
  v.bounds("training.resize", c.training.resize, -0.9, 10);
  v.bounds("training.rotate_deg", c.training.rotate_deg, -180, 180);
  v.flag("training.flip_images", c.training.flip_images);
  v.flag("training.flip_x", c.training.flip_x);
  v.flag("training.flip_y", c.training.flip_y);
}

/// Takes values out of a TOML table; wrong types are mistakes.
class Reader {
 public:
  explicit Reader(const toml::table& table) : table_(table) {}

  void text(const std::string& key, std::string& value) { take<std::string>(key, value, "text"); }
  void choice(const std::string& key, std::string& value, const std::vector<std::string>&) {
    text(key, value);
  }
  void flag(const std::string& key, bool& value) { take<bool>(key, value, "true or false"); }
  void number(const std::string& key, int& value, int lowest, int highest) {
    std::int64_t wide = value;
    take<std::int64_t>(key, wide, "a whole number");
    // Saturated: the check that follows says what is allowed.
    value = int(std::clamp<std::int64_t>(wide, std::int64_t(lowest) - 1, std::int64_t(highest) + 1));
  }
  void number(const std::string& key, double& value, double, double) { take<double>(key, value, "a number"); }
  void numbers(const std::string& key, std::vector<int>& values, std::size_t count, int lowest, int highest) {
    const auto given = list(key, count, "whole numbers");
    if (given.empty()) return;
    values.clear();
    for (const double number : given) {
      if (number != std::floor(number)) mistakes_.push_back(key + " must hold whole numbers");
      values.push_back(int(std::clamp(number, lowest - 1.0, highest + 1.0)));
    }
  }
  void range(const std::string& key, AxisRange& value, double, double, int) {
    if (const auto given = list(key, 3, "numbers: lower, upper, step"); !given.empty()) {
      value = {given[0], given[1], given[2]};
    }
  }
  void bounds(const std::string& key, AxisRange& value, double, double) {
    if (const auto given = list(key, 2, "numbers: lowest, highest"); !given.empty()) {
      value.lower = given[0], value.upper = given[1];
    }
  }

  /// All mistakes, those of keys that nobody asked for too.
  std::vector<std::string> finish() {
    findUnknown(table_, "");
    return std::move(mistakes_);
  }

 private:
  toml::node_view<const toml::node> find(const std::string& key) {
    known_.insert(key);
    return table_.at_path(key);
  }

  template <class Stored, class Value>
  void take(const std::string& key, Value& value, const char* what) {
    const auto node = find(key);
    if (!node) return;
    if (const auto given = node.template value_exact<Stored>()) {
      value = *given;
    } else if (const auto whole = node.template value<double>(); std::is_same_v<Stored, double> && whole) {
      if constexpr (std::is_same_v<Stored, double>) value = *whole;
    } else {
      mistakes_.push_back(fmt::format("{} must be {}", key, what));
    }
  }

  std::vector<double> list(const std::string& key, std::size_t count, const char* what) {
    const auto node = find(key);
    if (!node) return {};
    std::vector<double> values;
    if (const toml::array* array = node.as_array()) {
      for (const toml::node& element : *array) {
        if (const auto number = element.value<double>(); number && element.is_number())
          values.push_back(*number);
      }
      if (array->size() == count && values.size() == count) return values;
    }
    mistakes_.push_back(fmt::format("{} must be a list of {} {}", key, count, what));
    return {};
  }

  void findUnknown(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      const auto inside = known_.lower_bound(name + ".");
      const bool section = inside != known_.end() && inside->starts_with(name + ".");
      if (section && node.is_table()) {
        findUnknown(*node.as_table(), name + ".");
      } else if (section) {
        mistakes_.push_back(name + " must be a section");
      } else if (!known_.contains(name)) {
        mistakes_.push_back(name + " is no key of a configuration");
      }
    }
  }

  const toml::table& table_;
  std::set<std::string> known_;
  std::vector<std::string> mistakes_;
};

/// Checks each value by itself.
class RangeCheck {
 public:
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
      mistakes.push_back(fmt::format("{} is outside {} to {}", key, lowest, highest));
    }
  }
  void numbers(const std::string& key, const std::vector<int>& values, std::size_t count, int lowest,
               int highest) {
    if (values.size() != count) {
      mistakes.push_back(fmt::format("{} must be a list of {} whole numbers", key, count));
    } else if (std::ranges::any_of(values, [&](int value) { return value < lowest || value > highest; })) {
      mistakes.push_back(fmt::format("{} holds a number outside {} to {}", key, lowest, highest));
    }
  }
  void range(const std::string& key, const AxisRange& range, double lowest, double highest, int most_cells) {
    const bool finite = std::isfinite(range.lower) && std::isfinite(range.upper) && std::isfinite(range.step);
    const double cells = (range.upper - range.lower) / range.step;
    if (!finite || range.lower < lowest || range.upper > highest || range.upper <= range.lower) {
      mistakes.push_back(fmt::format("{} must rise from its lower to its upper bound within {} to {}", key,
                                     lowest, highest));
    } else if (!(cells >= 0.5 && cells <= most_cells) || std::abs(cells - std::round(cells)) > 1e-4) {
      mistakes.push_back(
          fmt::format("{} must be divided by its step into 1 to {} whole cells", key, most_cells));
    }
  }
  void bounds(const std::string& key, const AxisRange& range, double lowest, double highest) {
    if (!(range.lower >= lowest && range.upper <= highest && range.lower <= range.upper)) {
      mistakes.push_back(fmt::format("{} must rise within {} to {}", key, lowest, highest));
    }
  }
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
  return mistakes;
}

toml::table parsedToml(std::string_view text, const std::filesystem::path& name) {
  try {
    return toml::parse(text, name.string());
  } catch (const toml::parse_error& error) {
    throw Error(
        {.summary = fmt::format("Line {} is no TOML: {}", error.source().begin.line, error.description()),
         .file = name,
         .expected = {},
         .found = {},
         .advice = {}});
  }
}

/// What `text` is as a TOML value; else it is text.
toml::table settingOf(const std::string& text) {
  try {
    return toml::parse("value = " + text + "\n");
  } catch (const toml::parse_error&) {
    return toml::table{{"value", text}};
  }
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::vector<std::string>& mistakes) {
  throw Error({.summary = fmt::format("The configuration has {} mistake{}: {}", mistakes.size(),
                                      mistakes.size() == 1 ? "" : "s", fmt::join(mistakes, "; ")),
               .file = file,
               .expected = {},
               .found = {},
               .advice = {}});
}

}  // namespace

const ClassSet& ModelConfig::classSet() const {
  if (const ClassSet* found = ClassSet::find(classes)) return *found;
  throw Error({.summary = "There is no class set of that name",
               .file = {},
               .expected = "openocc or occ3d",
               .found = classes,
               .advice = {}});
}

GridSpec ModelConfig::grid() const {
  return {.origin = {lift.x.lower, lift.y.lower, lift.z.lower},
          .voxel_m = lift.x.step,
          .dims = {lift.x.cells(), lift.y.cells(), head.heights}};
}

std::vector<std::string> mistakesOf(const ModelConfig& config) {
  RangeCheck check;
  visitKeys(config, check);
  return check.mistakes.empty() ? misfitsOf(config) : check.mistakes;
}

ModelConfig parseModelConfig(std::string_view text, const std::filesystem::path& name) {
  const toml::table table = parsedToml(text, name);
  ModelConfig config;
  Reader reader(table);
  visitKeys(config, reader);
  std::vector<std::string> mistakes = reader.finish();
  if (mistakes.empty()) mistakes = mistakesOf(config);
  if (!mistakes.empty()) refuse(name, mistakes);
  return config;
}

std::string withSettings(std::string_view text, const std::vector<std::string>& settings,
                         const std::filesystem::path& name) {
  if (settings.empty()) return std::string(text);
  toml::table table = parsedToml(text, name);
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw Error({.summary = "A setting cannot be understood",
                   .file = {},
                   .expected = "section.key=value, as in training.learning_rate=1e-3",
                   .found = setting,
                   .advice = {}});
    }
    toml::table value = settingOf(setting.substr(equals + 1));
    std::string key = setting.substr(0, equals);
    toml::table* section = &table;
    for (std::size_t dot = key.find('.'); section && dot != std::string::npos; dot = key.find('.')) {
      section = section->insert(key.substr(0, dot), toml::table{}).first->second.as_table();
      key.erase(0, dot + 1);
    }
    if (section && value.contains("value")) section->insert_or_assign(key, std::move(*value.get("value")));
  }
  std::ostringstream stream;
  stream << table << '\n';
  return stream.str();
}

ModelConfig readModelConfig(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, kMaxFileBytes);
  return parseModelConfig({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file);
}

}  // namespace hbev
