// The row above the timeline's strip: its buttons, figures and legend, and what they do.
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
#include "ui/kit/timeline.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui {
namespace {

constexpr int kMonoSpace = 3;  ///< With the layout's 4: as wide as a space of the Mono.
constexpr int kGroupGap = 12;

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

}  // namespace hbev::ui
