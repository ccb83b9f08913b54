// Videos: the dialog, the line in the status bar, and where the viewports stand meanwhile.
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QStackedWidget>

#include "ui/kit/notices.h"
#include "ui/training/train_page.h"
#include "ui/video/video_dialog.h"
#include "ui/video/video_recorder.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/activities.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

constexpr const char* kPlaceholder = "recording";

}  // namespace

void MainWindow::makeVideo() {
  video_ = new VideoRecorder(*this);
  const QString id = QStringLiteral("video");
  connect(video_, &VideoRecorder::progressed, this, [this, id](const Progress::State& state) {
    const bool is_seen = video_->plan().content == VideoContent::Window;  // the line would be in the picture
    activities_->show({id, state, false, is_seen, [this] { video_->stop(); }});
  });
  connect(video_, &VideoRecorder::stopped, this, [this, id] { activities_->end(id); });
  connect(video_, &VideoRecorder::failed, this, [this, id](const Problem& problem) {
    activities_->end(id);
    if (!findChild<VideoDialog*>()) showProblem(problem);  // there it is said in place
  });
  connect(video_, &VideoRecorder::finished, this, [this, id](const QString& path) {
    activities_->end(id);
    showNotice(NoticeLine::Kind::Ok, tr("The video is saved: %1").arg(path));
  });
}

void MainWindow::saveVideo() {
  if (!studio_.dataset() || video_->isRunning()) return;
  auto* dialog = new VideoDialog(*this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->open();
}

void MainWindow::lendViewports(QWidget& stage, bool cameras) {
  lent_from_training_ = is_training_shown_;
  showTraining(false);
  auto* placeholder = new EmptyState("video", tr("A video is being made"),
                                     tr("The viewports come back when it is done."), body_);
  placeholder->setObjectName(QLatin1String(kPlaceholder));
  body_->insertWidget(0, placeholder);
  viewports_->setParent(&stage);
  body_->setCurrentWidget(placeholder);
  cameras_lent_ = cameras;
  if (!cameras) return;
  cameras_->setHeaderVisible(false);
  auto* empty = new QWidget;
  empty->setMinimumHeight(1);  // the dock adds its title bar's hint to it, which is -1
  cameras_dock_->setWidget(empty);
  cameras_->setParent(&stage);
}

void MainWindow::takeViewportsBack() {
  body_->insertWidget(0, viewports_);
  body_->setCurrentWidget(viewports_);
  viewports_->show();
  delete body_->findChild<EmptyState*>(QLatin1String(kPlaceholder));
  if (cameras_lent_) {
    QWidget* empty = cameras_dock_->widget();
    cameras_dock_->setWidget(cameras_);
    delete empty;
    cameras_->show();
  }
  cameras_lent_ = false;
  if (lent_from_training_) showTraining(true);
  adaptToSize();
}

}  // namespace hbev::ui
