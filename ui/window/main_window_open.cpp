// How things get into the window: dropped, chosen, made; and what is said of them.
#include <algorithm>
#include <utility>

#include <QtCore/QMimeData>
#include <QtGui/QDragEnterEvent>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "ui/kit/elided_label.h"
#include "ui/scenes/scene_panel.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/activities.h"
#include "ui/window/import_panel.h"
#include "ui/window/main_window.h"
#include "ui/window/path_kind.h"

namespace hbev::ui {
namespace {

constexpr int kGoodNews_ms = 10000, kLookingTold_ms = 300;
const QString kLooking = QStringLiteral("looking");

/// The line stands above whatever page is shown.
void putOnTop(QStackedWidget& pages, QWidget& line) {
  if (auto* column = qobject_cast<QVBoxLayout*>(pages.currentWidget()->layout()))
    column->insertWidget(0, &line);
}

/// Why and what to do come before the file: a path may be so long that the rest is cut off.
QString problemText(Problem problem) {
  const QString file = QString::fromStdString(std::exchange(problem.file, {}).string());
  const QString text = QString::fromStdString(toString(problem));
  return file.isEmpty() ? text : text + QLatin1Char(' ') + MainWindow::tr("File: %1.").arg(file);
}

}  // namespace

void MainWindow::connectOpening() {
  connect(notice_, &NoticeLine::actionTriggered, this, [this] {
    notice_->hide();
    if (const auto action = std::exchange(notice_action_, {})) action();
  });
  good_news_timer_.setSingleShot(true);
  good_news_timer_.setInterval(kGoodNews_ms);
  looking_timer_.setSingleShot(true);
  looking_timer_.setInterval(kLookingTold_ms);
  connect(&looking_timer_, &QTimer::timeout, this, &MainWindow::showLooking);
  connect(&good_news_timer_, &QTimer::timeout, notice_, &QWidget::hide);
  connect(&sorting_, &BackgroundJob::finished, this, [this] {
    endLooking();
    openSorted(*sorted_);
  });
  connect(&sorting_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    endLooking();
    showProblem(problem);
  });
  connect(&studio_, &Studio::openFailed, this, &MainWindow::showOpenFailure);
  connect(&studio_, &Studio::openingCancelled, this, [this] { waiting_ = {}; });
  connect(imports_, &ImportPanel::reported, this, &MainWindow::showImport);
  connect(viewports_, &ViewportArea::importReportRequested, this, &MainWindow::showImportReport);
  connect(scenes_, &ScenePanel::bookmarkedDatasetRequested, this, &MainWindow::openBookmarked);
}

void MainWindow::openPath(const QString& path) {
  openPaths({path});
}

/// What each is may take a look into a large file, or at a disk that does not answer: in the background.
void MainWindow::openPaths(const QStringList& all) {
  if (!sorting_.isRunning()) unsorted_.clear();
  const QStringList paths = takeNetworkFiles(all);
  if (paths.isEmpty()) return;
  unsorted_ << paths;  // what was dropped just before is looked at once more
  sorted_ = std::make_shared<SortedPaths>();
  looking_timer_.start();  // mostly it takes no moment
  actions_["cancel"]->setEnabled(true);
  sorting_.startLoose([sorted = sorted_, all = unsorted_, dataset = studio_.dataset(),
                       sort = sort_paths_ ? sort_paths_ : PathSorter(sortPaths)](Progress& progress) {
    *sorted = sort(all, dataset.get(), progress);
  });
}

void MainWindow::showLooking() {
  const QString first = unsorted_.value(0);
  Progress::State state;
  state.what =
      tr("Looking at %1")
          .arg(unsorted_.size() < 2 ? first : tr("%1 and %2 more").arg(first).arg(unsorted_.size() - 1))
          .toStdString();
  activities_->show({kLooking, state, false, false, [this] { stopLooking(); }});
}

void MainWindow::endLooking() {
  looking_timer_.stop();
  activities_->end(kLooking);
  enableActions();
}

void MainWindow::stopLooking() {
  endSession();
  sorting_.abandon();
  unsorted_.clear();
  endLooking();
}

void MainWindow::openSorted(const SortedPaths& sorted) {
  for (const Problem& problem : sorted.problems)
    showProblem(problem);
  if (sorted.holdsOnlyEvaluation()) return openEvaluationAlone(sorted);
  QStringList predictions = sorted.predictions;
  QString dataset = sorted.datasets.value(0);
  if (dataset.isEmpty() && predictions.isEmpty()) return;
  if (dataset.isEmpty() && studio_.isOpeningDataset()) {
    waiting_.predictions << predictions;
    if (!sorted.evaluation.isEmpty()) waiting_.evaluation = sorted.evaluation;
    return;
  }
  // Without a data set the first predictions are shown by themselves.
  if (dataset.isEmpty() && !studio_.dataset()) dataset = predictions.takeFirst();
  if (!dataset.isEmpty())
    return openDataset(dataset, {predictions, sorted.datasets.mid(1), sorted.evaluation, {}});
  openPredictions(predictions);
  openEvaluation(sorted.evaluation);
}

/// Without a data set the evaluation says where its own was.
void MainWindow::openEvaluationAlone(const SortedPaths& sorted) {
  if (studio_.isOpeningDataset()) {
    waiting_.evaluation = sorted.evaluation;
  } else if (studio_.dataset()) {
    openEvaluation(sorted.evaluation);
  } else if (sorted.is_evaluated_data_there) {
    openDataset(sorted.evaluated_data, {{}, {}, sorted.evaluation, {}});
  } else {
    showNotice(NoticeLine::Kind::Info,
               tr("The evaluation is of %1, which is not there. Open its data set first.")
                   .arg(sorted.evaluated_data));
  }
}

void MainWindow::openDataset(const QString& path, const Waiting& waiting) {
  studio_.openDataset(path);  // what waits for another one is forgotten
  waiting_ = waiting;
}

void MainWindow::openPredictions(const QStringList& paths) {
  if (!paths.isEmpty()) refusal_.clear();
  for (const QString& path : paths) {
    opening_predictions_ << path;
    studio_.openPredictions(path);
  }
}

/// What had to wait for the data set.
void MainWindow::openWaiting() {
  opening_predictions_.clear();
  const Waiting waiting = std::exchange(waiting_, {});
  if (!waiting.skipped_datasets.isEmpty()) {
    showNotice(NoticeLine::Kind::Info, tr("One data set is open at a time: %1 was left out.")
                                           .arg(waiting.skipped_datasets.join(QStringLiteral(", "))));
  }
  openPredictions(waiting.predictions);
  openEvaluation(waiting.evaluation);
  const auto place = waiting.bookmark.isEmpty() ? std::nullopt : bookmarks_.place(waiting.bookmark);
  // The first keyframe is shown after this: the bookmark's comes after it.
  if (place) {
    QMetaObject::invokeMethod(
        this, [this, place = *place] { studio_.setCurrent(place.scene, place.index); }, Qt::QueuedConnection);
  }
}

void MainWindow::openBookmarked(const QString& path, const QString& token) {
  if (path.isEmpty()) {
    return showNotice(NoticeLine::Kind::Warn,
                      tr("It is not known in which data set this bookmark was made."));
  }
  openDataset(path, {{}, {}, {}, token});
}

void MainWindow::bookmarkWithNote() {
  if (!studio_.dataset()) return;
  const FrameKey key = studio_.current();
  if (!bookmarks_.at(key)) bookmarks_.add(key);
  const Bookmark* bookmark = bookmarks_.at(key);
  if (!bookmark) return;
  showPanel(scenes_);
  scenes_->editBookmark(bookmark->token);
}

void MainWindow::openDemo() {
  const QString folder = DemoJob::defaultFolder();
  if (DemoJob::exists(folder)) return openPath(folder);
  demo_.start(folder);
}

void MainWindow::chooseDataFolder() {
  const QString path =
      QFileDialog::getExistingDirectory(this, tr("Open a nuScenes folder"), Studio::recentPaths().value(0));
  if (!path.isEmpty()) studio_.openDataset(path);
}

void MainWindow::choosePredictions() {
  const QString path =
      QFileDialog::getExistingDirectory(this, tr("Open predictions"), Studio::recentPaths().value(0));
  // Without a data set the predictions are shown by themselves.
  if (path.isEmpty()) return;
  SortedPaths chosen;
  chosen.predictions << path;
  openSorted(chosen);
}

void MainWindow::showNotice(NoticeLine::Kind kind, const QString& text, const QString& action,
                            std::function<void()> run) {
  notice_action_ = std::move(run);
  notice_->setNotice(kind, text, action.isEmpty() ? tr("Close") : action);
  notice_->setToolTip(text);
  putOnTop(*pages_, *notice_);
  notice_->show();
  kind == NoticeLine::Kind::Ok ? good_news_timer_.start() : good_news_timer_.stop();
}

void MainWindow::showProblem(const Problem& problem) {
  showNotice(NoticeLine::Kind::Error, problemText(problem));
  setStatus(QString::fromStdString(problem.summary));
}

/// Predictions that cannot be opened have a report all the same: it says file by file why.
void MainWindow::showOpenFailure(const Problem& problem) {
  showProblem(problem);
  if (!studio_.isOpeningDataset()) waiting_ = {};
  const std::filesystem::path file = problem.file;
  const auto refused = std::ranges::find_if(opening_predictions_, [&](const QString& path) {
    const std::string asked = path.toStdString();
    return !asked.empty() && file.string().starts_with(asked);
  });
  if (refused == opening_predictions_.end()) return;
  const QString path = *refused;
  refusal_ = problemText(problem);
  showNotice(NoticeLine::Kind::Error, refusal_, tr("Show report"), [this, path] { showImportReport(path); });
}

/// Makes it when there is none yet, as of the predictions that come with a data set.
void MainWindow::showImportReport(const QString& path) {
  const std::vector<ImportReport> known = imports_->reports();
  if (std::ranges::find(known, std::filesystem::path(path.toStdString()), &ImportReport::path) == known.end())
    imports_->inspect(path.toStdString(), true);
  showPanel(imports_);
}

void MainWindow::showImport(const ImportReport& report) {
  const QString name = QString::fromStdString(lastName(report.path));
  QStringList parts{importSummary(report)};
  if (!report.format.empty()) parts << QString::fromStdString(report.format);
  if (report.classes) parts << classSetTitle(*report.classes);
  if (report.better_orientation) parts << tr("another orientation fits better");
  const QString text = QStringLiteral("%1: %2.").arg(name, parts.join(QStringLiteral(", ")));
  const auto showReport = [this] { showPanel(imports_); };
  const bool tells_refusal = !notice_->isHidden() && notice_->text() == refusal_;
  if (tells_refusal) {
    setStatus(text);  // what came with it does not take its place
  } else if (needsAttention(report)) {
    showNotice(NoticeLine::Kind::Warn, text, tr("Show report"), showReport);
  } else if (studio_.dataset() && studio_.dataset()->isPredictionsAlone()) {
    showNotice(NoticeLine::Kind::Info,
               text + QLatin1Char(' ') + tr("Open the nuScenes data set for pictures, truth and scores."),
               tr("Open data"), [this] { chooseDataFolder(); });
  } else {
    showNotice(NoticeLine::Kind::Ok, text, tr("Show report"), showReport);
  }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (std::ranges::any_of(urls, &QUrl::isLocalFile)) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls()) {
    if (url.isLocalFile()) paths << url.toLocalFile();
  }
  openPaths(paths);
  event->acceptProposedAction();
}

}  // namespace hbev::ui
