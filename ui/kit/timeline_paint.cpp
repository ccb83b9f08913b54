// How the strip of the timeline is drawn: one function for each of its layers, from back to front.
#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include "ui/kit/theme.h"
#include "ui/kit/timeline_strip.h"

namespace hbev::ui {
namespace {

constexpr double kStripTop = 3;  ///< Under the cached range's line.
constexpr double kBarGap = 2, kGoodAlpha = 0.62, kOtherAlpha = 0.90, kLoadedAlpha = 0.55, kVeilAlpha = 0.04;
constexpr double kReferenceWidth = 1.25;
constexpr int kLabelEach = 4;
constexpr double kSmallestLabelRoom_px = 36;
constexpr double kFlagWidth = 8, kFlagHeight = 9;

template <class T>
T valueAt(const std::vector<T>& values, int at) {
  return at >= 0 && at < int(values.size()) ? values[std::size_t(at)] : T{};
}

/// All labels of a ruler with the same number of decimals: keyframes are half a second apart, more or less.
QString secondsLabel(double seconds, double step_s) {
  return QString::number(seconds, 'f', step_s < 0.75 ? 1 : 0) + 's';
}

}  // namespace

TimelineStrip::Rows TimelineStrip::rows() const {
  const auto& sizes = Theme::current().sizes().timeline;
  Rows rows{};
  rows.ruler = 0;
  rows.base = compact_ ? 6 : sizes.ruler;
  rows.strip = rows.base + sizes.buffer + kStripTop;
  rows.strip_bottom = rows.strip + (compact_ ? sizes.strip_compact : sizes.strip);
  rows.ticks = rows.strip_bottom + 2;
  rows.flags = rows.ticks + sizes.ticks;
  return rows;
}

double TimelineStrip::yOf(double percent) const {
  const Rows r = rows();
  return r.strip_bottom - percent / axis_.high * (r.strip_bottom - r.strip);
}

void TimelineStrip::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  const auto& sizes = theme.sizes().timeline;
  QPainter painter(this);
  painter.fillRect(rect(), theme.color(Role::Panel));
  painter.setRenderHint(QPainter::Antialiasing);
  const Rows r = rows();
  const QRectF all(sizes.left_margin, 0, width() - sizes.left_margin - sizes.right_margin, height());
  painter.fillRect(QRectF(all.left(), r.base, all.width(), sizes.buffer), theme.color(Role::Border));
  painter.fillRect(QRectF(all.left(), r.strip_bottom, all.width(), 1), theme.color(Role::BorderStrong));
  if (scale_.count() == 0) return;
  paintAxis(painter);
  // Zoomed in, the scene goes on beyond both ends; half a handle may stand out.
  painter.save();
  painter.setClipRect(all.adjusted(-sizes.handle_width / 2.0, 0, sizes.right_margin, 0));
  if (!compact_) paintRuler(painter);
  painter.setClipRect(all.adjusted(-1, 0, 1, 0));
  paintLoaded(painter);
  paintScores(painter);
  paintLoop(painter);
  paintReference(painter);
  paintTicks(painter);
  painter.restore();
  paintFlags(painter);
  paintPlayhead(painter);
}

/// A moment is where the playhead stands for it, in the middle of its bar, and its label beside that.
void TimelineStrip::paintRuler(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const Rows r = rows();
  painter.setFont(theme.mono(TextSize::Tiny));
  int each = kLabelEach;
  while (each * scale_.slotWidth() < kSmallestLabelRoom_px)
    each *= 2;
  while (each > 1 && each / 2 * scale_.slotWidth() > 4 * kSmallestLabelRoom_px)
    each /= 2;
  const int ticks_each = std::max(1, each / kLabelEach);
  const auto last = std::min(std::size_t(each), data_.times_s.size() - 1);
  const double step_s = data_.times_s[last] - data_.times_s.front();
  const double beside = theme.sizes().timeline.handle_width / 2.0 + 3;
  for (int keyframe = 0; keyframe < scale_.count(); keyframe += ticks_each) {
    const bool labelled = keyframe % each == 0;
    const double x = std::round(scale_.xOf(keyframe)), length = labelled ? 7 : 4;
    painter.fillRect(QRectF(x, r.base - length, 1, length), theme.color(Role::BorderStrong));
    if (!labelled) continue;
    const double seconds = data_.times_s[std::size_t(keyframe)] - data_.times_s.front();
    painter.setPen(theme.color(Role::Text3));
    const QString text = secondsLabel(seconds, step_s);
    const int wide = painter.fontMetrics().horizontalAdvance(text);
    const double left = x + beside + wide <= width() ? x + beside : x - beside - wide;
    painter.drawText(QRectF(left, r.ruler, 60, r.base - 4), Qt::AlignLeft | Qt::AlignVCenter, text);
  }
}

void TimelineStrip::paintLoaded(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const Rows r = rows();
  const QColor color = theme.color(Role::Accent, kLoadedAlpha);
  for (int first = 0; first < scale_.count();) {
    int last = first;
    while (last < scale_.count() && valueAt(data_.loaded, last))
      ++last;
    if (last > first) {
      const double from = scale_.xOfSlot(first);
      painter.fillRect(QRectF(from, r.base, scale_.xOfSlot(last) - from, theme.sizes().timeline.buffer),
                       color);
    }
    first = last + 1;
  }
}

void TimelineStrip::paintAxis(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const auto& sizes = theme.sizes().timeline;
  painter.setFont(theme.mono(TextSize::Tiny));
  QPen dotted(theme.color(Role::Border), 1, Qt::CustomDashLine, Qt::FlatCap);
  dotted.setDashPattern({2, 3});
  for (const double line : axis_.lines) {
    const double y = std::round(yOf(line)) + 0.5;
    if (line > 0) {  // the strip's own bottom is the line of 0
      painter.setPen(dotted);
      painter.drawLine(QPointF(sizes.left_margin, y), QPointF(width() - sizes.right_margin, y));
    }
    painter.setPen(theme.color(Role::Text3));
    painter.drawText(QRectF(0, y - 8, sizes.left_margin - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                     QString::number(line, 'f', 0));
  }
}

void TimelineStrip::paintScores(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const Rows r = rows();
  const double slot = scale_.slotWidth(), gap = slot > 3 * kBarGap ? kBarGap : 0;
  painter.setPen(Qt::NoPen);
  for (int keyframe = 0; keyframe < scale_.count(); ++keyframe) {
    const auto score = valueAt(data_.scores, keyframe);
    if (!score) continue;
    QColor color = theme.scoreColor(*score, data_.steps);
    const bool current = keyframe == current_,
               good = theme.scoreColor(*score, data_.steps) == theme.color(Role::ScoreGood);
    color.setAlphaF(current ? 1.0F : float(good ? kGoodAlpha : kOtherAlpha));
    const double top = std::min(yOf(*score), r.strip_bottom - 1);
    const QRectF bar(scale_.xOfSlot(keyframe) + gap / 2, top, slot - gap, r.strip_bottom - top);
    const double radius =
        std::min({double(theme.tokens().radii().bar) / 2, bar.width() / 2, bar.height() / 2});
    QPainterPath path;
    path.addRoundedRect(bar.adjusted(0, 0, 0, radius), radius, radius);
    painter.save();
    painter.setClipRect(bar, Qt::IntersectClip);
    painter.fillPath(path, color);
    if (keyframe == hovered_ && !current) painter.fillPath(path, theme.color(Role::Text, 0.12));
    painter.restore();
  }
}

void TimelineStrip::paintReference(QPainter& painter) const {
  const Theme& theme = Theme::current();
  QPainterPath line;
  bool open = false;
  for (int keyframe = 0; keyframe < scale_.count(); ++keyframe) {
    const auto score = valueAt(data_.reference, keyframe);
    if (!score) {
      open = false;
      continue;
    }
    const QPointF point(scale_.xOf(keyframe), yOf(*score));
    if (open)
      line.lineTo(point);
    else
      line.moveTo(point);
    open = true;
  }
  painter.setPen(QPen(theme.color(Role::Text2), kReferenceWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(line);
}

void TimelineStrip::paintLoop(QPainter& painter) const {
  if (!loop_) return;
  const Theme& theme = Theme::current();
  const Rows r = rows();
  const double from = std::round(scale_.xOfSlot(loop_->first)),
               to = std::round(scale_.xOfSlot(loop_->second + 1));
  const double top = r.strip, height = r.strip_bottom - r.strip;
  painter.fillRect(QRectF(from, top, to - from, height), theme.color(Role::Text, kVeilAlpha));
  for (const double x : {from, to - 1})
    painter.fillRect(QRectF(x, top, 1, height), theme.color(Role::Accent, 0.7));
}

void TimelineStrip::paintTicks(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const double middle = rows().ticks + theme.sizes().timeline.ticks / 2.0 + 1;
  const auto color = [&](int keyframe) {
    return theme.color(valueAt(data_.predicted, keyframe) ? Role::Text2 : Role::BorderStrong);
  };
  if (scale_.slotWidth() > 12) {
    for (const double time : data_.sweeps_s) {
      const double slot = TimelineScale::slotOfTime(data_.times_s, time);
      const int keyframe = std::clamp(int(slot), 0, scale_.count() - 1);
      painter.fillRect(QRectF(std::round(scale_.xOfSlot(slot)), middle - 1.5, 1, 3), color(keyframe));
    }
  }
  const double width = std::min(2.0, scale_.slotWidth() / 2);
  for (int keyframe = 0; keyframe < scale_.count(); ++keyframe)
    painter.fillRect(QRectF(std::round(scale_.xOf(keyframe)) - width / 2, middle - 3.5, width, 7),
                     color(keyframe));
}

void TimelineStrip::paintFlags(QPainter& painter) const {
  const Theme& theme = Theme::current();
  const auto& sizes = theme.sizes().timeline;
  const double left = sizes.left_margin, right = width() - sizes.right_margin;
  const double top = rows().flags + (compact_ ? 0 : 2);
  std::vector<TimelineFlag> flags = data_.flags;
  std::ranges::sort(flags, {}, &TimelineFlag::keyframe);
  painter.setFont(theme.font(TextSize::Small));
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const double x = scale_.xOf(flags[i].keyframe);
    if (flags[i].keyframe >= scale_.count() || x < left || x > right) continue;
    const QRectF flag(std::round(x - kFlagWidth / 2), top, kFlagWidth, kFlagHeight);
    const QPolygonF shape{{flag.left(), flag.top()},
                          {flag.right(), flag.top()},
                          {flag.right(), flag.bottom()},
                          {flag.center().x(), flag.bottom() - 2.5},
                          {flag.left(), flag.bottom()}};
    QPainterPath path;
    path.addPolygon(shape);
    painter.fillPath(path, theme.color(Role::SourceB));
    if (compact_) continue;
    const double next = i + 1 < flags.size() ? scale_.xOf(flags[i + 1].keyframe) - kFlagWidth : width();
    const double room = std::min(next, double(width())) - flag.right() - 8;
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(QRectF(flag.right() + 4, top - 4, room, 16), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(flags[i].note, Qt::ElideRight, int(room)));
  }
}

void TimelineStrip::paintPlayhead(QPainter& painter) const {
  if (current_ < 0) return;
  const Theme& theme = Theme::current();
  const auto& sizes = theme.sizes().timeline;
  const double x =
      moment_s_ ? scale_.xOfSlot(TimelineScale::slotOfTime(data_.times_s, *moment_s_)) : scale_.xOf(current_);
  if (x < sizes.left_margin - 1 || x > width() - sizes.right_margin + 1) return;
  const QColor color = theme.color(Role::Text);
  const double half = sizes.handle_width / 2.0, tall = sizes.handle_height, bottom = rows().flags;
  painter.fillRect(QRectF(x - sizes.playhead / 2, tall / 2, sizes.playhead, bottom - tall / 2), color);
  QPainterPath handle;
  handle.moveTo(x - half, 1);
  handle.quadTo(x - half, 0, x - half + 1, 0);
  handle.lineTo(x + half - 1, 0);
  handle.quadTo(x + half, 0, x + half, 1);
  handle.lineTo(x + half, tall * 0.55);
  handle.lineTo(x, tall);
  handle.lineTo(x - half, tall * 0.55);
  handle.closeSubpath();
  painter.fillPath(handle, color);
}

}  // namespace hbev::ui
