// The evaluation in the window: its actions, how far it is, what was found, and the panels of the Errors
// workspace.
#include <algorithm>
#include <utility>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>

#include "ui/kit/painting.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/score_export.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/score_view.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"
#include "ui/state/text.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/activities.h"
#include "ui/window/import_panel.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

QString evaluatedText(const EvaluationSummary& summary, std::size_t number, double seconds) {
  const auto tr = [](const char* words) { return MainWindow::tr(words); };
  const SourceSummary& source = summary.sources[std::min(number, summary.sources.size() - 1)];
  if (source.skipped.empty())
    return tr("%1 keyframes are evaluated, after %2.")
        .arg(groupedNumber(summary.frames), durationText(seconds));
  QStringList parts;
  const auto add = [&](SkipReason reason, const char* one, const char* many) {
    const std::int64_t count = source.skippedFor(reason);
    if (count > 0) parts << tr(count == 1 ? one : many).arg(groupedNumber(count));
  };
  add(SkipReason::NoPrediction, QT_TRANSLATE_NOOP("MainWindow", "%1 has no prediction"),
      QT_TRANSLATE_NOOP("MainWindow", "%1 have no prediction"));
  add(SkipReason::NoTruth, QT_TRANSLATE_NOOP("MainWindow", "%1 has no truth"),
      QT_TRANSLATE_NOOP("MainWindow", "%1 have no truth"));
  add(SkipReason::Unusable, QT_TRANSLATE_NOOP("MainWindow", "%1 cannot be used"),
      QT_TRANSLATE_NOOP("MainWindow", "%1 cannot be used"));
  return tr("%1 of %2 keyframes are evaluated, after %3; %4.")
      .arg(groupedNumber(qint64(source.frames.size())), groupedNumber(summary.frames), durationText(seconds),
           parts.join(QStringLiteral(", ")));
}

}  // namespace

void registerErrorActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString work = actionText("Work"), keep = actionText("Keep"), go = actionText("Go");
  actions.add(
      {"evaluate", actionText("Evaluate"), "evaluate",
       actionText("Scores every keyframe that has a prediction and labels; goes on where it was stopped."),
       work},
      [&window](bool) { window.evaluate(); });
  actions.add({"evaluate.stop", actionText("Stop evaluating"), "stop",
               actionText("What is evaluated so far stays."), work},
              [&window](bool) { window.evaluating().cancel(); });
  actions.add({"table.export", actionText("Export scores"), "export",
               actionText("Writes what the score table shows as CSV, Markdown, LaTeX, JSON or HTML."), keep},
              [&window](bool) { window.exportScores(); });
  actions.add({"copy", actionText("Copy scores"), "copy",
               actionText("Copies the selected rows of the score table, or all of them."), keep},
              [&window](bool) { window.scores().copy(); });
  actions.add({"panel.confusion", actionText("Confusion"), "confusion",
               actionText("Which class was taken for which."), go},
              [&window](bool) { window.showPanel(&window.confusion()); });
  actions.add({"panel.worst", actionText("Worst frames"), "sort",
               actionText("Keyframes ranked by what is wrong in them."), go},
              [&window](bool) { window.showPanel(&window.worstFrames()); });
  actions.add({"errors.clear", actionText("Clear error filters"), "filter",
               actionText("All classes, pairs and outcomes are shown again."), work},
              [&window](bool) { window.studio().errors().clear(); });
}

void MainWindow::makeErrorPanels() {
  evaluating_ = std::make_unique<Evaluating>(studio_);
  score_view_ = new ScoreView(studio_, *evaluating_, this);
  scores_ = new ScorePanel(studio_, *evaluating_, *score_view_);
  confusion_ = new ConfusionPanel(studio_, *score_view_);
  worst_ = new WorstFrames(studio_, *score_view_);
}

void MainWindow::connectErrors() {
  connect(scores_, &ScorePanel::evaluateRequested, this, &MainWindow::evaluate);
  connect(scores_, &ScorePanel::exportRequested, this, &MainWindow::exportScores);
  connect(scores_, &ScorePanel::importReportRequested, this, &MainWindow::showImportReport);
  connect(scores_, &ScorePanel::openRequested, this, &MainWindow::openPath);
  connect(confusion_, &ConfusionPanel::framesRequested, this, [this] {
    worst_->setRanking(FrameRanking::Cell);
    showPanel(worst_);
  });
  connect(confusion_, &ConfusionPanel::failed, this, &MainWindow::showProblem);
  connect(worst_, &WorstFrames::evaluateRequested, this, &MainWindow::evaluate);
  connect(worst_, &WorstFrames::failed, this, &MainWindow::showProblem);
  connect(worst_, &WorstFrames::said, this,
          [this](const QString& sentence) { showNotice(NoticeLine::Kind::Ok, sentence); });
  // Started in the Errors workspace, the data comes later.
  connect(&studio_, &Studio::scoringChanged, this, [this, could_score = false]() mutable {
    const bool can_score = studio_.canScore();
    if (std::exchange(could_score, can_score) != can_score && actions_["workspace.errors"]->isChecked())
      viewports_->setAlone(can_score);
  });
  connect(evaluating_.get(), &Evaluating::progressed, this, &MainWindow::showEvaluating);
  connect(evaluating_.get(), &Evaluating::changed, this, &MainWindow::showEvaluating);
  connect(evaluating_.get(), &Evaluating::failed, this, &MainWindow::showProblem);
  connect(evaluating_.get(), &Evaluating::diagnosed, this, [this] {
    const auto& suspicions = evaluating_->suspicions();
    if (suspicions.empty()) return;
    const Evaluating::Suspicion& first = suspicions.front();
    const QString mending = first.mending();
    showNotice(NoticeLine::Kind::Warn, first.words(), mending.isEmpty() ? tr("Show report") : mending,
               [this, first, mending] {
                 mending.isEmpty() ? showImportReport(first.path) : evaluating_->mend(first);
               });
  });
  connect(evaluating_.get(), &Evaluating::ended, this, [this](bool complete, double seconds) {
    const EvaluationSummary* summary = evaluating_->summary();
    if (!summary || !complete) return;
    showNotice(NoticeLine::Kind::Ok, evaluatedText(*summary, score_view_->source(), seconds));
  });
}

void MainWindow::evaluate() {
  const QString why_not = evaluating_->whyNot();
  if (!why_not.isEmpty()) return showNotice(NoticeLine::Kind::Info, why_not);
  score_view_->setSubject(ScoreSubject::All);
  evaluating_->begin();
}

/// In the status bar, and in which actions there are.
void MainWindow::showEvaluating() {
  enableErrors();
  if (!evaluating_->isRunning() && !evaluating_->isOpening())
    return activities_->end(QStringLiteral("evaluation"));
  activities_->show({QStringLiteral("evaluation"), evaluating_->progress(), false, false,
                     [this] { evaluating_->cancel(); }});
}

void MainWindow::enableErrors() {
  const bool open = studio_.dataset() != nullptr;
  actions_["evaluate"]->setEnabled(open && evaluating_->whyNot().isEmpty());
  actions_["evaluate.stop"]->setEnabled(evaluating_->isRunning() || evaluating_->isOpening());
  const bool scored = studio_.canScore() || evaluating_->found();
  for (const char* id : {"table.export", "copy", "worst.next", "worst.previous"})
    actions_[QString::fromLatin1(id)]->setEnabled(open && scored);
}

void MainWindow::exportScores() {
  const ScoreExport scores = scoreExport(studio_, *score_view_);
  if (!scores.evaluation && !scores.report) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Export scores"), QStringLiteral("scores.csv"),
                                                    exportFilters(scores));
  if (path.isEmpty()) return;
  exporting_.start(
      [scores, file = path.toStdString()](Progress& progress) { writeScores(file, scores, progress); });
}

void MainWindow::openEvaluation(const QString& file) {
  if (file.isEmpty()) return;
  score_view_->setSubject(ScoreSubject::All);
  evaluating_->open(file);
  setWorkspace(QStringLiteral("errors"));
}

/// Made anew each time it opens: sources and splits change.
void MainWindow::fillEvaluateMenu(QMenu& menu) {
  menu.clear();
  menu.addAction(actions_["evaluate"]);
  menu.addAction(actions_["evaluate.stop"]);
  menu.addAction(actions_["table.export"]);
  const std::vector<OccupancySource> candidates = evaluating_->candidates(), chosen = evaluating_->chosen();
  if (!candidates.empty()) menu.addSection(tr("Sources"));
  for (const OccupancySource& source : candidates) {
    QAction* action = menu.addAction(source.title());
    action->setCheckable(true);
    action->setChecked(std::ranges::find(chosen, source) != chosen.end());
    action->setEnabled(!evaluating_->isShown(source));
    connect(action, &QAction::toggled, this, [this, source](bool on) { evaluating_->setChosen(source, on); });
  }
  if (evaluating_->splits().size() < 2) return;
  menu.addSection(tr("Keyframes"));
  for (const QString& split : evaluating_->splits()) {
    QAction* action = menu.addAction(split == QStringLiteral("all") ? tr("All scenes") : split);
    action->setCheckable(true);
    action->setChecked(split == evaluating_->split());
    connect(action, &QAction::triggered, this, [this, split] { evaluating_->setSplit(split); });
  }
}

QToolButton* MainWindow::makeEvaluateButton(QWidget* bar) {
  auto* button = new QToolButton(bar);
  auto* menu = new QMenu(button);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillEvaluateMenu(*menu); });
  actions_["evaluate"]->setIconText(tr("Evaluate"));
  button->setDefaultAction(actions_["evaluate"]);
  button->setMenu(menu);
  button->setPopupMode(QToolButton::MenuButtonPopup);
  return button;
}

}  // namespace hbev::ui
