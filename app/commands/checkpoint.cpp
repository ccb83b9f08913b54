// hbevocc checkpoint: what a file of weights holds, and whether it fits a configuration.
#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/io/checkpoint_file.h"
#ifdef HBEV_HAS_TORCH
#include "core/model/network_library.h"
#endif

namespace hbev {
namespace {

struct CheckpointOptions {
  std::string file, config;
  bool all = false;
  bool json = false;
};

constexpr std::size_t kShown = 5, kMaxMetaText = 70;

/// What there is to say about the tensors of a state_dict.
struct StateSummary {
  std::size_t tensors = 0;
  std::uint64_t values = 0;
  std::array<std::size_t, kTensorTypes> of_type{};
  std::vector<std::pair<std::string, std::size_t>> not_finite;  ///< names, with how many values
};

StateSummary summaryOf(const CheckpointFile& file) {
  StateSummary summary;
  const std::vector<CheckpointTensor>& state = file.state();
  std::vector<std::size_t> not_finite(state.size(), 0);
  file.read(state, [&](std::size_t index, const std::vector<std::byte>& elements) {
    not_finite[index] = countNotFinite(state[index].type, elements);
  });
  for (std::size_t i = 0; i < state.size(); ++i) {
    ++summary.tensors;
    summary.values += state[i].count();
    ++summary.of_type.at(std::size_t(state[i].type));
    if (not_finite[i] > 0) summary.not_finite.emplace_back(state[i].name, not_finite[i]);
  }
  return summary;
}

/// Meta as one line: text and numbers as they are, what is long by its size.
std::string lineOf(const PickleValue& value) {
  switch (value.kind()) {
    case PickleValue::Kind::None:
      return "none";
    case PickleValue::Kind::Bool:
      return value.boolean() ? "yes" : "no";
    case PickleValue::Kind::Int:
      return fmt::format("{}", value.integer());
    case PickleValue::Kind::Float:
      return fmt::format("{}", value.number());
    case PickleValue::Kind::String: {
      const std::string_view text = value.text();
      if (text.size() > kMaxMetaText || text.find('\n') != text.npos)
        return fmt::format("text of {} characters", text.size());
      return std::string(text);
    }
    default:
      return value.description();
  }
}

/// Entries of "meta", and the numbers beside the weights such as "iter" and "updates".
std::vector<std::pair<std::string, std::string>> metaOf(const CheckpointFile& file) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (!file.root().isDict()) return lines;
  const auto add = [&](const PickleEntry& entry) {
    if (entry.key.isText()) lines.emplace_back(entry.key.text(), lineOf(entry.value));
  };
  for (const PickleEntry& entry : file.root().entries()) {
    if (entry.value.isNumber() || entry.value.isText()) add(entry);
  }
  const PickleValue* meta = file.root().find("meta");
  if (!meta || !meta->isDict()) return lines;
  for (const PickleEntry& entry : meta->entries())
    add(entry);
  return lines;
}

std::string thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3)
    text.insert(i - 3, ",");
  return text;
}

std::string typesOf(const StateSummary& summary) {
  std::string text;
  for (std::size_t i = 0; i < kTensorTypes; ++i) {
    if (summary.of_type[i] == 0) continue;
    text +=
        fmt::format("{}{} ({})", text.empty() ? "" : ", ", tensorTypeName(TensorType(i)), summary.of_type[i]);
  }
  return text;
}

void row(const char* name, const std::string& text) {
  fmt::print("  {:<12} {}\n", name, text);
}

void printText(const CheckpointFile& file, const StateSummary& summary, bool all) {
  fmt::print("{}\n", file.file().string());
  row("kind", kindName(file.kind()) + (file.isLegacy() ? ", in the form before PyTorch 1.6" : ""));
  row("tensors", thousands(summary.tensors));
  row("values", thousands(summary.values));
  row("types", typesOf(summary));
  row("device", file.device());
  if (const auto optimizer = optimizerOf(file)) {
    row("optimizer", fmt::format("{} states in {} groups, {} tensors, {} values", optimizer->states,
                                 optimizer->groups, optimizer->tensors, thousands(optimizer->values)));
  }
  for (const auto& [name, text] : metaOf(file))
    row("meta", fmt::format("{}: {}", name, text));
  if (!file.skipped().empty())
    row("left out", fmt::format("{} entries that are no tensors", file.skipped().size()));
  row("not finite", summary.not_finite.empty()
                        ? "none"
                        : fmt::format("{} NaN or infinite values",
                                      summary.not_finite.size() == 1
                                          ? "1 tensor holds"
                                          : fmt::format("{} tensors hold", summary.not_finite.size())));
  const std::size_t shown = all ? summary.not_finite.size() : std::min(summary.not_finite.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i)
    fmt::print("    {}: {} value{}\n", summary.not_finite[i].first, summary.not_finite[i].second,
               summary.not_finite[i].second == 1 ? "" : "s");
  if (!all) return;
  for (const CheckpointTensor& tensor : file.state())
    fmt::print("    {:<90} {}\n", tensor.name, tensor.description());
}

nlohmann::ordered_json jsonOf(const CheckpointFile& file, const StateSummary& summary, bool all) {
  nlohmann::ordered_json json;
  json["file"] = file.file().string();
  json["kind"] = kindName(file.kind());
  json["before_1_6"] = file.isLegacy();
  json["tensors"] = summary.tensors;
  json["values"] = summary.values;
  for (std::size_t i = 0; i < kTensorTypes; ++i) {
    if (summary.of_type[i] > 0)
      json["types"][std::string(tensorTypeName(TensorType(i)))] = summary.of_type[i];
  }
  json["device"] = file.device();
  json["optimizer"] = nullptr;
  if (const auto optimizer = optimizerOf(file)) {
    json["optimizer"] = {{"groups", optimizer->groups},
                         {"states", optimizer->states},
                         {"tensors", optimizer->tensors},
                         {"values", optimizer->values}};
  }
  json["meta"] = nlohmann::ordered_json::object();
  for (const auto& [name, text] : metaOf(file))
    json["meta"][name] = text;
  json["left_out"] = file.skipped();
  json["not_finite"] = nlohmann::ordered_json::object();
  for (const auto& [name, count] : summary.not_finite)
    json["not_finite"][name] = count;
  if (!all) return json;
  for (const CheckpointTensor& tensor : file.state())
    json["state"].push_back(
        {{"name", tensor.name}, {"type", tensorTypeName(tensor.type)}, {"shape", tensor.shape}});
  return json;
}

#ifdef HBEV_HAS_TORCH
FitReport fitWith(const CheckpointFile& file, const std::string& config) {
  return networkLibrary().fit_of(file, findModelConfig(config));
}

/// Whether a network would take them: of weights that fit, none is no number.
bool isFinite(const StateSummary& summary, const FitReport& report) {
  return std::ranges::all_of(summary.not_finite, [&](const auto& tensor) {
    return std::ranges::find(report.unexpected, tensor.first) != report.unexpected.end();
  });
}

void printFit(const FitReport& report, bool finite, bool all) {
  row("fit", report.summary() + (finite ? "" : "; refused, because not all of their values are numbers"));
  if (!report.prefix.removed.empty()) row("names", "without \"" + report.prefix.removed + "\"");
  if (!report.prefix.added.empty()) row("names", "with \"" + report.prefix.added + "\" before them");
  if (!report.missing_counters.empty())
    row("counters", fmt::format("{} counters of batches are missing, which nothing needs",
                                report.missing_counters.size()));
  for (const std::string& line : report.lines(all ? report.entries + report.unexpected.size() : kShown))
    fmt::print("    {}\n", line);
}

nlohmann::ordered_json jsonOf(const FitReport& report, bool finite) {
  nlohmann::ordered_json json;
  json["fits"] = report.fits();
  json["finite"] = finite;
  json["entries"] = report.entries;
  json["matched"] = report.matched;
  json["prefix_removed"] = report.prefix.removed;
  json["prefix_added"] = report.prefix.added;
  json["missing"] = report.missing;
  json["missing_counters"] = report.missing_counters;
  json["unexpected"] = report.unexpected;
  json["wrong_shape"] = nlohmann::ordered_json::array();
  for (const FitReport::WrongShape& wrong : report.wrong_shape)
    json["wrong_shape"].push_back(
        {{"name", wrong.name}, {"expected", wrong.expected}, {"found", wrong.found}});
  return json;
}
#endif

/// The file that FILE stands for: "shipped" are the weights that come with the configuration, or with the
/// only one that has some.
std::string fileOf(const CheckpointOptions& options) {
#ifdef HBEV_HAS_TORCH
  std::error_code none;
  if (options.file == "shipped" && !std::filesystem::exists(options.file, none)) {
    std::string config = options.config;
    if (config.empty()) {
      const std::vector<NamedConfig> all = namedConfigs();
      const auto has_weights = [](const NamedConfig& named) { return !named.weights.empty(); };
      if (std::ranges::count_if(all, has_weights) == 1) config = std::ranges::find_if(all, has_weights)->name;
    }
    return findWeightsFile(options.file, config).string();
  }
#endif
  return options.file;
}

/// Exit code 1 when a configuration was given and the weights do not fit it or are not all numbers.
void inspect(const CheckpointOptions& options) {
  const CheckpointFile file(fileOf(options));
  const StateSummary summary = summaryOf(file);
  nlohmann::ordered_json json;
  options.json ? void(json = jsonOf(file, summary, options.all)) : printText(file, summary, options.all);
  bool fits = true;
#ifdef HBEV_HAS_TORCH
  if (!options.config.empty()) {
    const FitReport report = fitWith(file, options.config);
    const bool finite = isFinite(summary, report);
    options.json ? void(json["fit"] = jsonOf(report, finite)) : printFit(report, finite, options.all);
    fits = report.fits() && finite;
  }
#endif
  // Names in a file may be anything.
  if (options.json) fmt::print("{}\n", dumped(json));
  if (!fits) throw CLI::RuntimeError(1);
}

}  // namespace

void addCheckpointCommand(CLI::App& app) {
  auto options = std::make_shared<CheckpointOptions>();
  CLI::App* command = app.add_subcommand("checkpoint", "Tells what a file of weights holds");
  command
      ->add_option(
          "FILE", options->file,
          "A checkpoint of PyTorch (.pth, .pt, .ckpt), or shipped: the weights that come with --config")
      ->required();
#ifdef HBEV_HAS_TORCH
  command
      ->add_option(
          "--config", options->config,
          "A network's configuration, by name or file (.toml): can it use the weights? Exit code 1 when not")
      ->option_text("CONFIG");
#endif
  command->add_flag("--all", options->all, "List every tensor and every mismatch");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer("Example:\n  hbevocc checkpoint epoch_24_ema.pth --config hbevocc-r50-256x704-8f-openocc");
  command->callback([options] { inspect(*options); });
}

}  // namespace hbev
