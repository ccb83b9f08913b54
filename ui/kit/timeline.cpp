#include "ui/kit/timeline.h"

#include <algorithm>

#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui {
namespace {

constexpr int kTokenLetters = 8;

}  // namespace

Timeline::Timeline(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setProperty("level", "panel");
  setAttribute(Qt::WA_StyledBackground);
  strip_ = new TimelineStrip(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  transport_ = makeTransport();
  layout->addWidget(transport_);
  layout->addWidget(strip_);
  connectTransport();
  setFixedHeight(sizeHint().height());
  setMetrics({});
  setLegend({}, {});
  setToken({});
  setSpeed(1);
  updateTexts();
}

void Timeline::setKeyframes(std::vector<double> times_s) {
  strip_->setKeyframes(std::move(times_s));
  updateTexts();
}

int Timeline::keyframeCount() const {
  return strip_->scale().count();
}

void Timeline::setSweeps(std::vector<double> times_s) {
  strip_->change([&](TimelineData& scene) { scene.sweeps_s = std::move(times_s); });
}

void Timeline::setScores(std::vector<std::optional<double>> percent) {
  strip_->change([&](TimelineData& scene) { scene.scores = std::move(percent); });
}

void Timeline::setReference(std::vector<std::optional<double>> percent) {
  strip_->change([&](TimelineData& scene) { scene.reference = std::move(percent); });
}

void Timeline::setLoaded(std::vector<bool> loaded) {
  strip_->change([&](TimelineData& scene) { scene.loaded = std::move(loaded); });
}

void Timeline::setPredicted(std::vector<bool> predicted) {
  strip_->change([&](TimelineData& scene) { scene.predicted = std::move(predicted); });
}

void Timeline::setFlags(std::vector<TimelineFlag> flags) {
  strip_->change([&](TimelineData& scene) { scene.flags = std::move(flags); });
  updateTexts();
}

void Timeline::setThresholds(const ScoreSteps& steps) {
  strip_->change([&](TimelineData& scene) { scene.steps = steps; });
}

void Timeline::setLegend(const QString& scores, const QString& reference) {
  const auto set = [](QWidget* mark, QLabel* name, const QString& text) {
    name->setText(text);
    name->setVisible(!text.isEmpty());
    mark->setVisible(!text.isEmpty());
  };
  set(score_mark_, score_name_, scores);
  set(reference_mark_, reference_name_, reference);
  fitToken();
}

void Timeline::setCurrent(int keyframe) {
  strip_->setCurrent(keyframe);
  updateTexts();
}

void Timeline::setMoment(std::optional<double> time_s) {
  strip_->setMoment(time_s);
  updateTexts();
}

int Timeline::current() const {
  return strip_->current();
}

void Timeline::setPlaying(bool playing) {
  playing_ = playing;
  play_->setIcon(icon(playing ? "pause" : "play", Role::Text));
  play_->setAccessibleName(playing ? tr("Pause") : tr("Play"));
}

void Timeline::setLoop(std::optional<KeyframeRange> range) {
  strip_->setLoop(range);
  updateTexts();
}

std::optional<KeyframeRange> Timeline::loop() const {
  return strip_->loop();
}

void Timeline::setSpeed(double factor) {
  speed_->setCurrentIndex(speed_->findData(factor));
}

double Timeline::speed() const {
  return speed_->currentData().toDouble();
}

const std::vector<double>& Timeline::speeds() {
  static const std::vector<double> factors{0.25, 0.5, 1, 2, 4, 8, 10};
  return factors;
}

void Timeline::setMetrics(const QStringList& names, int current) {
  metric_->clear();
  metric_->addItems(names);
  metric_->setCurrentIndex(current);
  metric_->setVisible(!names.isEmpty());
}

void Timeline::setToken(const QString& token) {
  token_ = token;
  const bool long_token = token.size() > kTokenLetters + 1;
  token_label_->setText(tr("token %1").arg(long_token ? token.left(kTokenLetters) + "…" : token));
  token_label_->setToolTip(token);
  copy_->setVisible(!token.isEmpty());
  fitToken();
}

/// A token of which letters are missing says nothing: it is there whole, or its button alone.
void Timeline::fitToken() {
  const QLayout& row = *transport_->layout();
  const int whole = token_label_->sizeHint().width() + row.spacing();
  const int others = row.sizeHint().width() - (token_label_->isHidden() ? 0 : whole);
  token_label_->setVisible(!token_.isEmpty() && others + whole <= width());
}

void Timeline::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitToken();
}

void Timeline::setCompact(bool compact) {
  strip_->setCompact(compact);
  setFixedHeight(sizeHint().height());
}

void Timeline::setHoverProvider(std::function<TimelineHover(int)> provider) {
  strip_->setHoverProvider(std::move(provider));
}

void Timeline::resetZoom() {
  strip_->resetZoom();
}

double Timeline::xOf(int keyframe) const {
  return strip_->x() + strip_->scale().xOf(keyframe);
}

int Timeline::keyframeAt(double x) const {
  return strip_->scale().keyframeAt(x - strip_->x());
}

void Timeline::setMoreMenu(QMenu* menu) {
  more_->setMenu(menu);
  more_->setVisible(menu != nullptr);
}

QSize Timeline::sizeHint() const {
  return {600, Theme::current().sizes().timeline.transport + strip_->height()};
}

void Timeline::updateTexts() {
  const int count = keyframeCount(), at = current();
  const bool any = count > 0;
  for (QWidget* widget : {static_cast<QWidget*>(play_), static_cast<QWidget*>(speed_)})
    widget->setEnabled(count > 1);
  previous_->setEnabled(at > 0);
  next_->setEnabled(at + 1 < count);
  loop_->setEnabled(count > 1);
  loop_->setChecked(loop().has_value());
  bookmark_->setEnabled(any);
  position_->setText(any ? QString::number(at + 1) : QString());
  count_->setText(any ? "/ " + QString::number(count) : tr("no keyframes"));
  const auto& times = strip_->data().times_s;
  seconds_->setVisible(any);
  all_seconds_->setVisible(any);
  if (any) {
    seconds_->setText(decimal(strip_->moment().value_or(times[std::size_t(at)]) - times.front(), 1));
    all_seconds_->setText(tr("/ %1 s").arg(decimal(times.back() - times.front(), 1)));
  }
  const auto& flags = strip_->data().flags;
  const bool flagged =
      std::ranges::any_of(flags, [at](const TimelineFlag& flag) { return flag.keyframe == at; });
  bookmark_->setIcon(flagged ? icon("bookmark", Role::SourceB) : icon("bookmark"));
}

void Timeline::requestStep(int steps) {
  if (keyframeCount() == 0) return;
  const int wish = std::clamp(current() + steps, 0, keyframeCount() - 1);
  if (wish == current()) return;
  setCurrent(wish);
  Q_EMIT currentRequested(wish);
}

void Timeline::clickLoop() {
  const bool on = loop_->isChecked();
  const KeyframeRange all(0, keyframeCount() - 1);
  setLoop(on ? std::optional(all) : std::nullopt);
  Q_EMIT loopChanged(on, all.first, all.second);
}

}  // namespace hbev::ui
