#include "ui/training/run_compare.h"

#include <sstream>

#include <toml++/toml.h>

#include "core/base/toml_text.h"

namespace hbev::ui {
namespace {

constexpr std::size_t kMostNameBytes = std::size_t(1) << 20;  // a configuration's take some thousand

std::string nodeText(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  // What follows the comma of a list is its next value: settings are compared, not laid out.
  std::ostringstream out;
  if (const auto* array = node.as_array()) {
    out << '[';
    for (std::size_t i = 0; i < array->size(); ++i)
      out << (i > 0 ? ", " : "") << nodeText(*array->get(i));
    out << ']';
    return out.str();
  }
  node.visit([&out](const auto& value) {
    if constexpr (toml::is_floating_point<decltype(value)>) {
      out << value.get();
    } else if constexpr (toml::is_integer<decltype(value)>) {
      out << value.get();
    } else if constexpr (toml::is_boolean<decltype(value)>) {
      out << (value.get() ? "true" : "false");
    } else if constexpr (toml::is_value<decltype(value)>) {
      out << value;
    }
  });
  return out.str();
}

/// False, with some settings missing, where a long section before each of its many keys would take gigabytes.
/// `name_bytes`: what may be taken yet.
bool flatten(const toml::table& table, const std::string& prefix, std::size_t& name_bytes,
             RunSettings& settings) {
  for (const auto& [key, node] : table) {
    const std::size_t bytes = prefix.size() + key.str().size();
    if (bytes > name_bytes) return false;
    name_bytes -= bytes;
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      if (!flatten(*inner, name + ".", name_bytes, settings)) return false;
    } else {
      settings[name] = nodeText(node);
    }
  }
  return true;
}

void put(RunSettings& settings, const char* key, const std::string& value) {
  if (!value.empty()) settings[key] = value;
}

}  // namespace

RunSettings settingsOfToml(const std::string& toml) {
  if (isTooDeepForToml(toml)) return {};
  try {
    std::size_t name_bytes = kMostNameBytes;
    RunSettings settings;
    if (flatten(toml::parse(toml), {}, name_bytes, settings)) return settings;
  } catch (const toml::parse_error&) {
    return {};  // another process is writing it, or it is none: nothing can be compared
  }
  return {};
}

RunSettings settingsOf(const RunData& run) {
  RunSettings settings = settingsOfToml(run.config_toml);
  const RunFacts& facts = run.facts;
  put(settings, "run.config", facts.config);
  put(settings, "run.program", facts.program);
  put(settings, "run.libtorch", facts.torch);
  put(settings, "run.device", facts.device);
  put(settings, "run.threads", std::to_string(facts.threads));
  put(settings, "run.seed", std::to_string(facts.seed));
  put(settings, "run.data", facts.data);
  put(settings, "run.split", facts.split);
  put(settings, "run.evaluate_split", facts.evaluate_split);
  put(settings, "run.weights", facts.weights.empty() ? "random" : facts.weights);
  put(settings, "run.steps", std::to_string(facts.total_steps));
  put(settings, "run.batch", std::to_string(facts.batch_size));
  put(settings, "run.accumulate", std::to_string(facts.accumulate));
  put(settings, "run.processes", std::to_string(facts.processes));
  put(settings, "run.keyframes", std::to_string(facts.keyframes));
  return settings;
}

std::vector<SettingDifference> differencesOf(const RunSettings& a, const RunSettings& b) {
  std::vector<SettingDifference> differences;
  RunSettings keys = a;
  keys.insert(b.begin(), b.end());
  for (const auto& [key, ignored] : keys) {
    const auto in_a = a.find(key), in_b = b.find(key);
    const std::string text_a = in_a == a.end() ? std::string() : in_a->second;
    const std::string text_b = in_b == b.end() ? std::string() : in_b->second;
    if (text_a != text_b) differences.push_back({key, text_a, text_b});
  }
  return differences;
}

}  // namespace hbev::ui
