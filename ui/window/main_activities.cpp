// What is under way in the window: who tells of it, and the line in the status bar.
#include <algorithm>

#include <QtWidgets/QLabel>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolButton>

#include "ui/kit/elided_label.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/theme.h"
#include "ui/scores/evaluating.h"
#include "ui/state/text.h"
#include "ui/training/train_page.h"
#include "ui/window/activities.h"
#include "ui/window/main_window.h"
#include "ui/window/start_page.h"

namespace hbev::ui {
namespace {

constexpr int kProgressWidth_px = 420, kProgressGap_px = 40;
const QString kRunPrefix = QStringLiteral("run:");

}  // namespace

void MainWindow::makeActivities() {
  activities_ = new Activities(this);
  connect(activities_, &Activities::changed, this, &MainWindow::showActivity);
  connect(progress_, &ProgressLine::cancelled, this, [this] {
    const Activity* activity = activities_->newest();
    if (const auto stop = activity ? activity->stop : nullptr) stop();
  });
  more_activities_ = new QToolButton(statusBar());
  more_activities_->setToolTip(actions_["panel.activities"]->toolTip());
  more_activities_->setAutoRaise(true);
  more_activities_->setFixedHeight(theme_.sizes().status_bar - 4);
  connect(more_activities_, &QToolButton::clicked, this, &MainWindow::showActivities);
  more_activities_->hide();
  statusBar()->insertWidget(0, more_activities_);
  const auto follow = [this](auto& job, const QString& id) {
    using Job = std::remove_reference_t<decltype(job)>;
    connect(&job, &Job::progressed, this, [this, &job, id](const Progress::State& state) {
      activities_->show({id, state, false, false, [&job] { job.cancel(); }});
    });
    connect(&job, &Job::finished, this, [this, id] { activities_->end(id); });
    connect(&job, &Job::cancelled, this, [this, id] { activities_->end(id); });
    connect(&job, &Job::failed, this, [this, id](const Problem& problem) {
      activities_->end(id);
      showProblem(problem);
    });
  };
  follow(demo_, QStringLiteral("demo"));
  follow(saving_, QStringLiteral("saving"));
  follow(exporting_, QStringLiteral("exporting"));
  connect(&demo_, &DemoJob::progressed, start_, &StartPage::showDemoProgress);
  connect(&demo_, &DemoJob::finished, start_, &StartPage::endDemoProgress);
  connect(&demo_, &DemoJob::cancelled, start_, &StartPage::endDemoProgress);
  connect(&demo_, &DemoJob::failed, start_, &StartPage::endDemoProgress);
  connect(start_, &StartPage::demoGivenUp, &demo_, &DemoJob::cancel);
  connect(&demo_, &DemoJob::finished, this, &MainWindow::openPath);
  connect(&studio_, &Studio::openingChanged, this, [this] {
    const QString id = QStringLiteral("opening");
    if (!studio_.isOpening()) return activities_->end(id);
    Progress::State state;
    state.what = tr("Opening").toStdString();
    activities_->show({id, state, false, true, [this] { studio_.cancelOpening(); }});
  });
  connect(&studio_, &Studio::openingProgressed, this, [this](const Progress::State& state) {
    activities_->show({QStringLiteral("opening"), state, true, false, [this] { studio_.cancelOpening(); }});
  });
}

/// Runs go on in processes of their own: the line says how far they are, and asks them to end.
void MainWindow::followRuns() {
  RunStore& store = training_->store();
  const auto show = [this, &store] {
    std::vector<QString> going;
    for (const auto& run : store.goingHere()) {
      const QString id = kRunPrefix + QString::fromStdString(run->folder.string());
      going.push_back(id);
      Progress::State state;
      state.what = tr("Training %1").arg(run->name()).toStdString();
      state.done = run->last_step;
      state.total = run->totalSteps();
      state.seconds_left = run->secondsLeft();
      activities_->show({id, state, false, true, [&store, folder = run->folder] {
                           if (const auto found = store.find(folder)) store.send(*found, RunWish::Stop);
                         }});
    }
    QStringList gone;
    for (const Activity& each : activities_->running()) {
      if (each.id.startsWith(kRunPrefix) && std::ranges::find(going, each.id) == going.end()) gone << each.id;
    }
    for (const QString& id : gone)
      activities_->end(id);
  };
  connect(&store, &RunStore::listChanged, this, show);
  connect(&store, &RunStore::runChanged, this, show);
}

void MainWindow::showActivity() {
  const Activity* newest = activities_->newest();
  const auto count = activities_->running().size();
  more_activities_->setText(tr("%1 activities").arg(count));
  more_activities_->setVisible(count > 1);
  progress_->setVisible(newest);
  status_label_->setVisible(!newest);
  if (!newest) return;
  progress_->setCancellable(bool(newest->stop));
  progress_->setShowsPercent(newest->shows_percent);
  progress_->setState(newest->state);
  // What is under way is told whole where there is room; the line never gets narrower again.
  const int room = statusBar()->width() - gl_label_->sizeHint().width() - memory_label_->sizeHint().width();
  const int wanted = std::max(progress_->isVisible() ? progress_->width() : 0, progress_->sizeHint().width());
  progress_->setFixedWidth(
      std::clamp(wanted, kProgressWidth_px, std::max(kProgressWidth_px, room - kProgressGap_px)));
}

void MainWindow::showActivities() {
  auto* popup = findChild<ActivitiesPopup*>();
  if (!popup) popup = new ActivitiesPopup(*activities_, this);
  popup->openAt(statusBar()->mapToGlobal(QPoint(8, 0)));
}

}  // namespace hbev::ui
