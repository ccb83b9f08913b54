#include "ui/window/import_panel.h"

#include <algorithm>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/files.h"
#include "core/data/labels.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/scroll_column.h"
#include "ui/kit/section.h"
#include "ui/kit/wrapping_label.h"
#include "ui/state/predicted_source.h"
#include "ui/state/text.h"
#include "ui/training/train_watch.h"

namespace hbev::ui {
namespace {

constexpr std::size_t kShownRefusals = 20;
constexpr int kNameWidth_px = 74;

struct Fact {
  QString name, value, because;
};

std::vector<Fact> factsOf(const ImportReport& report) {
  std::vector<Fact> facts;
  const auto tr = [](const char* words) { return ImportPanel::tr(words); };
  facts.push_back({tr("Format"), report.format.empty() ? tr("not recognised") : toQString(report.format),
                   toQString(report.layout)});
  if (!report.format.empty()) {
    facts.push_back({tr("Classes"), report.classes ? classSetTitle(*report.classes) : tr("unknown"),
                     toQString(report.classes_because)});
    if (!report.orientation.empty()) facts.push_back({tr("Orientation"), toQString(report.orientation), {}});
    if (!report.grid.empty()) facts.push_back({tr("Grid"), toQString(report.grid), {}});
    facts.push_back({tr("Flow"), report.has_flow ? tr("yes") : tr("no"), {}});
    facts.push_back({tr("Accepted"), groupedNumber(qint64(report.accepted)), {}});
  }
  if (report.unknown_tokens > 0) {
    facts.push_back({tr("Unknown"),
                     tr("%1 are for keyframes that the data set does not hold.")
                         .arg(groupedNumber(qint64(report.unknown_tokens))),
                     {}});
  }
  if (report.keyframes_without > 0) {
    facts.push_back({tr("Without"),
                     QString(report.keyframes_without == 1 ? tr("%1 keyframe has no prediction.")
                                                           : tr("%1 keyframes have no prediction."))
                         .arg(groupedNumber(qint64(report.keyframes_without))),
                     {}});
  }
  for (const std::string& note : report.notes)
    facts.push_back({tr("Note"), toQString(note), {}});
  return facts;
}

QLabel* makeWrapped(const QString& words, Role role, TextSize size, QWidget* parent) {
  auto* label = new WrappingLabel(words, role, size, Weight::Normal, parent);
  label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  return label;
}

bool isBelow(const std::filesystem::path& path, const std::filesystem::path& folder) {
  const auto relative = path.lexically_normal().lexically_relative(folder.lexically_normal());
  return !relative.empty() && *relative.begin() != "..";
}

/// Below the folder that was opened: what is the same for all files says nothing.
QString shortPath(const std::filesystem::path& file, const std::filesystem::path& folder) {
  if (file.lexically_normal() == folder.lexically_normal()) return toQString(lastName(file));
  return toQString((isBelow(file, folder) ? file.lexically_relative(folder) : file).string());
}

}  // namespace

QString classSetTitle(const ClassSet& classes) {
  for (const LabelKind kind : kLabelKinds) {
    if (&classSetOf(kind) == &classes) return toQString(labelKindTitle(kind));
  }
  return toQString(classes.name());
}

QString importSummary(const ImportReport& report) {
  QStringList parts;
  if (!report.format.empty())
    parts << ImportPanel::tr("%1 accepted").arg(groupedNumber(qint64(report.accepted)));
  if (!report.refused.empty())
    parts << ImportPanel::tr("%1 refused").arg(groupedNumber(qint64(report.refused.size())));
  return parts.isEmpty() ? ImportPanel::tr("not recognised") : parts.join(QStringLiteral(", "));
}

bool needsAttention(const ImportReport& report) {
  return report.format.empty() || report.accepted == 0 || !report.refused.empty() ||
         report.better_orientation || report.unknown_tokens > 0;
}

QString importText(const ImportReport& report) {
  QStringList lines{toQString(report.path.string()), importSummary(report)};
  for (const Fact& fact : factsOf(report)) {
    lines << QStringLiteral("%1: %2").arg(fact.name, fact.value);
    if (!fact.because.isEmpty()) lines << QStringLiteral("    ") + fact.because;
  }
  for (const Refusal& refusal : report.refused)
    lines << QStringLiteral("%1: %2").arg(toQString(refusal.file.string()), toQString(refusal.reason));
  return lines.join(QLatin1Char('\n'));
}

ImportPanel::ImportPanel(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  header_ = new PanelHeader({}, this);
  connect(header_->addButton(QStringLiteral("copy"), tr("Copy the reports as text")), &QToolButton::clicked,
          this, [this] {
            QStringList all;
            for (const ImportReport& report : reports())
              all << importText(report);
            QGuiApplication::clipboard()->setText(all.join(QStringLiteral("\n\n")));
          });
  connect(header_->addButton(QStringLiteral("close"), tr("Close this panel")), &QToolButton::clicked, this,
          &ImportPanel::closeRequested);
  layout->addWidget(header_);
  progress_ = new ProgressLine(this);
  progress_->hide();
  layout->addWidget(progress_);
  stack_ = new PanelStack(this);
  sections_ = new ScrollColumn(stack_);
  stack_->setContent(sections_);
  stack_->setEmptyState(new EmptyState("voxel", {}, {}));
  showReports();
  layout->addWidget(stack_, 1);
  connect(progress_, &ProgressLine::cancelled, &job_, &BackgroundJob::cancel);
  connect(&job_, &BackgroundJob::progressed, this, [this](const Progress::State& state) {
    progress_->setState(state);
    progress_->show();
  });
  connect(&job_, &BackgroundJob::finished, this, [this] { take(std::move(*made_)); });
  const auto drop = [this] {
    std::erase_if(entries_, [this](const auto& entry) { return entry->path == in_work_; });
    showReports();
    startNext();
  };
  connect(&job_, &BackgroundJob::cancelled, this, drop);
  connect(&job_, &BackgroundJob::failed, this, drop);
  connect(&studio, &Studio::datasetChanged, this, [this] {
    job_.abandon();
    entries_.clear();
    progress_->hide();
    showReports();
  });
  connect(&studio, &Studio::sourcesChanged, this, &ImportPanel::inspectNewSources);
}

std::vector<ImportReport> ImportPanel::reports() const {
  std::vector<ImportReport> reports;
  for (const auto& entry : entries_) {
    if (entry->report) reports.push_back(*entry->report);
  }
  return reports;
}

/// Predictions that came with the data set were not opened by anybody: nothing is told of them.
void ImportPanel::inspectNewSources() {
  if (!studio_.dataset()) return;
  for (const OccupancySource& source : studio_.sources()) {
    // What the network of this window predicts is as it should be.
    if (source.isTruth() || std::dynamic_pointer_cast<const PredictedSource>(source.prediction) ||
        std::dynamic_pointer_cast<const CheckpointSource>(source.prediction))
      continue;
    const std::filesystem::path path = source.prediction->path();
    if (!studio_.dataset()->isPredictionsAlone() && isBelow(path, studio_.dataset()->root())) continue;
    const bool known = std::ranges::any_of(entries_, [&](const auto& entry) {
      return entry->path == path || (entry->report && entry->report->path == path);
    });
    if (!known) inspect(path);
  }
}

void ImportPanel::inspect(const std::filesystem::path& path, bool quietly) {
  const bool known =
      std::ranges::any_of(entries_, [&](const auto& entry) { return entry->path == path && !entry->report; });
  if (known) return;
  std::erase_if(entries_, [&](const auto& entry) { return entry->path == path; });
  auto entry = std::make_unique<Entry>();
  entry->path = path;
  entry->quietly = quietly;
  entries_.insert(entries_.begin(), std::move(entry));
  showReports();
  if (!job_.isRunning()) startNext();
}

void ImportPanel::startNext() {
  const auto waiting = std::ranges::find_if(entries_, [](const auto& entry) { return !entry->report; });
  stack_->setLoading(waiting != entries_.end());
  progress_->hide();
  if (waiting == entries_.end()) return;
  in_work_ = (*waiting)->path;
  made_ = std::make_shared<ImportReport>();
  std::shared_ptr<const Dataset> dataset;
  if (studio_.dataset() && !studio_.dataset()->version().empty()) dataset = studio_.dataset();
  job_.startLoose([made = made_, path = in_work_, dataset](Progress& progress) {
    *made = inspectPredictions(path, dataset.get(), &progress);
  });
}

void ImportPanel::take(ImportReport report) {
  const auto entry =
      std::ranges::find_if(entries_, [this](const auto& each) { return each->path == in_work_; });
  const bool tell = entry != entries_.end() && !(*entry)->quietly;
  if (entry != entries_.end()) (*entry)->report = report;
  showReports();
  startNext();
  if (tell) Q_EMIT reported(report);
}

void ImportPanel::showReports() {
  sections_->clear();
  for (const auto& entry : entries_) {
    if (entry->report) sections_->add(makeSection(*entry));
  }
  const std::size_t count = reports().size();
  header_->setCount(count == 0   ? QString()
                    : count == 1 ? tr("1 report")
                                 : tr("%1 reports").arg(groupedNumber(qint64(count))));
  EmptyState& empty = *stack_->emptyState();
  if (entries_.empty()) {
    empty.setText(tr("No predictions yet"), tr("Drop a folder or a file of predictions on the window."));
  } else {
    empty.setText(tr("Looking at %1").arg(toQString(lastName(entries_.front()->path))), {});
  }
  count == 0 ? stack_->showEmpty() : stack_->showContent();
}

Section* ImportPanel::makeSection(Entry& entry) {
  const ImportReport& report = *entry.report;
  auto* section = new Section(toQString(lastName(report.path)));
  section->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);  // wrapped text has no one height
  section->setSummary(importSummary(report));
  section->setToolTip(toQString(report.path.string()));
  auto* content = new QWidget(section);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  column->addWidget(makeFacts(report, content));
  if (report.better_orientation) column->addWidget(makeOrientationButton(entry, content));
  if (!report.refused.empty()) column->addWidget(makeRefusals(report, content));
  section->setContent(content);
  return section;
}

QWidget* ImportPanel::makeFacts(const ImportReport& report, QWidget* parent) {
  auto* facts = new QWidget(parent);
  auto* column = new QVBoxLayout(facts);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  for (const Fact& fact : factsOf(report)) {
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    QLabel* name = makeLabel(fact.name, Role::Text2, TextSize::Body, Weight::Normal, facts);
    name->setFixedWidth(kNameWidth_px);
    row->addWidget(name, 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(1);
    words->addWidget(makeWrapped(fact.value, Role::Text, TextSize::Body, facts));
    if (!fact.because.isEmpty())
      words->addWidget(makeWrapped(fact.because, Role::Text3, TextSize::Small, facts));
    row->addLayout(words, 1);
    column->addLayout(row);
  }
  return facts;
}

/// Turns the source to what fits the truth, and back.
QWidget* ImportPanel::makeOrientationButton(Entry& entry, QWidget* parent) {
  const Orientation better = *entry.report->better_orientation;
  const bool is_used = entry.used == better;
  auto* box = new QWidget(parent);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(makeWrapped(is_used ? tr("Shown turned: %1.").arg(toQString(orientationTitle(better)))
                                        : tr("Better: %1.").arg(toQString(orientationTitle(better))),
                                is_used ? Role::Ok : Role::Warn, TextSize::Body, box));
  auto* button = makeButton(is_used ? tr("Show as stored") : tr("Use the better orientation"),
                            is_used ? ButtonKind::Normal : ButtonKind::Primary, {}, box);
  column->addWidget(button, 0, Qt::AlignLeft);
  connect(button, &QPushButton::clicked, this, [this, &entry, better, is_used] {
    entry.used = is_used ? Orientation{} : better;
    studio_.openPredictions(QString::fromStdString(entry.report->path.string()), entry.used);
    showReports();
  });
  return box;
}

QWidget* ImportPanel::makeRefusals(const ImportReport& report, QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addWidget(makeLabel(tr("Refused"), Role::Error, TextSize::Body, Weight::Semibold, box));
  const std::size_t shown = std::min(report.refused.size(), kShownRefusals);
  for (std::size_t i = 0; i < shown; ++i) {
    const Refusal& refusal = report.refused[i];
    auto* file = new ElidedLabel(shortPath(refusal.file, report.path), Qt::ElideMiddle, box);
    file->setRole(Role::Text2);
    column->addWidget(file);
    column->addWidget(makeWrapped(toQString(refusal.reason), Role::Text, TextSize::Body, box));
    column->addSpacing(4);
  }
  if (shown < report.refused.size()) {
    column->addWidget(makeWrapped(tr("and %1 more; the copied text has them all")
                                      .arg(groupedNumber(qint64(report.refused.size() - shown))),
                                  Role::Text3, TextSize::Small, box));
  }
  return box;
}

}  // namespace hbev::ui
