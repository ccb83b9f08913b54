#include "ui/training/train_curves.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QFile>
#include <QtCore/QTimer>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"
#include "ui/training/run_compare.h"

namespace hbev::ui {
namespace {

// The least heights: at 720 px all of them are seen.
constexpr int kRefresh_ms = 200, kLossHeight = 200, kLowerHeight = 148, kNarrowWidth = 860;
/// A run that has done less of its steps is shown as if it had no more to do than twice that.
constexpr double kShareToShowAll = 0.25, kFewestSteps = 20, kLeastSpan = 10;
constexpr double kGigabyte = 1e9;
/// Without the sixth, which is nearly that of text: the total's.
constexpr std::array<int, 7> kTermColors{0, 1, 2, 3, 4, 7, 6};

/// The slider's middle is a weight of 0.99, which is where smoothing is of use.
double weightOf(double slider) {
  return slider <= 0 ? 0 : 1 - std::pow(10.0, -4 * slider);
}
double sliderOf(double weight) {
  return weight <= 0 ? 0 : -std::log10(1 - weight) / 4;
}

QString percentText(double value) {
  return decimal(value, 1);
}

QString secondsText(double value) {
  if (value == 0) return QStringLiteral("0 s");
  return value < 0.0995 ? QStringLiteral("%1 ms").arg(decimal(value * 1000, 0))
                        : QStringLiteral("%1 s").arg(decimal(value, value < 9.95 ? 2 : 1));
}

bool hasPoints(const std::shared_ptr<CurveSeries>& series) {
  return series && !series->empty();
}

QString whyNoScore(const RunData& run) {
  if (run.trouble()) return {};
  if (run.facts.evaluate_every <= 0) return TrainCurves::tr("without evaluations");
  return run.isGoing() ? TrainCurves::tr("no evaluation yet")
                       : TrainCurves::tr("it ended before its first evaluation");
}

QString memoryText(double bytes) {
  return QStringLiteral("%1 GB").arg(decimal(bytes / kGigabyte, bytes < 9.95 * kGigabyte ? 1 : 0));
}

}  // namespace

TrainCurves::TrainCurves(RunStore& store, QWidget* parent) : QScrollArea(parent), store_(store) {
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Curves"));
  auto* content = new QWidget(this);
  auto* grid = new QGridLayout(content);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  const auto make = [&](Plot plot, const QString& title, CurvePlot::Kind kind = CurvePlot::Kind::Lines) {
    panels_[std::size_t(plot)] = new CurvePanel(title, kind, content);
    panels_[std::size_t(plot)]->setMinimumHeight(plot == Loss ? kLossHeight : kLowerHeight);
  };
  make(Loss, tr("Loss"));
  make(Score, tr("RayIoU"));
  make(Gradient, tr("Gradient"));
  make(Time, tr("Step time"), CurvePlot::Kind::Bars);
  make(Memory, tr("Memory"));
  grid->addWidget(panels_[Loss], 0, 0, 1, 2);
  grid->addWidget(panels_[Score], 1, 0);
  grid->addWidget(panels_[Gradient], 1, 1);
  grid->addWidget(panels_[Time], 2, 0);
  grid->addWidget(panels_[Memory], 2, 1);
  grid->setRowStretch(0, 5);
  grid->setRowStretch(1, 3);
  grid->setRowStretch(2, 3);
  grid->setColumnStretch(0, 1);
  grid->setColumnStretch(1, 1);
  setWidget(content);
  makeLossTools();
  makeGradientTools();
  panels_[Loss]->plot().setLog(true);
  panels_[Score]->plot().setFormat(&percentText);
  panels_[Gradient]->plot().setFromZero(true);
  panels_[Time]->plot().setFormat(&secondsText);
  panels_[Memory]->plot().setFormat(&memoryText);
  panels_[Memory]->plot().setFromZero(true);
  for (CurvePanel* panel : panels_) {
    CurvePlot* plot = &panel->plot();
    connect(panel, &CurvePanel::failed, this, &TrainCurves::failed);
    // One look at time for all of them.
    connect(plot, &CurvePlot::zoomed, this, [this, plot](const auto& zoom) {
      for (CurvePanel* each : panels_) {
        if (&each->plot() != plot) each->plot().setZoom(zoom);
      }
    });
    connect(plot, &CurvePlot::pointed, this, [this, plot](const auto& step) {
      for (CurvePanel* each : panels_) {
        if (&each->plot() != plot) each->plot().setCursor(step);
      }
    });
  }
  soon_.setSingleShot(true);
  soon_.setInterval(kRefresh_ms);
  connect(&soon_, &QTimer::timeout, this, &TrainCurves::refresh);
  connect(&store, &RunStore::currentChanged, this, [this] {
    for (CurvePanel* each : panels_)
      each->plot().setZoom(std::nullopt);
    refresh();
  });
  connect(&store, &RunStore::checkedChanged, this, &TrainCurves::refreshSoon);
  connect(&store, &RunStore::smoothingChanged, this, &TrainCurves::refreshSoon);
  connect(&store, &RunStore::runChanged, this, &TrainCurves::refreshSoon);
  refresh();
}

void TrainCurves::makeLossTools() {
  auto* tools = new QWidget(this);
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  mode_ = new SegmentedControl(tools);
  mode_->setObjectName(QStringLiteral("compareRuns"));
  mode_->addSegment(tr("Terms"), {}, tr("Every term of the loss of this run."));
  mode_->addSegment(tr("Runs"), {}, tr("The checked runs over each other, in all plots."));
  connect(mode_, &SegmentedControl::currentChanged, this, [this](int index) { setComparing(index == 1); });
  smoothing_name_ = makeLabel(tr("Smooth"), Role::Text2, TextSize::Small, Weight::Normal, tools);
  smoothing_ = new ValueSlider(0, 1, sliderOf(store_.smoothing()), tools);
  smoothing_->setObjectName(QStringLiteral("smoothing"));
  smoothing_->setName(tr("Smoothing"));
  smoothing_->setFormat([](double slider) {
    return decimal(weightOf(slider), slider > 0.75 ? 4 : slider > 0.5 ? 3 : 2);
  });
  connect(smoothing_, &ValueSlider::valueChanged, this,
          [this](double slider) { store_.setSmoothing(weightOf(slider)); });
  axis_ = new SegmentedControl(tools);
  axis_->setObjectName(QStringLiteral("lossAxis"));
  axis_->addSegment(tr("Linear"));
  axis_->addSegment(tr("Log"));
  axis_->setCurrentIndex(1);
  connect(axis_, &SegmentedControl::currentChanged, this,
          [this](int index) { panels_[Loss]->plot().setLog(index == 1); });
  for (QWidget* each : std::initializer_list<QWidget*>{mode_, smoothing_name_, smoothing_, axis_})
    row->addWidget(each);
  panels_[Loss]->addWidget(tools);
}

void TrainCurves::makeGradientTools() {
  gradient_ = new SegmentedControl(this);
  gradient_->setObjectName(QStringLiteral("gradient"));
  gradient_->addSegment(tr("Norm"), {}, tr("How long the gradient was before it was shortened."));
  gradient_->addSegment(tr("Rate"), {}, tr("The learning rate: how far a step goes."));
  connect(gradient_, &SegmentedControl::currentChanged, this, [this] {
    signature_.clear();
    refresh();
  });
  panels_[Gradient]->addWidget(gradient_);
}

void TrainCurves::setComparing(bool comparing) {
  if (comparing_ == comparing) return;
  comparing_ = comparing;
  mode_->setCurrentIndex(comparing ? 1 : 0);
  refresh();
}

void TrainCurves::refreshSoon() {
  if (isVisible() && !soon_.isActive()) soon_.start();
}

void TrainCurves::showEvent(QShowEvent* event) {
  QScrollArea::showEvent(event);
  refresh();
}

void TrainCurves::resizeEvent(QResizeEvent* event) {
  // The legend has the first claim on the width. Said before the plots' headers are laid out at the new
  // width.
  const bool narrow = width() < kNarrowWidth;
  smoothing_name_->setVisible(!narrow);
  smoothing_->setFixedWidth(narrow ? 94 : 124);
  smoothing_->parentWidget()->updateGeometry();
  QScrollArea::resizeEvent(event);
}

double TrainCurves::spanOf(double done, double total) {
  if (done >= kShareToShowAll * total) return total;
  const double wanted = std::max(kFewestSteps, 2 * done);
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  double span = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= wanted) span = factor * power;
  }
  return std::min(span, total);
}

QString TrainCurves::signature() const {
  QStringList parts{comparing_ ? QStringLiteral("runs") : QStringLiteral("terms")};
  const auto add = [&](const RunData& run) {
    parts << QString::fromStdString(run.folder.string()) << QString::number(run.color);
    for (const auto& [name, series] : run.curves)
      parts << QString::fromStdString(name) + (series->empty() ? QStringLiteral("0") : QString());
  };
  if (store_.current()) add(*store_.current());
  for (const auto& each : store_.checked())
    add(*each);
  return parts.join(QLatin1Char('\n'));
}

void TrainCurves::refresh() {
  const auto run = store_.current();
  // A run that is over fills the plot. Others count while they are compared: a new run would be a sliver
  // beside a long one.
  double steps = kLeastSpan;
  if (run)
    steps = std::max(steps, run->isGoing() ? spanOf(double(run->last_step), double(run->totalSteps()))
                                           : double(run->last_step));
  for (const auto& each : comparing_ ? store_.checked() : std::vector<std::shared_ptr<RunData>>())
    steps = std::max(steps, double(each->last_step));
  for (CurvePanel* each : panels_) {
    each->plot().setSpan(steps);
    each->setRunName(run ? run->name() : QString());
  }
  if (const QString now = signature(); now != signature_) {
    signature_ = now;
    rebuild();
  } else {
    for (CurvePanel* each : panels_)
      each->plot().refresh();
  }
  showSubjects();
}

void TrainCurves::rebuild() {
  const auto run = store_.current();
  if (run) showClipping(*run);
  panels_[Loss]->setLines(lossLines());
  std::vector<CurveLine> scores = linesOf({"ray_iou"}, true, 0);
  for (CurveLine& each : scores) {
    each.marked = each.strong;
    each.smoothed = false;
  }
  panels_[Score]->setLines(std::move(scores));
  const bool rate = gradient_->currentIndex() == 1;
  std::vector<CurveLine> gradient = linesOf({rate ? "learning_rate" : "gradient_norm"}, comparing_, 0);
  for (CurveLine& each : gradient)
    each.smoothed = !rate;
  panels_[Gradient]->setLines(std::move(gradient));
  panels_[Memory]->setLines(memoryLines());
  std::vector<CurveLine> times;
  const auto addTime = [&](const char* name, const QString& title, Role role, double alpha) {
    const auto series = run ? run->curve(name) : nullptr;
    if (!series) return;
    CurveLine line;
    line.name = title;
    line.series = series;
    line.smoothed = false;
    line.role = role;
    line.alpha = alpha;
    times.push_back(std::move(line));
  };
  addTime("backward_seconds", tr("backward"), Role::Accent, 0.45);
  addTime("forward_seconds", tr("forward"), Role::Accent, 0.8);
  addTime("data_seconds", tr("data"), Role::Warn, 1);
  panels_[Time]->setLines(std::move(times));
}

/// What a run takes of a card, where it is on one, is what may run out.
std::vector<CurveLine> TrainCurves::memoryLines() const {
  std::vector<CurveLine> lines;
  if (comparing_) {
    lines = linesOf({"card_memory_bytes", "memory_bytes"}, true, 1);
  } else {
    lines = linesOf({"memory_bytes"}, false, 1);
    std::vector<CurveLine> card = linesOf({"card_memory_bytes"}, false, 0);
    if (!card.empty()) {
      for (CurveLine& each : lines)
        each.name = tr("process");
      for (CurveLine& each : card)
        each.name = tr("card");
      std::ranges::move(card, std::back_inserter(lines));
    }
  }
  for (CurveLine& each : lines)
    each.smoothed = false;  // its peak is what counts
  return lines;
}

std::vector<CurveLine> TrainCurves::lossLines() const {
  if (comparing_) return linesOf({"loss"}, true, -1);
  std::vector<CurveLine> lines;
  const auto run = store_.current();
  if (!run) return lines;
  if (const auto total = run->curve("loss")) {
    CurveLine line;
    line.name = lossTitle("loss");
    line.series = total;
    lines.push_back(std::move(line));
  }
  std::size_t term = 0;
  for (const std::string& name : run->lossTerms()) {
    CurveLine line;
    line.name = lossTitle(name);
    line.series = run->curve(name);
    line.color = kTermColors[term++ % kTermColors.size()];
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<CurveLine> TrainCurves::linesOf(const std::vector<std::string>& names, bool compared,
                                            int own_color) const {
  std::vector<CurveLine> lines;
  const auto current = store_.current();
  const auto checked = compared ? store_.checked() : std::vector<std::shared_ptr<RunData>>();
  const auto add = [&](const RunData& run, int color, bool strong) {
    const auto name =
        std::ranges::find_if(names, [&](const std::string& each) { return hasPoints(run.curve(each)); });
    if (name == names.end()) return;
    CurveLine line;
    line.name = run.name();
    line.series = run.curve(*name);
    line.color = color;
    line.strong = strong;
    lines.push_back(std::move(line));
  };
  for (const auto& each : checked) {
    if (each != current) add(*each, each->color, false);
  }
  // The current one lies above the others.
  if (current) add(*current, compared && current->color >= 0 ? current->color : own_color, true);
  return lines;
}

void TrainCurves::showClipping(const RunData& run) {
  const RunSettings settings = settingsOf(run);
  const auto clip = settings.find("training.clip_norm");
  bool is_number = false;
  const double limit = clip == settings.end() ? 0 : QString::fromStdString(clip->second).toDouble(&is_number);
  const bool clips = is_number && limit > 0 && gradient_->currentIndex() == 0;
  panels_[Gradient]->setSubject(clips ? tr("clipped at %1").arg(limit) : QString());
  panels_[Gradient]->plot().setLimit(clips ? std::optional(limit) : std::nullopt);
}

void TrainCurves::showSmoothing(const RunData& run) {
  const auto loss = run.curve("loss");
  const double used = loss ? loss->usedSmoothing() : 0;
  QString text =
      tr("<b>Smoothing</b><br>A running mean, as TensorBoard draws it; the weight of what was before.");
  if (used > 0 && used < store_.smoothing())
    text += tr("<br>The curve is short yet: %1 is in use.").arg(decimal(used, used < 0.9 ? 2 : 3));
  smoothing_->setToolTip(text);
}

void TrainCurves::showSubjects() {
  const auto run = store_.current();
  if (!run) return;
  for (CurvePanel* each : panels_)
    each->setMayCome(run->isGoing());
  showSmoothing(*run);
  const auto keyframes = run->lastOf("keyframes");
  panels_[Score]->setSubject(
      keyframes ? tr("%1 keyframes of %2")
                      .arg(decimal(*keyframes, 0), QString::fromStdString(run->facts.evaluate_split))
                : whyNoScore(*run));
  const auto waits = run->curve("data_seconds"), steps = run->curve("seconds");
  QString waiting;
  if (waits && steps && !steps->empty()) {
    const double to = double(steps->step(steps->size() - 1)) + 1;
    const auto waited = waits->mean(0, to), took = steps->mean(0, to);
    if (waited && took && *took > 0)
      waiting = tr("waiting for data %1 %").arg(decimal(100 * *waited / *took, 1));
  }
  panels_[Time]->setSubject(waiting);
  const auto peakOf = [&](const char* name) {
    const auto series = run->curve(name);
    const auto range = hasPoints(series) ? series->range(0, 1e18, false) : std::nullopt;
    return range ? memoryText(range->high) : QString();
  };
  const QString card = peakOf("card_memory_bytes"), process = peakOf("memory_bytes");
  panels_[Memory]->setSubject(!card.isEmpty()      ? tr("peak %1 of the card").arg(card)
                              : !process.isEmpty() ? tr("peak %1").arg(process)
                                                   : QString());
}

}  // namespace hbev::ui
