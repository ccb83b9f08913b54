#include "ui/training/run_data.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QtCore/QCoreApplication>

#include "core/base/files.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

/// The terms of the loss in the order in which they get their colours.
struct LossTerm {
  const char* name;
  const char* title;
};
constexpr std::array<LossTerm, 7> kLossTerms{
    {{"loss_occ", QT_TRANSLATE_NOOP("Run", "Cross-entropy")},
     {"loss_lovasz", QT_TRANSLATE_NOOP("Run", "Lov\u00E1sz")},
     {"loss_depth", QT_TRANSLATE_NOOP("Run", "Depth")},
     {"loss_flow", QT_TRANSLATE_NOOP("Run", "Flow")},
     {"loss_hv", QT_TRANSLATE_NOOP("Run", "Height")},
     {"loss_sem_scal", QT_TRANSLATE_NOOP("Run", "Semantic scale")},
     {"loss_geo_scal", QT_TRANSLATE_NOOP("Run", "Geometric scale")}}};

constexpr const char* kRayIou = "ray_iou";

QString runText(const char* text) {
  return QCoreApplication::translate("Run", text);
}

}  // namespace

std::optional<Problem> RunData::trouble() const {
  return is_reachable ? unreadable : doesNotAnswer(folder);
}

bool RunData::isOnCard() const {
  const QString device = QString::fromStdString(facts.device);
  return !device.isEmpty() && !device.startsWith(QStringLiteral("cpu"), Qt::CaseInsensitive);
}

std::int64_t RunData::totalSteps() const {
  return std::max({facts.total_steps, process.total_steps, last_step});
}

std::shared_ptr<CurveSeries> RunData::curve(const std::string& name) const {
  const auto found = curves.find(name);
  return found == curves.end() ? nullptr : found->second;
}

std::optional<double> RunData::lastOf(const std::string& curve) const {
  const auto series = this->curve(curve);
  if (!series) return std::nullopt;
  for (std::size_t i = series->size(); i-- > 0;) {
    if (std::isfinite(series->value(i))) return series->value(i);
  }
  return std::nullopt;
}

std::optional<RunData::Best> RunData::best() const {
  std::optional<Best> best;
  if (const auto series = curve(kRayIou)) {
    for (std::size_t i = 0; i < series->size(); ++i) {
      if (std::isfinite(series->value(i)) && (!best || series->value(i) > best->ray_iou))
        best = Best{series->value(i), series->step(i)};
    }
  }
  return best;
}

std::optional<double> RunData::secondsPerStep() const {
  if (process.seconds_per_step && *process.seconds_per_step > 0) return process.seconds_per_step;
  const auto series = curve("seconds");
  if (!series || series->empty()) return std::nullopt;
  const std::size_t first = series->size() > 50 ? series->size() - 50 : 0;
  const auto mean = series->mean(double(series->step(first)), double(series->step(series->size() - 1)) + 1);
  return mean && *mean > 0 ? mean : std::nullopt;
}

std::optional<double> RunData::secondsLeft() const {
  const auto each_s = secondsPerStep();
  if (!each_s || !isGoing() || totalSteps() <= last_step) return std::nullopt;
  return *each_s * double(totalSteps() - last_step);
}

std::vector<std::string> RunData::lossTerms() const {
  std::vector<std::string> terms;
  for (const LossTerm& term : kLossTerms) {
    if (const auto series = curve(term.name); series && !series->empty()) terms.emplace_back(term.name);
  }
  for (const auto& [name, series] : curves) {
    if (name.starts_with("loss_") && !series->empty() && std::ranges::find(terms, name) == terms.end())
      terms.push_back(name);
  }
  return terms;
}

const RunCheckpoint* RunData::newestCheckpoint() const {
  return checkpoints.empty() ? nullptr : &checkpoints.back();
}

const RunCheckpoint* RunData::bestCheckpoint() const {
  if (!best()) return nullptr;
  const auto found = std::ranges::find(checkpoints, true, &RunCheckpoint::best);
  return found == checkpoints.end() ? nullptr : &*found;
}

std::optional<double> RunData::scoreAt(std::int64_t step) const {
  const auto series = curve(kRayIou);
  const auto at = series ? series->nearest(double(step)) : std::nullopt;
  if (!at || series->step(*at) != step || !std::isfinite(series->value(*at))) return std::nullopt;
  return series->value(*at);
}

void RunData::take(const RunUpdate& update, double smoothing) {
  static_cast<RunSnapshot&>(*this) = update;
  is_reachable = true;
  if (update.from_start) {
    // Plots hold the series: they are emptied, not replaced.
    for (auto& [name, series] : curves) {
      series->clear();
      series->setSmoothing(smoothing);
    }
  }
  for (const RunPoints& each : update.points) {
    auto& series = curves[each.name];
    if (!series) {
      series = std::make_shared<CurveSeries>();
      series->setSmoothing(smoothing);
    }
    if (each.name != kRayIou) {
      series->append(each.steps, each.values);
      continue;
    }
    std::vector<double> percent = each.values;
    for (double& value : percent)
      value *= 100;
    series->append(each.steps, percent);
  }
}

Problem doesNotAnswer(const std::filesystem::path& folder) {
  return {
      .summary = runText("%1 does not answer").arg(toQString(lastName(folder))).toStdString(),
      .file = folder,
      .expected = {},
      .found = {},
      .advice =
          runText("It is read again as soon as its disk answers: a remote mount may hang.").toStdString()};
}

QString stateText(const RunData& run) {
  if (!run.is_reachable) return runText("Not reachable");
  if (run.unreadable) return runText("Unreadable");
  switch (run.state) {
    case RunState::Running:
      switch (run.process.activity) {
        case RunActivity::Starting:
          return runText("Starting");
        case RunActivity::Evaluating:
          return runText("Evaluating");
        case RunActivity::Saving:
          return runText("Saving");
        default:
          return runText("Running");
      }
    case RunState::Paused:
      return runText("Paused");
    case RunState::Stopped:
      return runText("Stopped");
    case RunState::Done:
      return runText("Done");
    case RunState::Failed:
      return runText("Failed");
    case RunState::Lost:
      return runText("Lost");
  }
  return {};
}

QString lossTitle(const std::string& name) {
  for (const LossTerm& term : kLossTerms) {
    if (name == term.name) return runText(term.title);
  }
  if (name == "loss") return runText("Total");
  return QString::fromStdString(name.starts_with("loss_") ? name.substr(5) : name);
}

}  // namespace hbev::ui
