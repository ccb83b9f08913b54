// Training in the window: its actions, the workspace around the viewports, what is said of runs that end, and
// what becomes of them when the window closes.
#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/text.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_page.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

void registerRunFolderActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString open = actionText("Open");
  actions.add({"train.attach", actionText("Attach run folder"), "open-folder",
               actionText("Follows a run that lies anywhere, also one that another machine writes."), open},
              [&window](bool) { window.training().chooseAttached(); });
  actions.add({"train.detach", actionText("Detach run"), "close",
               actionText("Takes an attached run off the list; its files stay."), open},
              [&window](bool) { window.training().detachCurrent(); });
  actions.add({"train.folder", actionText("Folder of runs"), "open-folder",
               actionText("Chooses where runs are made and looked for."), open},
              [&window](bool) { window.training().chooseFolder(); });
  actions.add({"train.open_folder", actionText("Open the run's folder"), "open-folder",
               actionText("Shows the run's files in the file manager."), open},
              [&window](bool) { window.training().openCurrentFolder(); });
}

}  // namespace

void registerTrainActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  const QString work = actionText("Work"), go = actionText("Go");
  actions.add({"workspace.training", actionText("Training"), "curve",
               actionText("Runs, their curves, and what they have learned so far."), go, true},
              [&window](bool) { window.setWorkspace("training"); });
  actions.add({"panel.runs", actionText("Runs"), "run",
               actionText("The list of runs in the Training workspace."), go},
              [&window](bool) {
                window.setWorkspace("training");
                window.training().runs().focusSearch();
              });
  actions.add({"train.new", actionText("New run"), "train",
               actionText("Chooses what to train, looks whether it can, and starts it."), work},
              [&window](bool) {
                window.setWorkspace("training");
                window.training().newRun();
              });
  actions.add({"train.checkpoint", actionText("Checkpoint now"), "checkpoint",
               actionText("The run that is chosen writes its weights after this step."), work},
              [&window](bool) { window.training().send(RunWish::Checkpoint); });
  actions.add(
      {"train.pause", actionText("Pause"), "pause",
       actionText("The run that is chosen waits, and keeps its memory."), work},
      [&window](bool) {
        const auto& run = window.training().store().current();
        window.training().send(run && run->state == RunState::Paused ? RunWish::GoOn : RunWish::Pause);
      });
  actions.add({"train.stop", actionText("Stop"), "stop",
               actionText("The run that is chosen saves and ends. It can be resumed."), work},
              [&window](bool) { window.training().send(RunWish::Stop); });
  actions.add({"train.resume", actionText("Resume"), "play",
               actionText("Goes on with the chosen run from its newest checkpoint."), work},
              [&window](bool) { window.training().resumeCurrent(); });
  actions.add({"train.like", actionText("New run like this"), "copy",
               actionText("The chosen run's data and settings, from the weights that it has learned."), work},
              [&window](bool) { window.training().newRunLikeCurrent(); });
  registerRunFolderActions(window);
}

void MainWindow::connectTraining() {
  training_ = new TrainPage(studio_, predicting_, actions_, body_);
  body_->addWidget(training_);
  connect(training_, &TrainPage::changed, this, &MainWindow::enableTraining);
  connect(training_, &TrainPage::failed, this, &MainWindow::showProblem);
  connect(worst_, &WorstFrames::boostWritten, this, [this](const QString& file, const QString& sentence) {
    showNotice(NoticeLine::Kind::Ok, sentence, tr("New run"), [this, file] {
      setWorkspace(QStringLiteral("training"));
      training_->newRunWithBoost(file);
    });
  });
  connect(&studio_, &Studio::datasetChanged, this, [this] {
    if (is_training_shown_) hideDocksBehindTraining();
  });
  connect(&training_->store(), &RunStore::ended, this, [this](const std::filesystem::path& folder) {
    const auto run = training_->store().find(folder);
    if (!run) return;
    const bool good = run->state == RunState::Done || run->state == RunState::Stopped;
    const auto best = run->best();
    QString text = tr("%1: %2 at step %3%4")
                       .arg(run->name(), stateText(*run).toLower(), groupedNumber(run->last_step),
                            best ? tr(", RayIoU %1").arg(decimal(best->ray_iou, 1)) : QString());
    const QString why = QString::fromStdString(run->process.sentence);
    if (!good && !why.isEmpty()) text += QStringLiteral(". ") + why;
    showNotice(good ? NoticeLine::Kind::Ok : NoticeLine::Kind::Error, text,
               is_training_shown_ ? QString() : tr("Show"), [this, folder] {
                 training_->store().setCurrent(folder);
                 setWorkspace(QStringLiteral("training"));
               });
  });
}

/// The workspace takes the viewports along, and gives them back.
void MainWindow::showTraining(bool on) {
  actions_["workspace.training"]->setChecked(on);
  if (on == is_training_shown_) return;
  is_training_shown_ = on;
  if (on) {
    docks_behind_.clear();
    hideDocksBehindTraining();
    pages_->setCurrentIndex(1);
    training_->takeViewports(*viewports_);
    viewports_->setStacked(true);
    body_->setCurrentWidget(training_);
  } else {
    viewports_->setStacked(false);
    body_->insertWidget(0, viewports_);
    body_->setCurrentWidget(viewports_);
    pages_->setCurrentIndex(studio_.dataset() ? 1 : 0);
    for (QDockWidget* dock : docks_behind_)
      dock->show();
  }
  training_->setActive(on);
  enableTraining();
}

void MainWindow::hideDocksBehindTraining() {
  for (QDockWidget* dock : findChildren<QDockWidget*>()) {
    if (dock->isHidden()) continue;
    docks_behind_.push_back(dock);
    dock->hide();
  }
}

void MainWindow::enableTraining() {
  if (!training_) return;
  for (const char* id : {"workspace.training", "panel.runs", "train.new", "train.attach", "train.folder"})
    actions_[QString::fromLatin1(id)]->setEnabled(true);
  // Without data it is the way back to the start page.
  if (is_training_shown_) actions_["workspace.browse"]->setEnabled(true);
  const auto& run = training_->store().current();
  const bool going = run && run->isGoing();
  for (const char* id : {"train.checkpoint", "train.pause", "train.stop"})
    actions_[QString::fromLatin1(id)]->setEnabled(going);
  actions_["train.resume"]->setEnabled(run && !going);
  actions_["train.resume"]->setText(run && run->state == RunState::Done ? tr("Train longer") : tr("Resume"));
  for (const char* id : {"train.like", "train.open_folder"})
    actions_[QString::fromLatin1(id)]->setEnabled(run != nullptr);
  actions_["train.detach"]->setEnabled(run && run->is_attached);
  const bool paused = run && run->state == RunState::Paused;
  actions_["train.pause"]->setText(paused ? tr("Go on") : tr("Pause"));
  actions_["train.pause"]->setIcon(icon(paused ? "play" : "pause"));
}

bool MainWindow::mayClose() {
  const auto going = training_->store().goingHere();
  if (going.empty()) return true;
  QMessageBox question(this);
  question.setObjectName(QStringLiteral("closing"));
  question.setWindowTitle(tr("Close"));
  question.setText(going.size() == 1 ? tr("%1 goes on without the window.").arg(going.front()->name())
                                     : tr("%1 runs go on without the window.").arg(going.size()));
  question.setInformativeText(tr("The next start finds them again."));
  QPushButton* close = question.addButton(tr("Close"), QMessageBox::AcceptRole);
  QPushButton* stop = question.addButton(
      going.size() == 1 ? tr("Stop run and close") : tr("Stop runs and close"), QMessageBox::DestructiveRole);
  question.addButton(tr("Cancel"), QMessageBox::RejectRole);
  question.setDefaultButton(close);
  question.exec();
  if (question.clickedButton() == stop) {
    for (const auto& each : going)
      training_->store().send(*each, RunWish::Stop);
  }
  return question.clickedButton() == stop || question.clickedButton() == close;
}

}  // namespace hbev::ui
