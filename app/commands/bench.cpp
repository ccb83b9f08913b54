// hbevocc bench: how fast a network is on this machine, part by part. Needs no data and no weights.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/network_commands.h"
#include "core/base/error.h"
#include "core/base/json_text.h"
#include "core/model/benchmark.h"
#include "core/train/training_benchmark.h"

namespace hbev {
namespace {

struct BenchCommandOptions {
  std::string config = "demo", mode{modeName(PredictMode::Exact)}, device = "auto";
  int threads = 0, repeats = 3, batch = 1;
  bool reference = false, json = false, half = false, train = false, keep = false;
};

double secondsOf(const BenchmarkResult& result, const std::string& stage) {
  for (const StageTime& time : result.stages) {
    if (time.stage == stage) return time.seconds;
  }
  return 0;
}

double ratio(double reference, double ours) {
  return ours > 0 ? reference / ours : 0;
}

double megabytes(std::uint64_t bytes) {
  return double(bytes) / 1e6;
}

/// A table's line: seconds, their share of all, and how many times longer the reference's way takes.
void printLine(const std::string& name, double seconds, double share, const std::optional<double>& theirs) {
  fmt::print("{:<22}{:>10.4f}{:>7.0f}%", name, seconds, 100 * share);
  if (theirs) fmt::print("{:>16.3f}{:>8.1f}", *theirs, ratio(*theirs, seconds));
  fmt::print("\n");
}

void printHead(bool with_reference) {
  fmt::print("{:<22}{:>10}{:>8}", "part", "seconds", "share");
  if (with_reference) fmt::print("{:>16}{:>8}", "reference way", "times");
  fmt::print("\n");
}

void printTable(const BenchCommandOptions& options, const ModelConfig& config, const BenchmarkResult& ours,
                const std::optional<BenchmarkResult>& reference) {
  fmt::print("{}, {} mode, {}, {:.1f} M parameters\n\n", config.name, options.mode,
             ours.device + (options.half ? ", half precision" : ""), double(ours.parameters) / 1e6);
  printHead(reference.has_value());
  double sum = 0;
  for (const StageTime& time : ours.stages)
    sum += time.seconds;
  const auto theirs = [&](const std::string& stage) {
    return reference ? std::optional(secondsOf(*reference, stage)) : std::nullopt;
  };
  for (const StageTime& time : ours.stages)
    printLine(time.stage, time.seconds, ratio(time.seconds, sum), theirs(time.stage));
  printLine("all (median)", ours.median, 1, reference ? std::optional(reference->median) : std::nullopt);
  const auto [least, most] = std::ranges::minmax(ours.seconds);
  fmt::print("\n{:.2f} keyframes/s; {} pass{} took {:.3f} to {:.3f} s\n", ratio(1, ours.median),
             ours.seconds.size(), ours.seconds.size() == 1 ? "" : "es", least, most);
  fmt::print("Memory{} at most {:.0f} MB", ours.is_on_card ? " of the card" : "", megabytes(ours.peak_bytes));
  if (ours.memory_bytes > 0)
    fmt::print(", of which {:.0f} MB remember past keyframes", megabytes(ours.memory_bytes));
  fmt::print("\n");
  if (ours.same_in_half) {
    fmt::print("{:.3f} % of one keyframe's voxels have the class of full precision, in exact mode.\n",
               100 * *ours.same_in_half);
  }
  if (ours.no_memory_to_compare)
    fmt::print("Not compared with full precision: there is too little memory for that.\n");
  if (reference) {
    fmt::print(
        "\"Reference way\": the same network, its operations composed as in the reference, on this "
        "device.\n");
  }
}

void printSteps(const ModelConfig& config, const TrainingBenchmarkResult& ours,
                const std::optional<TrainingBenchmarkResult>& reference) {
  fmt::print("{}, training, batch {}, {}{}, {}, {:.1f} M parameters\n\n", config.name,
             config.training.batch_size, config.training.precision,
             config.training.recompute ? ", recomputing" : "", ours.device, double(ours.parameters) / 1e6);
  printHead(reference.has_value());
  const auto line = [&](const char* name, double TrainingBenchmarkResult::*seconds) {
    printLine(name, ours.*seconds, ratio(ours.*seconds, ours.median),
              reference ? std::optional((*reference).*seconds) : std::nullopt);
  };
  line("forwards and losses", &TrainingBenchmarkResult::forward_seconds);
  line("backwards", &TrainingBenchmarkResult::backward_seconds);
  line("all (median)", &TrainingBenchmarkResult::median);
  const auto [least, most] = std::ranges::minmax(ours.seconds);
  fmt::print("\n{:.2f} keyframes/s; {} step{} took {:.3f} to {:.3f} s\n",
             ratio(config.training.batch_size, ours.median), ours.seconds.size(),
             ours.seconds.size() == 1 ? "" : "s", least, most);
  fmt::print("Memory{} at most {:.0f} MB", ours.is_on_card ? " of the card" : "", megabytes(ours.peak_bytes));
  if (reference) fmt::print(", in the reference way {:.0f} MB", megabytes(reference->peak_bytes));
  fmt::print("\n");
  if (reference) {
    fmt::print(
        "\"Reference way\": the same step, the network's operations composed as in the reference, on this "
        "device.\n");
  }
}

nlohmann::ordered_json jsonOf(const TrainingBenchmarkResult& result) {
  return {{"device", result.device},
          {"median_s", result.median},
          {"forward_s", result.forward_seconds},
          {"backward_s", result.backward_seconds},
          {"steps_s", result.seconds},
          {"peak_bytes", result.peak_bytes},
          {"peak_of", result.is_on_card ? "card" : "process"},
          {"parameters", result.parameters}};
}

nlohmann::ordered_json jsonOf(const BenchmarkResult& result) {
  nlohmann::ordered_json stages;
  for (const StageTime& time : result.stages)
    stages[time.stage] = time.seconds;
  nlohmann::ordered_json json{{"device", result.device},
                              {"median_s", result.median},
                              {"keyframes_per_s", ratio(1, result.median)},
                              {"passes_s", result.seconds},
                              {"stages_s", stages},
                              {"peak_bytes", result.peak_bytes},
                              {"peak_of", result.is_on_card ? "card" : "process"},
                              {"remembered_bytes", result.memory_bytes},
                              {"parameters", result.parameters}};
  if (result.same_in_half) json["same_in_half"] = *result.same_in_half;
  if (result.no_memory_to_compare) json["same_in_half"] = nullptr;
  return json;
}

void benchTraining(const BenchCommandOptions& options, ModelConfig config) {
  config.training.batch_size = options.batch;
  config.training.recompute = config.training.recompute && !options.keep;
  TrainingBenchmarkOptions wanted;
  wanted.device = options.device;
  wanted.threads = options.threads;
  wanted.repeats = options.repeats;
  if (options.half) config.training.precision = "bfloat16";
  const TrainingBenchmarkResult ours = benchmarkTraining(config, wanted);
  std::optional<TrainingBenchmarkResult> reference;
  if (options.reference) {
    wanted.reference_style = true;
    ModelConfig theirs = config;
    theirs.training.precision = "float32";  // the reference computes in float
    reference = benchmarkTraining(theirs, wanted);
  }
  if (!options.json) return printSteps(config, ours, reference);
  nlohmann::ordered_json json{{"config", config.name},
                              {"batch", options.batch},
                              {"precision", config.training.precision},
                              {"recompute", config.training.recompute},
                              {"result", jsonOf(ours)}};
  if (reference) {
    json["reference"] = jsonOf(*reference);
    json["times"] = ratio(reference->median, ours.median);
  }
  fmt::print("{}\n", dumped(json));
}

void bench(const BenchCommandOptions& options) {
  const ModelConfig config = findModelConfig(options.config);
  if (options.train) return benchTraining(options, config);
  BenchmarkOptions wanted;
  wanted.device = options.device;
  wanted.threads = options.threads;
  wanted.repeats = options.repeats;
  wanted.half = options.half;
  wanted.mode =
      options.mode == modeName(PredictMode::Streaming) ? PredictMode::Streaming : PredictMode::Exact;
  const BenchmarkResult ours = benchmarkNetwork(config, wanted);
  std::optional<BenchmarkResult> reference;
  if (options.reference) {
    wanted.mode = PredictMode::Exact;  // it knows no other
    wanted.reference_style = true;
    wanted.half = false;  // the reference computes in float
    reference = benchmarkNetwork(config, wanted);
  }
  if (!options.json) return printTable(options, config, ours, reference);
  nlohmann::ordered_json json{{"config", config.name}, {"mode", options.mode}, {"result", jsonOf(ours)}};
  if (reference) {
    json["reference"] = jsonOf(*reference);
    json["times"] = ratio(reference->median, ours.median);
  }
  fmt::print("{}\n", dumped(json));
}

}  // namespace

void addBenchCommand(CLI::App& app) {
  auto options = std::make_shared<BenchCommandOptions>();
  CLI::App* command = app.add_subcommand(kBenchTitle.name, kBenchTitle.about);
  command->add_option("--config", options->config, "A configuration's name, or a TOML file")
      ->capture_default_str();
  CLI::Option* mode = command->add_option("--mode", options->mode, "streaming: past keyframes are remembered")
                          ->check(CLI::IsMember({std::string(modeName(PredictMode::Exact)),
                                                 std::string(modeName(PredictMode::Streaming))}))
                          ->capture_default_str();
  command->add_option("--device", options->device, "auto, cpu, cuda:0, ...")->capture_default_str();
  command->add_option("--threads", options->threads, "Threads on the processor; 0: all")
      ->check(CLI::Range(0, 1024));
  command->add_option("--repeats", options->repeats, "Passes that count; one more goes before them")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag(
      "--half", options->half,
      "Convolutions and products of matrices in half precision (bfloat16 on a processor and in training)");
  command->add_flag("--reference", options->reference,
                    "Also measure the operations as the reference composes them");
  CLI::Option* train =
      command->add_flag("--train", options->train, "Steps of training instead of predictions")
          ->excludes(mode);
  command->add_option("--batch", options->batch, "Keyframes of such a step")
      ->check(CLI::Range(1, 64))
      ->needs(train)
      ->capture_default_str();
  command->add_flag("--keep", options->keep, "Such a step keeps what it would compute again: more memory")
      ->needs(train);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Example:\n"
      "  hbevocc bench --config hbevocc-r50-256x704-8f-openocc --mode streaming --repeats 10\n"
      "  hbevocc bench --config hbevocc-r50-256x704-1f-openocc --train --batch 2 --reference");
  command->callback([options] { bench(*options); });
}

}  // namespace hbev
