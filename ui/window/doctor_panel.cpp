#include "ui/window/doctor_panel.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "render/graphics_check.h"
#include "ui/kit/notices.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/scroll_column.h"
#include "ui/kit/section.h"
#include "ui/state/predicted_source.h"
#include "ui/training/train_watch.h"
#include "ui/window/finding_list.h"

namespace hbev::ui {
namespace {

struct Patient {
  QString title;
  std::filesystem::path path;
};

/// The data set (if any) first, then predictions.
std::vector<FindingGroup> examineAll(const std::optional<Patient>& dataset,
                                     const std::vector<Patient>& predictions, Progress& progress) {
  std::vector<FindingGroup> groups;
  progress.start("Looking at this machine", 0);
  groups.push_back({DoctorPanel::tr("This machine"), examineMachine()});
  if (dataset) groups.push_back({dataset->title, inspectDataset(dataset->path, &progress)});
  for (const Patient& each : predictions) {
    progress.throwIfCancelled();
    const auto data = dataset ? dataset->path : std::filesystem::path();
    groups.push_back({each.title, inspectPredictionFolder(each.path, data, &progress)});
  }
  return groups;
}

}  // namespace

std::vector<Finding> examineMachine() {
  std::vector<Finding> findings = inspectMachine();
  std::vector<Finding> graphics = inspectGraphics();
  findings.insert(findings.end(), std::make_move_iterator(graphics.begin()),
                  std::make_move_iterator(graphics.end()));
  return findings;
}

DoctorPanel::DoctorPanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  header_ = new PanelHeader({}, this);
  copy_ = header_->addButton(QStringLiteral("copy"), tr("Copy all findings as text"));
  connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text()); });
  connect(header_->addButton(QStringLiteral("loop"), tr("Check again")), &QToolButton::clicked, this,
          &DoctorPanel::examine);
  connect(header_->addButton(QStringLiteral("close"), tr("Close this panel")), &QToolButton::clicked, this,
          &DoctorPanel::closeRequested);
  layout->addWidget(header_);
  progress_ = new ProgressLine(this);
  progress_->setContentsMargins(8, 4, 8, 4);
  progress_->hide();
  layout->addWidget(progress_);
  stack_ = new PanelStack(this);
  sections_ = new ScrollColumn(stack_);
  stack_->setContent(sections_);
  stack_->setEmptyState(new EmptyState("doctor", {}, {}));
  showExamining(false);
  stack_->showEmpty();
  layout->addWidget(stack_, 1);
  connect(progress_, &ProgressLine::cancelled, &job_, &BackgroundJob::cancel);
  connect(&job_, &BackgroundJob::progressed, this, [this](const Progress::State& state) {
    progress_->setState(state);
    progress_->show();
  });
  connect(&job_, &BackgroundJob::finished, this, [this] {
    showGroups(std::move(*found_));
    finish();
  });
  connect(&job_, &BackgroundJob::cancelled, this, [this] {
    if (groups_.empty()) stack_->showEmpty();
    finish();
  });
  connect(&job_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    stack_->showError(problem);
    finish();
  });
  const auto outdate = [this] {
    is_outdated_ = true;
    if (isVisible()) examine();
  };
  connect(&studio, &Studio::datasetChanged, this, outdate);
}

void DoctorPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (!was_shown_ || is_outdated_) examine();
  was_shown_ = true;
}

void DoctorPanel::examine() {
  is_outdated_ = false;
  std::optional<Patient> dataset;
  std::vector<Patient> predictions;
  const bool has_tables = studio_.dataset() && !studio_.dataset()->version().empty();
  if (has_tables)
    dataset = Patient{QString::fromStdString(studio_.dataset()->name()), studio_.dataset()->root()};
  for (const OccupancySource& source : studio_.sources()) {
    const auto mine = std::dynamic_pointer_cast<const PredictedSource>(source.prediction);
    const bool is_empty = mine && mine->count() == 0;
    if (std::dynamic_pointer_cast<const CheckpointSource>(source.prediction)) continue;  // in memory
    if (!source.isTruth() && !is_empty) predictions.push_back({source.title(), source.prediction->path()});
  }
  header_->setCount(tr("examining"));
  copy_->setEnabled(false);
  found_ = std::make_shared<std::vector<FindingGroup>>();
  job_.startLoose([found = found_, dataset, predictions](Progress& progress) {
    *found = examineAll(dataset, predictions, progress);
  });
  Progress::State begin;
  begin.what = tr("Looking at this machine").toStdString();
  progress_->setState(begin);
  progress_->show();
  showExamining(true);
}

/// Where nothing was found yet: what is under way, or how it begins.
void DoctorPanel::showExamining(bool on) {
  EmptyState& empty = *stack_->emptyState();
  empty.setText(on ? tr("Examining") : tr("Not examined yet"),
                tr("Looks at this machine, the data set and the predictions."));
  QPushButton* begin = empty.setPrimary(tr("Examine"));
  connect(begin, &QPushButton::clicked, this, &DoctorPanel::examine, Qt::UniqueConnection);
  begin->setVisible(!on);
}

void DoctorPanel::finish() {
  progress_->hide();
  showExamining(false);
  std::vector<Finding> all;
  for (const FindingGroup& group : groups_)
    all.insert(all.end(), group.findings.begin(), group.findings.end());
  header_->setCount(groups_.empty() ? QString() : findingSummary(all));
  copy_->setEnabled(!groups_.empty());
  Q_EMIT ended();
}

void DoctorPanel::showGroups(std::vector<FindingGroup> groups) {
  groups_ = std::move(groups);
  sections_->clear();
  for (const FindingGroup& group : groups_) {
    auto* section = new Section(group.title);
    section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);  // wrapped text has no one height
    section->setSummary(findingSummary(group.findings));
    auto* list = new FindingList(FindingList::Style::Full, section);
    list->setFindings(group.findings);
    section->setContent(list);
    sections_->add(section);
  }
  stack_->showContent();
}

QString DoctorPanel::text() const {
  QStringList parts;
  for (const FindingGroup& group : groups_)
    parts << group.title << findingText(group.findings) << QString();
  return parts.join(QLatin1Char('\n'));
}

}  // namespace hbev::ui
