// The network in the window: its actions, how far it is, what it says, and where its predictions are saved.
#include <algorithm>
#include <cmath>

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolButton>

#include "ui/kit/painting.h"
#include "ui/predict/network_chooser.h"
#include "ui/predict/predict_panel.h"
#include "ui/scenes/scene_panel.h"
#include "ui/state/text.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/activities.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

constexpr const char* kPredictIds[] = {"predict.keyframe", "predict.scene", "predict.listed",
                                       "predict.as_i_go"};

}  // namespace

void registerPredictActions(MainWindow& window) {
  ActionRegistry& actions = window.actions();
  Predicting& predicting = window.predicting();
  const QString work = actionText("Work");
  actions.add({"predict.keyframe", actionText("Predict keyframe"), "predict",
               actionText("Runs the network on the keyframe that is shown."), work},
              [&window](bool) { window.predictKeyframe(); });
  actions.add({"predict.scene", actionText("Predict scene"), "predict",
               actionText("Every keyframe of this scene that is not predicted yet."), work},
              [&window](bool) { window.predictScenes({window.studio().current().scene}); });
  actions.add({"predict.listed", actionText("Predict listed scenes"), "predict",
               actionText("All scenes, or those that the filter shows."), work},
              [&window](bool) { window.predictScenes(window.scenes().listedScenes()); });
  actions.add(
      {"predict.as_i_go", actionText("Predict as I go"), "predict",
       actionText("Predicts the keyframe that is shown whenever it has no prediction yet."), work, true},
      [&predicting](bool on) { predicting.setAsIGo(on); });
  actions.add({"predict.stop", actionText("Stop predicting"), "stop",
               actionText("What is predicted so far stays."), work},
              [&predicting](bool) { predicting.stop(); });
  actions.add({"predict.panel", actionText("Network and weights"), "settings",
               actionText("Chooses what predicts: configuration, weights, exact or streaming."), work},
              [&window](bool) { window.showPanel(&window.predictPanel()); });
  actions.add({"predict.save", actionText("Save predictions as"), "export",
               actionText("Copies the network's predictions to a folder, as HBEVOcc writes them."), work},
              [&window](bool) { window.savePredictions(); });
  actions.add({"predict.times", actionText("Stage times"), "info",
               actionText("How long each part of the network took, over the prediction."), work, true},
              [&window](bool on) {
                window.studio().changeView([on](ViewSettings& view) { view.stage_times = on; });
              });
}

void MainWindow::connectPredicting() {
  predict_->connect(predict_, &PredictPanel::closeRequested, predict_dock_, &QWidget::hide);
  viewports_->followPredicting(predicting_);
  connect(&predicting_, &Predicting::statusChanged, this, &MainWindow::showPredicting);
  connect(&predicting_, &Predicting::changed, this, &MainWindow::enableActions);
  connect(&predicting_, &Predicting::predicted, this, &MainWindow::enablePredicting);
  connect(&studio_, &Studio::sourcesChanged, this, &MainWindow::enablePredicting);
  connect(&studio_, &Studio::frameChanged, this, &MainWindow::enablePredicting);
  connect(&predicting_, &Predicting::failed, this, [this](const Problem& problem) {
    if (predict_->isVisible()) return;  // it is said there
    showNotice(NoticeLine::Kind::Error, QString::fromStdString(toString(problem)), tr("Show"),
               [this] { showPanel(predict_); });
  });
  connect(&predicting_, &Predicting::runEnded, this, [this](int there, int total, double seconds) {
    if (there == 0) return;
    showNotice(NoticeLine::Kind::Ok, tr("%1 of %2 keyframes are predicted, after %3: %4.")
                                         .arg(groupedNumber(there), groupedNumber(total),
                                              durationText(seconds), predicting_.choice().title()));
  });
  connect(&studio_, &Studio::viewChanged, this,
          [this] { actions_["predict.times"]->setChecked(studio_.view().stage_times); });
  actions_["predict.times"]->setChecked(studio_.view().stage_times);
}

void MainWindow::predictKeyframe() {
  // Who has not chosen yet sees what there is to choose while the demo's network runs.
  if (!predicting_.isChosen()) showPanel(predict_);
  predicting_.predictCurrent();
}

void MainWindow::predictScenes(const std::vector<std::size_t>& scenes) {
  if (!predicting_.isChosen()) showPanel(predict_);
  predicting_.predictScenes(scenes);
}

std::shared_ptr<const PredictedSource> MainWindow::savableSource() const {
  const OccupancySource* shown = studio_.source(viewports_->active());
  const auto mine = shown ? std::dynamic_pointer_cast<const PredictedSource>(shown->prediction) : nullptr;
  return mine && mine->count() > 0 ? mine : predicting_.source();
}

void MainWindow::savePredictions() {
  const auto source = savableSource();
  if (!source) return;
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Save predictions as"));
  if (folder.isEmpty()) return;
  saving_.start([source, folder](Progress& progress) { source->copyTo(folder.toStdString(), progress); });
}

/// In the status bar, and in which actions there are.
void MainWindow::showPredicting() {
  const Predicting::Status& status = predicting_.status();
  enablePredicting();
  if (!status.isBusy()) return activities_->end(QStringLiteral("prediction"));
  Progress::State state;
  if (status.loading) {
    state.what = tr("Loading %1").arg(predicting_.choice().title()).toStdString();
  } else if (status.keyframe) {
    const QString& stage = status.stage;
    const std::string& scene = studio_.dataset()->scenes()[status.keyframe->scene].name;
    state.what =
        tr("Predicting %1%2")
            .arg(QString::fromStdString(scene), stage.isEmpty() ? QString() : QStringLiteral(" · ") + stage)
            .toStdString();
  }
  state.seconds_left = status.seconds_left;
  state.done = std::int64_t(status.total > 0 ? status.done : std::size_t(std::lround(100 * status.fraction)));
  state.total = std::int64_t(status.total > 0                         ? status.total
                             : status.loading && status.fraction == 0 ? 0
                                                                      : 100);
  activities_->show(
      {QStringLiteral("prediction"), state, status.total == 0, false, [this] { predicting_.stop(); }});
}

void MainWindow::enablePredicting() {
  for (const char* id : kPredictIds) {
    QAction* action = actions_[QString::fromLatin1(id)];
    const bool here = action->objectName() == QStringLiteral("predict.keyframe");
    const QString why_not = here ? predicting_.whyNotHere() : predicting_.whyNot();
    const bool can = why_not.isEmpty();
    action->setEnabled(can);
    const auto& entries = actions_.entries();
    const auto entry = std::ranges::find(entries, action, &ActionRegistry::Entry::action);
    action->setToolTip(
        ActionRegistry::tooltip(entry->spec.name, action->shortcut(), can ? entry->spec.help : why_not));
  }
  const auto source = savableSource();
  actions_["predict.as_i_go"]->setChecked(predicting_.asIGo());
  actions_["predict.stop"]->setEnabled(predicting_.status().isBusy() || predicting_.asIGo());
  actions_["predict.save"]->setEnabled(source && source->count() > 0);
  actions_["predict.panel"]->setEnabled(true);
}

/// Files for the network among those that were dropped or named; the others stay.
QStringList MainWindow::takeNetworkFiles(QStringList paths) {
  paths.removeIf([this](const QString& path) {
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending != "pth" && ending != "pt" && ending != "toml") return false;
    predict_->chooser().chooseFile(path);
    showPanel(predict_);
    return true;
  });
  return paths;
}

QToolButton* MainWindow::makePredictButton(QWidget* bar) {
  auto* button = new QToolButton(bar);
  auto* menu = new QMenu(button);
  for (const char* id : {"predict.keyframe", "predict.scene", "predict.listed", "predict.as_i_go", "",
                         "predict.panel", "predict.save", "", "predict.stop"}) {
    if (*id) {
      menu->addAction(actions_[QString::fromLatin1(id)]);
    } else {
      menu->addSeparator();
    }
  }
  actions_["predict.keyframe"]->setIconText(tr("Predict"));
  button->setDefaultAction(actions_["predict.keyframe"]);
  button->setMenu(menu);
  button->setPopupMode(QToolButton::MenuButtonPopup);
  return button;
}

}  // namespace hbev::ui
