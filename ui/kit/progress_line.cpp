#include "ui/kit/progress_line.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>
#include <QtWidgets/QToolButton>

#include "ui/kit/buttons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kHeight = 20, kBar = 112, kMinimumBar = 40, kGap = 10, kCross = 16;
constexpr int kRounding = 2;  ///< else words that just fit lose their end to half a pixel
}  // namespace

QString timeLeftText(double seconds) {
  const auto whole = std::int64_t(std::ceil(std::max(0.0, seconds)));
  if (whole < 60) return QObject::tr("%1 s left").arg(whole);
  const std::int64_t minutes = (whole + 30) / 60;
  if (minutes < 60) return QObject::tr("%1 min left").arg(minutes);
  return QObject::tr("%1 h %2 min left").arg(minutes / 60).arg(minutes % 60);
}

ProgressLine::ProgressLine(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  cancel_ = makeIconButton("close", tr("Stop"), this);
  cancel_->setFixedSize(kCross, kCross);
  cancel_->setIconSize({kCross - 2, kCross - 2});
  connect(cancel_, &QToolButton::clicked, this, &ProgressLine::cancelled);
}

void ProgressLine::setState(const Progress::State& state) {
  state_ = state;
  setAccessibleName(QString::fromStdString(state.what) + ' ' + countText() + ' ' + leftText());
  updateGeometry();
  update();
}

void ProgressLine::setShowsWhat(bool shows) {
  shows_what_ = shows;
  updateGeometry();
}

void ProgressLine::setCancellable(bool cancellable) {
  cancel_->setVisible(cancellable);
  updateGeometry();
}

void ProgressLine::setShowsPercent(bool percent) {
  percent_ = percent;
  updateGeometry();
  update();
}

QString ProgressLine::countText() const {
  if (percent_) return state_.total <= 0 ? QString() : tr("%1 %").arg(100 * state_.done / state_.total);
  if (state_.total <= 0) return state_.done > 0 ? groupedNumber(state_.done) : QString();
  return groupedNumber(state_.done) + " / " + groupedNumber(state_.total);
}

QString ProgressLine::leftText() const {
  return state_.seconds_left ? timeLeftText(*state_.seconds_left) : QString();
}

int ProgressLine::textWidth() const {
  const Theme& theme = Theme::current();
  const QFontMetrics mono(theme.mono(TextSize::Small)), words(theme.font(TextSize::Small));
  int width = 0;
  if (!countText().isEmpty()) width += kGap + mono.horizontalAdvance(countText());
  if (!leftText().isEmpty()) width += kGap + words.horizontalAdvance(leftText());
  if (!cancel_->isHidden()) width += kGap + kCross;
  return width;
}

int ProgressLine::whatWidth() const {
  if (!shows_what_ || state_.what.empty()) return 0;
  return QFontMetrics(Theme::current().font(TextSize::Small))
             .horizontalAdvance(QString::fromStdString(state_.what)) +
         kRounding + kGap;
}

QSize ProgressLine::sizeHint() const {
  return {whatWidth() + kBar + textWidth(), kHeight};
}

QSize ProgressLine::minimumSizeHint() const {
  return {kMinimumBar + textWidth(), kHeight};
}

void ProgressLine::resizeEvent(QResizeEvent*) {
  cancel_->move(width() - kCross, (height() - kCross) / 2);
}

void ProgressLine::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  const int thickness = theme.sizes().progress;
  QPainter painter(this);
  int left = 0;
  const int room = width() - textWidth();
  const int what_width = std::min(whatWidth(), room - kMinimumBar);
  if (what_width > kGap) {
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text));
    const QString what = QString::fromStdString(state_.what);
    painter.drawText(QRect(0, 0, what_width - kGap, height()), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(what, Qt::ElideRight, what_width - kGap));
    left = what_width;
  }
  // Beside words a longer bar would only part them from their numbers.
  const int bar_width = left > 0 ? std::min(room - left, 2 * kBar / 3 + kMinimumBar) : room - left;
  const QRectF bar(left, (height() - thickness) / 2.0, bar_width, thickness);
  paintBar(painter, bar, state_.total > 0 ? double(state_.done) / double(state_.total) : 0,
           theme.color(Role::Accent));
  left += bar_width + kGap;
  const auto words = [&](const QString& text, const QFont& font, Role role) {
    if (text.isEmpty()) return;
    painter.setFont(font);
    painter.setPen(theme.color(role));
    painter.drawText(QRect(left, 0, width() - left, height()), Qt::AlignVCenter, text);
    left += painter.fontMetrics().horizontalAdvance(text) + kGap;
  };
  words(countText(), theme.mono(TextSize::Small), Role::Text2);
  words(leftText(), theme.font(TextSize::Small), Role::Text2);
}

}  // namespace hbev::ui
