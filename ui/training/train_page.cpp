#include "ui/training/train_page.h"

#include <algorithm>
#include <utility>

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>
#include <QtGui/QDesktopServices>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/theme.h"
#include "ui/training/run_head.h"
#include "ui/training/runs_panel.h"
#include "ui/training/train_curves.h"
#include "ui/training/train_dialog.h"
#include "ui/training/train_watch_panel.h"
#include "ui/viewport/viewport_area.h"

namespace hbev::ui {
namespace {

constexpr int kRightWidth = 348, kRightCompactWidth = 250, kLeftCompactWidth = 262;
// Where the right column becomes narrow, and where it goes.
constexpr int kCompactWidth = 1400, kNarrowPageWidth = 1180, kWideWidth = 2560;
constexpr int kStarting_ms = 500, kStartingLimit_ms = 30000;
constexpr qint64 kMostOutput = 1 << 16;
constexpr int kMostSteps = 100'000'000;

QString outputOf(const QString& folder) {
  return folder + QStringLiteral("/output.txt");
}

/// The last line that the process has said, after what was there before.
QString lastWords(const QString& folder, qint64 said_before) {
  QFile file(outputOf(folder));
  if (!file.open(QIODevice::ReadOnly)) return {};
  file.seek(std::max(said_before, file.size() - kMostOutput));
  const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  return lines.isEmpty() ? QString() : lines.last().trimmed();
}

}  // namespace

TrainPage::TrainPage(Studio& studio, Predicting& predicting, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      predicting_(predicting),
      backend_(trainBackend()),
      watch_(studio, predicting, store_) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  splitter_ = new QSplitter(Qt::Horizontal, this);
  splitter_->setHandleWidth(1);
  splitter_->setChildrenCollapsible(false);
  runs_ = new RunsPanel(store_, actions, splitter_);
  runs_->setMinimumWidth(Theme::current().sizes().dock.runs - 68);
  stack_ = new PanelStack(splitter_);
  auto* middle = new QWidget(stack_);
  auto* column = new QVBoxLayout(middle);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  head_ = new RunHead(store_, actions, middle);
  curves_ = new TrainCurves(store_, middle);
  column->addWidget(head_);
  column->addWidget(curves_, 1);
  stack_->setContent(middle);
  auto* empty = new EmptyState("train", tr("No runs yet"),
                               tr("Start from the demo weights and see the curves move in two minutes."));
  connect(empty->setPrimary(tr("New run")), &QPushButton::clicked, actions["train.new"], &QAction::trigger);
  connect(empty->setSecondary(tr("Attach run folder")), &QPushButton::clicked, actions["train.attach"],
          &QAction::trigger);
  stack_->setEmptyState(empty);
  watch_panel_ = new TrainWatchPanel(studio, store_, watch_, actions, splitter_);
  watch_panel_->setMinimumWidth(220);
  for (QWidget* each : std::initializer_list<QWidget*>{runs_, stack_, watch_panel_})
    splitter_->addWidget(each);
  splitter_->setStretchFactor(1, 1);
  layout->addWidget(splitter_);
  connect(curves_, &TrainCurves::failed, this, &TrainPage::failed);
  connect(&store_, &RunStore::failed, this, &TrainPage::failed);
  connect(&store_, &RunStore::attachFailed, this, &TrainPage::failed);
  for (const auto signal : {&RunStore::listChanged, &RunStore::currentChanged})
    connect(&store_, signal, this, &TrainPage::showState);
  connect(&store_, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    if (store_.current() && store_.current()->folder == folder) Q_EMIT changed();
  });
  starting_timer_.setInterval(kStarting_ms);
  connect(&starting_timer_, &QTimer::timeout, this, &TrainPage::lookAtStarting);
  connect(&hearing_, &BackgroundJob::finished, this, &TrainPage::hear);
  showState();
}

TrainPage::~TrainPage() = default;

void TrainPage::takeViewports(ViewportArea& viewports) {
  watch_panel_->takeViewports(viewports);
}

void TrainPage::setActive(bool active) {
  watch_.setActive(active && !watch_panel_->isHidden());
  if (active) store_.look();
}

void TrainPage::showState() {
  store_.current() ? stack_->showContent() : stack_->showEmpty();
  Q_EMIT changed();
}

TrainDialog* TrainPage::newRun() {
  auto* dialog = new TrainDialog(studio_, predicting_, store_, backend_, window());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &TrainDialog::startRequested, this, &TrainPage::start);
  dialog->open();
  return dialog;
}

void TrainPage::newRunWithBoost(const QString& file) {
  newRun()->setBoost(file);
}

void TrainPage::start(const TrainRequest& request) {
  const qint64 said_before = QFileInfo(outputOf(request.folder)).size();
  try {
    if (!QDir().mkpath(request.folder))
      throw Error({.summary = "The run's folder cannot be made",
                   .file = request.folder.toStdString(),
                   .expected = {},
                   .found = {},
                   .advice = "Choose another folder for runs in the menu of the Runs panel."});
    startTrainer(request.arguments(), outputOf(request.folder));
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
    return;
  }
  store_.expect(request.folder.toStdString());
  watchStart(request.folder, false, said_before);
}

void TrainPage::watchStart(const QString& folder, bool goes_on, qint64 said_before) {
  hearing_.abandon();
  starting_ = Starting{folder, QDateTime::currentMSecsSinceEpoch(), said_before, goes_on, {}};
  starting_timer_.start();
}

bool TrainPage::hasBegun(const Starting& starting) const {
  // A short one may be over before anybody has looked.
  if (!starting.goes_on) return !store_.isExpected(starting.folder.toStdString());
  const auto run = store_.find(starting.folder.toStdString());
  return run && run->process.started * 1000 >= double(starting.since_ms);
}

void TrainPage::lookAtStarting() {
  if (!starting_) return starting_timer_.stop();
  if (hasBegun(*starting_)) return starting_.reset();
  store_.look();
  if (QDateTime::currentMSecsSinceEpoch() - starting_->since_ms > kStartingLimit_ms) {
    const Starting late = *std::exchange(starting_, std::nullopt);
    Q_EMIT failed({.summary = "The training has not begun after half a minute",
                   .file = outputOf(late.folder).toStdString(),
                   .expected = {},
                   .found = {},
                   .advice = late.words.toStdString()});
    return;
  }
  if (hearing_.isRunning()) return;
  heard_ = std::make_shared<QString>();
  hearing_.startLoose([heard = heard_, folder = starting_->folder,
                       before = starting_->said_before](Progress&) { *heard = lastWords(folder, before); });
}

void TrainPage::hear() {
  if (!starting_) return;
  if (hasBegun(*starting_)) return starting_.reset();
  starting_->words = *heard_;
  if (!starting_->words.startsWith(QStringLiteral("error"), Qt::CaseInsensitive)) return;
  const Starting refused = *std::exchange(starting_, std::nullopt);
  Q_EMIT failed({.summary = "The training did not begin",
                 .file = outputOf(refused.folder).toStdString(),
                 .expected = {},
                 .found = {},
                 .advice = refused.words.section(QLatin1Char(':'), 1).trimmed().toStdString()});
}

TrainDialog* TrainPage::newRunLikeCurrent() {
  const auto run = store_.current();
  if (!run) return nullptr;
  if (const auto trouble = run->trouble()) {
    Q_EMIT failed(*trouble);
    return nullptr;
  }
  TrainDialog* dialog = newRun();
  dialog->setRequest(requestLike(*run));
  return dialog;
}

void TrainPage::resumeCurrent() {
  const auto run = store_.current();
  if (!run || run->isGoing()) return;
  if (const auto trouble = run->trouble()) return Q_EMIT failed(*trouble);
  if (run->state == RunState::Done) return askForSteps(*run);
  resume(*run, 0);
}

void TrainPage::resume(const RunData& run, qint64 steps) {
  try {
    const QString folder = QString::fromStdString(run.folder.string());
    const qint64 said_before = QFileInfo(outputOf(folder)).size();
    resumeRun(run, steps);
    watchStart(folder, true, said_before);
    store_.look();
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

/// Half as many again is the suggestion.
void TrainPage::askForSteps(const RunData& run) {
  const int done = int(std::clamp<std::int64_t>(run.last_step, 0, kMostSteps - 1));
  auto* question = new QInputDialog(this);
  question->setObjectName(QStringLiteral("moreSteps"));
  question->setAttribute(Qt::WA_DeleteOnClose);
  question->setInputMode(QInputDialog::IntInput);
  question->setWindowTitle(tr("Train longer"));
  question->setLabelText(
      tr("%1 has done its %2 steps. Train it up to step").arg(run.name(), groupedNumber(done)));
  question->setIntRange(done + 1, kMostSteps);
  question->setIntValue(done + std::max(1, done / 2));
  question->setOkButtonText(tr("Train longer"));
  connect(question, &QInputDialog::intValueSelected, this, [this, folder = run.folder](int steps) {
    const auto chosen = store_.find(folder);
    if (chosen && !chosen->isGoing()) resume(*chosen, steps);
  });
  question->open();
}

void TrainPage::send(RunWish wish) {
  if (store_.current() && store_.current()->isGoing()) store_.send(*store_.current(), wish);
}

/// Where a file dialog may look without being held there.
QString TrainPage::reachableFolder() const {
  return store_.isFolderReachable() ? store_.folder() : QDir::homePath();
}

void TrainPage::chooseAttached() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Attach run folder"), reachableFolder());
  if (!folder.isEmpty()) store_.attach(folder);
}

void TrainPage::chooseFolder() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of runs"), reachableFolder());
  if (!folder.isEmpty()) store_.setFolder(folder);
}

void TrainPage::detachCurrent() {
  if (store_.current() && store_.current()->is_attached)
    store_.detach(QString::fromStdString(store_.current()->folder.string()));
}

void TrainPage::openCurrentFolder() {
  if (store_.current())
    QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(store_.current()->folder.string())));
}

/// The right column gives way first.
void TrainPage::adaptToSize() {
  const int width_class = width() < kNarrowPageWidth ? 0
                          : width() < kCompactWidth  ? 1
                          : width() < kWideWidth     ? 2
                                                     : 3;
  const bool tall = height() >= 760;
  const int now = 2 * width_class + (tall ? 1 : 0);
  if (now == width_class_) return;
  width_class_ = now;
  const int left = width_class < 2 ? kLeftCompactWidth : Theme::current().sizes().dock.runs;
  const int right = width_class == 0   ? 0
                    : width_class == 1 ? kRightCompactWidth
                    : width_class == 2 ? kRightWidth
                                       : width() / 4;
  watch_panel_->setVisible(width_class > 0);
  splitter_->setSizes({left, width() - left - right - 2, right});
}

void TrainPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  adaptToSize();
}

void TrainPage::paintEvent(QPaintEvent*) {
  QPainter(this).fillRect(rect(), Theme::current().color(Role::Panel));
}

}  // namespace hbev::ui
