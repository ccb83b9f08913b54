#include "core/model/checkpoint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.h"
#include "core/model/hbevocc.h"
#include "core/model/weights_misfit.h"

namespace hbev {
namespace {

constexpr std::array<at::ScalarType, kTensorTypes> kScalarTypes{
    at::kBool, at::kByte, at::kChar,     at::kShort, at::kInt,
    at::kLong, at::kHalf, at::kBFloat16, at::kFloat, at::kDouble};

constexpr std::size_t kNamedInError = 3;

torch::Tensor tensorFrom(const CheckpointTensor& tensor, std::span<const std::byte> elements) {
  torch::Tensor result = at::empty(tensor.shape, kScalarTypes.at(std::size_t(tensor.type)));
  if (!elements.empty()) std::memcpy(result.data_ptr(), elements.data(), elements.size());
  return result;
}

/// The network's name for a name of the file; nothing when the rule does not apply to it.
std::optional<std::string> renamed(const std::string& name, const PrefixRule& rule) {
  if (!name.starts_with(rule.removed)) return std::nullopt;
  return rule.added + name.substr(rule.removed.size());
}

using Entries = std::map<std::string, const StateEntry*>;

PrefixRule bestRule(const std::vector<CheckpointTensor>& state, const Entries& entries) {
  const std::array<PrefixRule, 4> rules{
      {{"", ""}, {"module.", ""}, {"", "forward_projection."}, {"module.", "forward_projection."}}};
  PrefixRule best;
  std::ptrdiff_t most = -1;
  for (const PrefixRule& rule : rules) {
    const std::ptrdiff_t count = std::ranges::count_if(state, [&](const CheckpointTensor& tensor) {
      const auto name = renamed(tensor.name, rule);
      return name && entries.contains(*name);
    });
    if (count > most) best = rule, most = count;
  }
  return best;
}

/// One of the file's tensors and where it goes.
struct Match {
  CheckpointTensor from;
  StateEntry to;
};

struct Fit {
  FitReport report;
  std::vector<Match> matches;
};

Fit fit(const CheckpointFile& checkpoint, const torch::nn::Module& network) {
  const std::vector<StateEntry> state = stateOf(network);
  Entries entries;
  for (const StateEntry& entry : state)
    entries.emplace(entry.name, &entry);
  Fit result;
  FitReport& report = result.report;
  report.entries = state.size();
  report.prefix = bestRule(checkpoint.state(), entries);
  std::map<std::string, const CheckpointTensor*> found;
  for (const CheckpointTensor& tensor : checkpoint.state()) {
    const auto name = renamed(tensor.name, report.prefix);
    if (name && entries.contains(*name)) {
      found.emplace(*name, &tensor);
    } else {
      report.unexpected.push_back(tensor.name);
    }
  }
  for (const StateEntry& entry : state) {
    const auto match = found.find(entry.name);
    if (match == found.end()) {
      const bool is_counter = entry.name.ends_with(".num_batches_tracked");
      (is_counter ? report.missing_counters : report.missing).push_back(entry.name);
    } else if (entry.tensor.sizes() != at::IntArrayRef(match->second->shape)) {
      report.wrong_shape.push_back({entry.name, entry.tensor.sizes().vec(), match->second->shape});
    } else {
      result.matches.push_back({*match->second, entry});
    }
  }
  report.matched = result.matches.size();
  return result;
}

void demandFit(const CheckpointFile& checkpoint, const FitReport& report, const WeightOptions& options) {
  const bool is_nothing = report.matched == 0;
  if (!is_nothing && (report.fits() || options.allow_mismatch)) return;
  const Problem problem{.summary = fmt::format("{} does not fit the network: {}",
                                               checkpoint.file().filename().string(), report.summary()),
                        .file = checkpoint.file(),
                        .expected = fmt::format("the {} weights of the configuration", report.entries),
                        .found = fmt::format("{}", fmt::join(report.lines(kNamedInError), "; ")),
                        .advice = is_nothing
                                      ? "These are the weights of another network."
                                      : "Choose the configuration that they were trained with, or allow the "
                                        "mismatch to use what fits."};
  if (is_nothing) throw Error(problem);
  throw WeightsMisfit(problem);
}

}  // namespace

FitReport fitOf(const CheckpointFile& checkpoint, const torch::nn::Module& network) {
  return fit(checkpoint, network).report;
}

FitReport loadCheckpoint(const CheckpointFile& checkpoint, torch::nn::Module& network,
                         const WeightOptions& options) {
  auto [report, matches] = fit(checkpoint, network);
  demandFit(checkpoint, report, options);
  // All of them are read before the first is copied: a damaged file leaves the network as it was.
  std::vector<CheckpointTensor> wanted;
  for (const Match& match : matches)
    wanted.push_back(match.from);
  std::vector<torch::Tensor> tensors(wanted.size());
  std::vector<std::size_t> not_finite(wanted.size(), 0);
  checkpoint.read(wanted, [&](std::size_t index, std::vector<std::byte> elements) {
    if (options.progress) {
      options.progress->throwIfCancelled();
      options.progress->advance(std::int64_t(elements.size()));
    }
    tensors[index] = tensorFrom(wanted[index], elements);
    not_finite[index] = countNotFinite(wanted[index].type, elements);
  });
  const torch::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    matches[i].to.tensor.copy_(tensors[i]);
    tensors[i].reset();
    if (not_finite[i] > 0) report.not_finite.push_back({matches[i].to.name, not_finite[i]});
  }
  return report;
}

FitReport loadCheckpoint(const std::filesystem::path& file, torch::nn::Module& network,
                         const WeightOptions& options) {
  using Part = CheckpointFile::Part;
  return loadCheckpoint(CheckpointFile(file, options.averaged ? Part::Average : Part::Weights), network,
                        options);
}

torch::Tensor readTensor(const CheckpointFile& checkpoint, const CheckpointTensor& tensor) {
  return tensorFrom(tensor, checkpoint.read(tensor));
}

}  // namespace hbev
