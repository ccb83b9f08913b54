#include "ui/training/train_preflight.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include "core/base/files.h"
#include "core/base/size_text.h"
#include "core/data/splits.h"
#include "core/model/training_precision.h"
#include "core/model/weights_misfit.h"
#include "ui/kit/painting.h"
#include "ui/state/stream_settings.h"
#include "ui/state/text.h"
#include "ui/training/run_starter.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;
using State = Finding::State;

/// Weights, two moments of the optimizer and the average.
constexpr double kCheckpointCopies = 4, kKeptCheckpoints = 5;
constexpr qint64 kMostBoostBytes = qint64(64) << 20;

QString gigabytes(double bytes) {
  return toQString(sizeText(std::uint64_t(std::max(0.0, bytes))));
}

QString capitalised(QString sentence) {
  return sentence.replace(0, 1, sentence.left(1).toUpper());
}

class Inspection {
 public:
  Inspection(const TrainRequest& request, const TrainExperience& experience)
      : request_(request), experience_(experience) {}
  std::vector<Finding> findings;

  void findCard(const PredictBackend& network);
  void add(State state, const char* area, const QString& title, const QString& advice = {}) {
    findings.push_back({state, area, title.toStdString(), {}, advice.toStdString()});
  }
  void add(State state, const char* area, const Problem& problem) {
    std::string title = problem.summary, detail;
    if (!problem.expected.empty()) detail = "Expected " + problem.expected;
    if (!problem.found.empty()) detail += (detail.empty() ? "Found " : ", found ") + problem.found;
    findings.push_back({state, area, std::move(title), std::move(detail), problem.advice});
  }

  void inspectFolder();
  void inspectData(std::shared_ptr<const Dataset> dataset);
  void inspectBoost();
  std::optional<ModelConfig> inspectConfig(const TrainBackend& training);
  std::uint64_t inspectWeights(const PredictBackend& network, const ModelConfig& config);
  void inspectMemory(const TrainBackend& training, const ModelConfig& config, std::uint64_t parameters);
  void inspectDisk(std::uint64_t parameters);
  void inspectTime();

 private:
  void inspectPrecision(const TrainingConfig& config);
  const TrainExperience::OnDevice& experience() const {
    return card_ ? experience_.on_card : experience_.on_processor;
  }
  void inspectSplit(const Dataset& dataset, const QString& split, bool trains);
  const TrainRequest& request_;
  const TrainExperience& experience_;
  std::optional<DeviceInfo> card_;  ///< that it will compute on; nothing: on the processor
};

void Inspection::findCard(const PredictBackend& network) {
  const std::string wanted = request_.device.toStdString();
  if (wanted == "cpu") return;
  for (const DeviceInfo& each : network.devices ? network.devices() : std::vector<DeviceInfo>()) {
    const bool is_wanted = wanted == "auto" || wanted == "cuda" || wanted == each.id;
    if (!each.id.starts_with("cuda") || !is_wanted) continue;
    card_ = each;
    return;
  }
  if (wanted != "auto") card_ = DeviceInfo{wanted, wanted};  // the trainer will say that it is not there
}

void Inspection::inspectFolder() {
  if (trainerProgram().isEmpty())
    add(State::Failure, "Program", QObject::tr("hbevocc is not beside this program, nor in PATH"),
        QObject::tr("Install it, or name it in the environment variable HBEV_TRAINER."));
  if (request_.folder.isEmpty()) {
    add(State::Failure, "Folder", QObject::tr("The run has no folder"), QObject::tr("Give it a name."));
    return;
  }
  std::error_code code;
  const fs::path folder = request_.folder.toStdString();
  if (fs::exists(RunPaths(folder).facts(), code)) {
    add(State::Failure, "Folder", QObject::tr("There is a run of this name already"),
        QObject::tr("Choose another name, or resume that run."));
  } else if (fs::exists(folder, code) && !fs::is_empty(folder, code)) {
    add(State::Warning, "Folder", QObject::tr("The folder holds other files already"),
        QObject::tr("A new folder keeps runs apart."));
  }
}

void Inspection::inspectData(std::shared_ptr<const Dataset> dataset) {
  if (request_.data.isEmpty())
    return add(State::Failure, "Data", QObject::tr("No data set is chosen"),
               QObject::tr("Choose a nuScenes folder with labels."));
  try {
    std::error_code code;
    const fs::path root = request_.data.toStdString();
    if (!dataset || !fs::equivalent(dataset->root(), root, code)) dataset = Dataset::open(root);
    if (dataset->version().empty())
      return add(State::Failure, "Data", QObject::tr("These are labels without pictures"),
                 QObject::tr("Training needs a nuScenes folder with its tables and pictures."));
    inspectSplit(*dataset, request_.split, true);
    if (request_.evaluate_every > 0) inspectSplit(*dataset, request_.evaluate_split, false);
  } catch (const Error& error) {
    add(State::Failure, "Data", error.problem());
  }
}

void Inspection::inspectSplit(const Dataset& dataset, const QString& split, bool trains) {
  std::size_t keyframes = 0, looked_at = 0, labelled = 0;
  std::vector<std::size_t> scenes;
  try {
    scenes = scenesOfSplit(dataset, split.toStdString());
  } catch (const Error& error) {
    // Without scenes to evaluate on there is no score, but there can be a training.
    return add(trains ? State::Failure : State::Warning, trains ? "Train on" : "Evaluate on",
               error.problem());
  }
  for (const std::size_t scene : scenes) {
    const std::size_t count = dataset.scenes()[scene].keyframes.size();
    keyframes += count;
    // A few of each scene tell whether there are labels.
    for (std::size_t i = 0; i < count; i += std::max<std::size_t>(1, count / 3)) {
      const Keyframe keyframe = dataset.keyframe(scene, i);
      ++looked_at;
      labelled += std::ranges::any_of(dataset.labelKinds(), [&](LabelKind kind) {
        return dataset.truthFile(kind, keyframe).has_value();
      });
    }
  }
  const QString what = QObject::tr("%1 scenes, %2 keyframes in %3")
                           .arg(scenes.size())
                           .arg(groupedNumber(qint64(keyframes)), split);
  if (labelled == 0) {
    add(trains ? State::Failure : State::Warning, "Labels", QObject::tr("%1, and none has labels").arg(what),
        QObject::tr("Put gts/ (Occ3D) or openocc_v2/ into the data set's folder."));
  } else if (labelled < looked_at) {
    add(State::Warning, "Labels",
        QObject::tr("%1; %2 of %3 looked at have no labels")
            .arg(what)
            .arg(looked_at - labelled)
            .arg(looked_at),
        QObject::tr("Those are left out."));
  } else {
    add(State::Good, trains ? "Data" : "Evaluation", what);
  }
}

/// The trainer says more of it; here it is seen whether it is such a list at all.
void Inspection::inspectBoost() {
  if (request_.boost.isEmpty()) return;
  QFile file(request_.boost);
  if (!file.open(QIODevice::ReadOnly))
    return add(State::Failure, "See more often", QObject::tr("The list cannot be read"),
               QObject::tr("Choose another one, or leave the field empty."));
  const QJsonDocument json = QJsonDocument::fromJson(file.read(kMostBoostBytes));
  const qsizetype count = json.object()[QStringLiteral("tokens")].toObject().size();
  if (count == 0)
    return add(State::Failure, "See more often", QObject::tr("This is no list of keyframes"),
               QObject::tr("\"See more often\" in Worst frames writes one."));
  add(State::Good, "See more often", QObject::tr("%1 keyframes").arg(groupedNumber(count)));
}

void Inspection::inspectPrecision(const TrainingConfig& config) {
  const std::string device = card_ ? "cuda" : "cpu";
  try {
    demandPrecision(config, device);
    if (const std::string warning = precisionWarning(config, device); !warning.empty())
      add(State::Warning, "Settings", toQString(warning));
  } catch (const Error& error) {
    add(State::Failure, "Settings", error.problem());
  }
}

std::optional<ModelConfig> Inspection::inspectConfig(const TrainBackend& training) {
  if (!(request_.learning_rate > 0)) {
    add(State::Failure, "Learning rate", QObject::tr("The learning rate is no number above 0"),
        QObject::tr("Write it as 0.0002 or 2e-4."));
    return std::nullopt;
  }
  try {
    std::vector<std::string> settings;
    for (const QString& each : request_.allSettings())
      settings.push_back(each.toStdString());
    ModelConfig config = training.config(request_.config.toStdString(), settings);
    add(State::Good, "Settings", QObject::tr("All settings are within their ranges"));
    inspectPrecision(config.training);
    return config;
  } catch (const Error& error) {
    add(State::Failure, "Settings", error.problem());
    return std::nullopt;
  }
}

std::uint64_t Inspection::inspectWeights(const PredictBackend& network, const ModelConfig& config) {
  const auto parametersOf = [&](const WeightsChoice& weights) {
    PredictorOptions options;
    options.device = "cpu";
    Progress unwatched;
    const auto predictor = network.make(config, weights, options, unwatched);
    if (!weights.file.empty() && !weights.despite_mismatch)
      add(State::Good, "Weights", QString::fromStdString(predictor->facts().fit));
    return predictor->facts().parameters;
  };
  try {
    const WeightsChoice weights{request_.weights.toStdString(), false};
    try {
      const std::uint64_t parameters = parametersOf(weights);
      if (request_.weights.isEmpty())
        add(State::Note, "Weights", QObject::tr("Begins with random weights"),
            QObject::tr("Weights of the same configuration would be much faster."));
      return parameters;
    } catch (const WeightsMisfit& error) {
      add(State::Warning, "Weights", error.problem());
      findings.back().advice =
          QObject::tr("What fits is taken; the rest begins with random weights.").toStdString();
    }
    return parametersOf({weights.file, true});
  } catch (const Error& error) {
    add(State::Failure, "Weights", error.problem());
    return 0;
  }
}

void Inspection::inspectMemory(const TrainBackend& training, const ModelConfig& config,
                               std::uint64_t parameters) {
  // Farther above what is there than the guess may be wrong.
  constexpr double kEnough = 0.8, kTooMuch = 1.2, kTooMuchOnCard = 1.4;
  const auto& measured = experience().memory_bytes;
  const double needed =
      measured ? measured->value : double(training.memory(config, parameters, card_.has_value()));
  const QString how = measured ? QObject::tr("%1 measured in %2").arg(gigabytes(needed), measured->run)
                               : QObject::tr("about %1 by its sizes").arg(gigabytes(needed));
  const double all = double(card_ ? card_->memory_bytes : machineMemory());
  if (all <= 0) return add(State::Note, "Memory", QObject::tr("It takes %1").arg(how));
  const QString there = card_ ? QObject::tr("%1 has %2").arg(toQString(card_->title), gigabytes(all))
                              : QObject::tr("there is %1").arg(gigabytes(all));
  if (needed < kEnough * all)
    return add(State::Good, "Memory", QStringLiteral("%1; %2").arg(capitalised(how), there));
  const bool is_too_much = needed > (card_ ? kTooMuchOnCard : kTooMuch) * all;
  add(is_too_much ? State::Failure : State::Warning, "Memory",
      QObject::tr("Memory is short: %1, and %2").arg(how, there),
      config.training.batch_size > 1 ? QObject::tr("A batch of 1 would take less.")
                                     : QObject::tr("A smaller configuration would fit."));
}

void Inspection::inspectDisk(std::uint64_t parameters) {
  const double each = double(parameters) * 4 * kCheckpointCopies;
  const double needed = each * kKeptCheckpoints;
  fs::path folder = request_.folder.toStdString();
  std::error_code code;
  while (!folder.empty() && folder.has_parent_path() && folder != folder.parent_path() &&
         !fs::exists(folder, code))
    folder = folder.parent_path();
  const fs::space_info space = fs::space(folder, code);
  if (code) return;
  const double free = double(space.available);
  const QString what = QObject::tr("Checkpoints of %1, %2 free").arg(gigabytes(each), gigabytes(free));
  if (free > 2 * needed) {
    add(State::Good, "Disk", what);
  } else {
    add(free > needed ? State::Warning : State::Failure, "Disk", what,
        QObject::tr("Free some space, or choose a folder on another disk."));
  }
}

void Inspection::inspectTime() {
  const auto& measured = experience().seconds_per_step;
  if (!measured)
    return add(State::Note, "Time", QObject::tr("Nobody has measured a step of this configuration here"),
               QObject::tr("The run says how long it will take after its first steps."));
  const double seconds = measured->value * double(request_.steps);
  add(State::Good, "Time",
      QObject::tr("About %1 for %2 steps, as %3 went")
          .arg(durationText(seconds), groupedNumber(request_.steps), measured->run));
}

}  // namespace

TrainExperience experienceOf(const RunStore& store, const TrainRequest& request) {
  TrainExperience experience;
  const std::string name = QFileInfo(request.config).completeBaseName().toStdString();
  const auto take = [](std::optional<TrainExperience::Measured>& kept, std::optional<double> value,
                       const RunData& run) {
    if (!kept && value) kept = {*value, run.name()};
  };
  for (const auto& each : store.runs()) {
    if (each->facts.batch_size != request.batch) continue;
    if (each->facts.config != request.config.toStdString() && each->facts.config != name) continue;
    TrainExperience::OnDevice& on = each->isOnCard() ? experience.on_card : experience.on_processor;
    take(on.seconds_per_step, each->secondsPerStep(), *each);
    take(on.memory_bytes, each->lastOf(each->isOnCard() ? "card_memory_bytes" : "memory_bytes"), *each);
  }
  return experience;
}

Preflight inspectTraining(const TrainRequest& request, std::shared_ptr<const Dataset> dataset,
                          const PredictBackend& network, const TrainBackend& training,
                          const TrainExperience& experience, Progress& progress) {
  Inspection inspection(request, experience);
  inspection.inspectFolder();
  inspection.inspectData(std::move(dataset));
  inspection.inspectBoost();
  progress.throwIfCancelled();
  inspection.findCard(network);
  if (const auto config = inspection.inspectConfig(training)) {
    const std::uint64_t parameters = inspection.inspectWeights(network, *config);
    progress.throwIfCancelled();
    if (parameters > 0) {
      inspection.inspectMemory(training, *config, parameters);
      inspection.inspectDisk(parameters);
    }
    inspection.inspectTime();
  }
  return {std::move(inspection.findings)};
}

}  // namespace hbev::ui
