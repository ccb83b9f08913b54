#include "tests/ui/made_run.h"

#include <cmath>
#include <fstream>

#include <fmt/format.h>

#include "core/base/files.h"

namespace hbev::ui::test {
namespace {

/// The same noise every time, -1 to 1.
double noise(std::int64_t step, int kind) {
  const double value = std::sin(double(step) * 12.9898 + kind * 78.233) * 43758.5453;
  return 2 * (value - std::floor(value)) - 1;
}

RunFacts factsOf(const MadeRunOptions& options) {
  RunFacts facts;
  facts.name = options.name;
  facts.config = "demo";
  facts.program = "0.1.0";
  facts.torch = "1.13.0";
  facts.device = options.device;
  facts.evaluate_every = options.evaluate_every;
  facts.threads = 2;
  facts.seed = options.seed;
  facts.data = "/data/demo";
  facts.split = "train";
  facts.evaluate_split = "val";
  facts.created = options.created;
  facts.total_steps = options.total_steps;
  facts.evaluate_keyframes = 12;
  facts.batch_size = 1;
  facts.keyframes = 120;
  facts.parameters = 1200000;
  return facts;
}

}  // namespace

MadeRun::MadeRun(const std::filesystem::path& folder, const MadeRunOptions& options)
    : folder_(folder), options_(options) {
  const std::string config = fmt::format(
      "name = \"demo\"\n[training]\nbatch_size = 1\nlearning_rate = {}\nclip_norm = 5.0\n[lift]\ndepth = "
      "[1.0, 45.0, "
      "1.0]\n",
      options.learning_rate);
  writer_ = std::make_unique<RunWriter>(folder, factsOf(options), config);
  writer_->event("start", 0, {{"resumed", false}});
  writer_->setActivity(RunActivity::Training);
}

void MadeRun::train(std::int64_t to) {
  const double length = double(options_.total_steps) / 4 / options_.speed;
  for (std::int64_t step = step_ + 1; step <= to; ++step) {
    const double fall = std::exp(-double(step) / length);
    const auto loss = [&](double end, double begin, int kind) {
      return (end + (begin - end) * fall) * (1 + 0.15 * noise(step, kind));
    };
    const double occ = loss(0.9, 3.2, 1), lovasz = loss(0.6, 1.1, 2), depth = loss(1.1, 3.6, 3),
                 flow = loss(0.4, 1.3, 4), height = loss(0.22, 0.7, 5);
    const double data = step % 97 == 0 ? 0.4 : 0.03 + 0.01 * noise(step, 6);
    const double forward = 0.4 + 0.02 * noise(step, 7), backward = 0.5 + 0.02 * noise(step, 8);
    const double total = occ + lovasz + depth + flow + height;
    RunFields fields{{"loss", total},
                     {"loss_occ", occ},
                     {"loss_lovasz", lovasz},
                     {"loss_depth", depth},
                     {"loss_flow", flow},
                     {"loss_hv", height},
                     {"learning_rate", options_.learning_rate},
                     {"gradient_norm", 4 + 13 * fall * (1 + 0.3 * noise(step, 9))},
                     {"seconds", data + forward + backward},
                     {"data_seconds", data},
                     {"forward_seconds", forward},
                     {"backward_seconds", backward},
                     {"memory_bytes", std::int64_t(2.1e9 + 2e8 * noise(step / 20, 10))}};
    if (options_.card_bytes > 0) fields.emplace_back("card_memory_bytes", options_.card_bytes);
    writer_->event("step", step, fields);
    writer_->setProgress(step, total, data + forward + backward);
  }
  step_ = to;
}

void MadeRun::evaluate(bool best) {
  const double score =
      0.38 * (1 - std::exp(-double(step_) * options_.speed * 4 / double(options_.total_steps)));
  writer_->event("evaluate", step_,
                 {{"ray_iou", score}, {"mave_mps", 0.6}, {"miou", 0.8 * score}, {"keyframes", 20.0}});
  writer_->setScore(step_, score, best);
}

void MadeRun::save(bool best) {
  const auto file = writer_->paths().checkpoint(step_);
  writeFile(file, std::string_view("weights of step " + std::to_string(step_)));
  writer_->event("save", step_, {{"file", "checkpoints/" + file.filename().string()}, {"best", best}});
}

void MadeRun::warn(const std::string& sentence) {
  writer_->event("warning", step_, {{"text", sentence}});
}

void MadeRun::end(RunActivity activity, const std::string& sentence) {
  writer_->end(activity, step_, sentence);
  writer_.reset();
}

void MadeRun::vanish() {
  writer_.reset();
}

}  // namespace hbev::ui::test
