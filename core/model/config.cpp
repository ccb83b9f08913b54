#include "core/model/config.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/toml_text.h"
#include "core/model/config_keys.h"

namespace hbev {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1 << 20;

/// How many letters must be put in, left out or changed (Levenshtein's distance).
std::size_t lettersApart(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t(0));
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
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
    takeWhole(key, values, allOf(key, count, "whole numbers"), lowest, highest);
  }
  void list(const std::string& key, std::vector<int>& values, std::size_t most, int lowest, int highest) {
    const auto node = find(key);
    const toml::array* array = node.as_array();
    if (array && array->size() <= most) {
      values.clear();
      return takeWhole(key, values, allOf(key, array->size(), "whole numbers"), lowest, highest);
    }
    if (node) mistakes_.push_back(fmt::format("{} must be a list of up to {} whole numbers", key, most));
  }
  void range(const std::string& key, AxisRange& value, double, double, int) {
    if (const auto given = allOf(key, 3, "numbers: lower, upper, step"); !given.empty()) {
      value = {given[0], given[1], given[2]};
    }
  }
  void bounds(const std::string& key, AxisRange& value, double, double) {
    if (const auto given = allOf(key, 2, "numbers: lowest, highest"); !given.empty()) {
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

  void takeWhole(const std::string& key, std::vector<int>& values, const std::vector<double>& given,
                 int lowest, int highest) {
    if (given.empty()) return;
    values.clear();
    for (const double number : given) {
      if (number != std::floor(number)) mistakes_.push_back(key + " must hold whole numbers");
      values.push_back(int(std::clamp(number, lowest - 1.0, highest + 1.0)));
    }
  }

  std::vector<double> allOf(const std::string& key, std::size_t count, const char* what) {
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
        mistakes_.push_back(name + " is no key of a configuration" + helpFor(name, prefix));
      }
    }
  }

  /// What somebody may have meant by a key; `prefix`: of the section that it stands in, with its dot.
  std::string helpFor(const std::string& name, const std::string& prefix) const {
    constexpr std::size_t kFarthest = 3;  // letters apart
    constexpr std::size_t kLongest = 64,
                          kMostHelped = 100;  // all else is no slip of a person, and comparing takes long
    if (name.size() > kLongest || mistakes_.size() > kMostHelped) return {};
    const auto nearest =
        std::ranges::min_element(known_, {}, [&](const std::string& key) { return lettersApart(key, name); });
    if (lettersApart(*nearest, name) <= std::min(kFarthest, name.size() / 2))
      return fmt::format(" (did you mean {}?)", *nearest);
    std::set<std::string> names;
    for (const std::string& key : known_) {
      if (key.starts_with(prefix))
        names.insert(key.substr(prefix.size(), key.find('.', prefix.size()) - prefix.size()));
    }
    return prefix.empty()
               ? fmt::format(" (it has {})", fmt::join(names, ", "))
               : fmt::format(" ([{}] has {})", prefix.substr(0, prefix.size() - 1), fmt::join(names, ", "));
  }

  const toml::table& table_;
  std::set<std::string> known_;
  std::vector<std::string> mistakes_;
};

toml::table parsedToml(std::string_view text, const std::filesystem::path& name) {
  if (isTooDeepForToml(text)) {
    throw Error({.summary = "The configuration has thousands of dots",
                 .file = name,
                 .expected = "sections and keys as in the configurations that come with the program",
                 .found = {},
                 .advice = "Take another file."});
  }
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

/// A number or numbers as the file has them; empty for all else.
std::string textOf(const toml::node& node) {
  if (const auto* whole = node.as_integer()) return fmt::format("{}", whole->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (!node.is_array()) return {};
  std::vector<std::string> texts;
  for (const toml::node& element : *node.as_array())
    texts.push_back(textOf(element));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string textAt(const toml::table& table, const std::string& key) {
  const auto node = table.at_path(key);
  return node ? textOf(*node.node()) : std::string();
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

ModelConfig parseModelConfig(std::string_view text, const std::filesystem::path& name) {
  const toml::table table = parsedToml(text, name);
  ModelConfig config;
  Reader reader(table);
  visitKeys(config, reader);
  std::vector<std::string> mistakes = reader.finish();
  if (mistakes.empty())
    mistakes = mistakesOf(config, [&](const std::string& key) { return textAt(table, key); });
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
    if (isTooDeepForToml(setting)) {
      throw Error({.summary = "A setting has thousands of dots",
                   .file = {},
                   .expected = "section.key=value, as in training.learning_rate=1e-3",
                   .found = fmt::format("{} characters", setting.size()),
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
