#include "ui/kit/timeline.h"

#include <algorithm>

#include <QtGui/QAction>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolButton>

#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui {
namespace {

constexpr int kMonoSpace = 3;  ///< With the layout's 4: as wide as a space of the Mono.
constexpr int kGroupGap = 12, kTokenLetters = 8;

/// The legend's sign: a square of the bars' colour, or a line.
class LegendMark : public QWidget {
 public:
  LegendMark(bool is_line, QWidget* parent) : QWidget(parent), is_line_(is_line) {
    setFixedSize(is_line ? 14 : 10, 10);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (is_line_)
      painter.fillRect(QRectF(0, 4.5, width(), 1.25), theme.color(Role::Text2));
    else
      paintBox(painter, rect(), theme.tokens().radii().bar, theme.color(Role::ScoreGood, 0.75), {});
  }

 private:
  bool is_line_;
};

QString speedText(double factor) {
  return QString::number(factor) + " ×";
}

void adopt(QToolButton* button, const QAction* action) {
  if (!action) return;
  const auto follow = [button, action] { button->setToolTip(action->toolTip()); };
  follow();
  QObject::connect(action, &QAction::changed, button, follow);
}

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

QWidget* Timeline::makeTransport() {
  const Sizes& sizes = Theme::current().sizes();
  auto* row = new QWidget(this);
  row->setFixedHeight(sizes.timeline.transport);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(8, 0, 8, 0);
  layout->setSpacing(4);
  previous_ = makeIconButton("step-back", tr("Previous keyframe"), row);
  play_ = makeIconButton("play", tr("Play"), row);
  play_->setProperty("transport", true);
  play_->setFixedSize(sizes.icon_button_large, sizes.icon_button_large);
  play_->setIcon(icon("play", Role::Text));
  next_ = makeIconButton("step-forward", tr("Next keyframe"), row);
  loop_ = makeIconButton("loop", tr("Loop"), row);
  loop_->setCheckable(true);
  sweeps_ = makeIconButton("video", tr("Pictures between keyframes"), row);
  sweeps_->setCheckable(true);
  sweeps_->hide();
  for (QToolButton* button : {previous_, play_, next_, loop_, sweeps_})
    layout->addWidget(button);
  layout->addSpacing(4);
  QWidget* line = makeLine(true, row);
  line->setFixedHeight(20);
  layout->addWidget(line);
  layout->addSpacing(4);
  speed_ = new ComboBox(row);
  speed_->setAccessibleName(tr("Speed"));
  speed_->setFixedWidth(62);
  for (const double factor : speeds())
    speed_->addItem(speedText(factor), factor);
  layout->addWidget(speed_);
  layout->addSpacing(kGroupGap - 4);
  position_ = makeMonoLabel({}, Role::Text, TextSize::Body, row);
  position_->setFont(Theme::current().mono(TextSize::Body, Weight::Medium));
  count_ = makeMonoLabel({}, Role::Text3, TextSize::Body, row);
  seconds_ = makeMonoLabel({}, Role::Text2, TextSize::Small, row);
  all_seconds_ = makeMonoLabel({}, Role::Text3, TextSize::Small, row);
  token_label_ = new ElidedLabel({}, Qt::ElideMiddle, row);
  token_label_->setFont(Theme::current().mono(TextSize::Small));
  token_label_->setRole(Role::Text3);
  copy_ = makeIconButton("copy", tr("Copy the keyframe's token"), row);
  copy_->setIconSize({sizes.icon_small, sizes.icon_small});
  copy_->setFixedWidth(sizes.icon_small + 4);
  layout->addWidget(position_);
  layout->addSpacing(kMonoSpace);
  layout->addWidget(count_);
  layout->addSpacing(kGroupGap - 4);
  layout->addWidget(seconds_);
  layout->addSpacing(kMonoSpace);
  layout->addWidget(all_seconds_);
  layout->addSpacing(kGroupGap - 4);
  layout->addWidget(token_label_);
  layout->addWidget(copy_);
  layout->addSpacing(kGroupGap - 4);
  layout->addStretch(1);
  layout->addWidget(makeLegend());
  metric_ = new ComboBox(row);
  metric_->setObjectName(QStringLiteral("metric"));
  metric_->setAccessibleName(tr("Metric"));
  metric_->setMinimumWidth(96);
  layout->addWidget(metric_);
  bookmark_ = makeIconButton("bookmark", tr("Bookmark this keyframe"), row);
  layout->addWidget(bookmark_);
  more_ = makeIconButton("more", tr("More"), row);
  more_->setPopupMode(QToolButton::InstantPopup);
  more_->hide();
  layout->addWidget(more_);
  return row;
}

QWidget* Timeline::makeLegend() {
  auto* legend = new QWidget(this);
  auto* layout = new QHBoxLayout(legend);
  layout->setContentsMargins(0, 0, 8, 0);
  layout->setSpacing(6);
  score_mark_ = new LegendMark(false, legend);
  score_name_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, legend);
  reference_mark_ = new LegendMark(true, legend);
  reference_name_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, legend);
  layout->addWidget(score_mark_);
  layout->addWidget(score_name_);
  layout->addSpacing(6);
  layout->addWidget(reference_mark_);
  layout->addWidget(reference_name_);
  return legend;
}

void Timeline::connectTransport() {
  const auto press = [this](QToolButton* button, QAction* Actions::*action, std::function<void()> otherwise) {
    connect(button, &QToolButton::clicked, this, [this, action, otherwise = std::move(otherwise)] {
      if (actions_.*action)
        (actions_.*action)->trigger();
      else
        otherwise();
    });
  };
  press(previous_, &Actions::previous, [this] { requestStep(-1); });
  press(next_, &Actions::next, [this] { requestStep(1); });
  press(play_, &Actions::play, [this] { Q_EMIT playToggled(!playing_); });
  press(loop_, &Actions::loop, [this] { clickLoop(); });
  press(bookmark_, &Actions::bookmark, [this] { Q_EMIT bookmarkToggled(current()); });
  connect(speed_, &QComboBox::activated, this, [this] { Q_EMIT speedChanged(speed()); });
  connect(metric_, &QComboBox::activated, this, &Timeline::metricChanged);
  connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(token_); });
  connect(strip_, &TimelineStrip::currentRequested, this, [this](int keyframe) {
    updateTexts();
    Q_EMIT currentRequested(keyframe);
  });
  connect(strip_, &TimelineStrip::loopDragged, this, [this](int first, int last) {
    updateTexts();
    Q_EMIT loopChanged(true, first, last);
  });
  connect(strip_, &TimelineStrip::hovered, this, &Timeline::hovered);
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

void Timeline::useActions(const Actions& actions) {
  actions_ = actions;
  adopt(previous_, actions.previous);
  adopt(play_, actions.play);
  adopt(next_, actions.next);
  adopt(loop_, actions.loop);
  adopt(sweeps_, actions.sweeps);
  sweeps_->setVisible(actions.sweeps != nullptr);
  if (actions.sweeps) {
    const auto follow = [this, action = actions.sweeps] {
      sweeps_->setChecked(action->isChecked());
      sweeps_->setEnabled(action->isEnabled());
    };
    follow();
    connect(actions.sweeps, &QAction::changed, sweeps_, follow);
    connect(sweeps_, &QToolButton::clicked, actions.sweeps, &QAction::trigger);
  }
  adopt(bookmark_, actions.bookmark);
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
