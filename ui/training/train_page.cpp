#include "ui/training/train_page.h"

#include <algorithm>

#include <QtCore/QDir>
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
constexpr int kMostSteps = 100'000'000;

}  // namespace

TrainPage::TrainPage(Studio& studio, Predicting& predicting, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent),
      studio_(studio),
      predicting_(predicting),
      backend_(trainBackend()),
      starter_(store_),
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
  connect(&starter_, &RunStarter::failed, this, &TrainPage::failed);
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
  connect(dialog, &TrainDialog::startRequested, &starter_, &RunStarter::start);
  dialog->open();
  return dialog;
}

void TrainPage::newRunWithBoost(const QString& file) {
  newRun()->setBoost(file);
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
  starter_.resume(*run);
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
    if (chosen && !chosen->isGoing()) starter_.resume(*chosen, steps);
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
