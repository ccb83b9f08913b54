// hbevocc evaluate: predictions against labels, per class, as the papers score them.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/eval/metric_rays.h"
#include "core/eval/report_table.h"
#include "core/eval/split_evaluation.h"

namespace hbev {
namespace {

struct EvaluateOptions {
  std::string data;
  std::string version;
  std::string predictions;
  std::string labels = "openocc";
  std::string classes, orientation;
  std::vector<std::string> scenes;
  std::string json, csv, markdown;
};

void evaluate(const EvaluateOptions& options) {
  const auto dataset = Dataset::open(options.data, options.version);
  const LabelKind labels = *findLabelKind(options.labels);
  OpenOptions how{.dataset = dataset, .rays = metricRays(dataset), .translate_to = &classSetOf(labels)};
  if (!options.classes.empty()) how.classes = ClassSet::find(options.classes);
  if (!options.orientation.empty()) how.orientation = *findOrientation(options.orientation);
  const auto predictions = openPredictions(options.predictions, how);
  SplitSelection selection;
  selection.scenes = options.scenes;
  const SplitEvaluation evaluation = [&] {
    TerminalProgress terminal;
    return evaluateSplit(*dataset, *predictions, labels, selection, terminal.progress());
  }();
  const ReportProvenance provenance = provenanceOf(*dataset, *predictions, labels, selection, evaluation);
  for (const SkippedKeyframe& skipped : evaluation.skipped) {
    if (skipped.reason == SkipReason::Unusable) {
      fmt::print(stderr, "skipped {}/{}: {}\n", skipped.scene_name, skipped.token, toString(skipped.problem));
    }
  }
  if (evaluation.keyframes.empty()) {
    throw Error({"No keyframe could be scored", options.predictions,
                 "predictions and labels of the same keyframes",
                 fmt::format("{} keyframes without labels, {} without a prediction, {} unusable",
                             provenance.without_truth, provenance.without_prediction, provenance.unusable),
                 "Check --labels and that the predictions belong to this data set."});
  }
  fmt::print("{}", reportText(evaluation.report, provenance));
  if (!options.json.empty()) writeFile(options.json, reportJson(evaluation.report, provenance));
  if (!options.csv.empty()) writeFile(options.csv, reportCsv(evaluation.report));
  if (!options.markdown.empty()) writeFile(options.markdown, reportMarkdown(evaluation.report, provenance));
}

std::vector<std::string> orientationNames() {
  std::vector<std::string> names;
  for (const Orientation& orientation : allOrientations())
    names.push_back(orientationName(orientation));
  return names;
}

}  // namespace

void addEvaluateCommand(CLI::App& app) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "Scores predictions: RayIoU at 1, 2 and 4 m, mAVE, OccScore and mIoU, per class");
  command->add_option("DATA", options->data, "A nuScenes folder with gts/ (Occ3D) or openocc_v2/ (OpenOcc)")
      ->required();
  command
      ->add_option("--predictions", options->predictions,
                   "A folder or file of predictions; `hbevocc predictions --layouts` lists the layouts")
      ->required();
  command->add_option("--labels", options->labels, "The truth to score against")
      ->check(CLI::IsMember({"openocc", "occ3d"}))
      ->capture_default_str();
  command
      ->add_option("--classes", options->classes,
                   "The class set of the predictions, where their files do not tell it or tell it wrongly")
      ->check(CLI::IsMember({"openocc", "occ3d"}));
  command
      ->add_option("--orientation", options->orientation, "How the arrays lie: `hbevocc predictions` tells")
      ->check(CLI::IsMember(orientationNames()));
  command->add_option("--version-folder", options->version,
                      "Which version, when there are several: v1.0-mini");
  command->add_option("--scene", options->scenes, "Only these scenes (names or tokens; may be repeated)");
  command->add_option("--json", options->json, "Also write everything in full precision to this file");
  command->add_option("--csv", options->csv, "Also write the table as CSV");
  command->add_option("--markdown", options->markdown, "Also write the table as Markdown");
  command->footer(
      "Rays start where the lidar was in the keyframe's own scene (by token). Flow that a prediction lacks "
      "counts as standing still.\n"
      "mIoU over all voxels; within the camera mask too where the labels have one (Occ3D).");
  command->callback([options] { evaluate(*options); });
}

}  // namespace hbev
