#include "ui/kit/badge.h"

#include <QtCore/QRegularExpression>
#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kCapHeight = 16, kCapPadding = 5;

QString letterOf(Source source) {
  return QString(QChar('A' + int(source)));
}

int capWidth(const QString& text) {
  const QFontMetrics metrics(Theme::current().font(TextSize::Tiny));
  return std::max(kCapHeight, metrics.horizontalAdvance(text) + 2 * kCapPadding);
}

}  // namespace

QColor sourceColor(Source source) {
  const Role roles[] = {Role::SourceA, Role::SourceB, Role::SourceC};
  return Theme::current().color(roles[std::size_t(source)]);
}

Badge::Badge(Source source, QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setSource(source);
}

void Badge::setSource(Source source) {
  source_ = source;
  setAccessibleName(tr("Source %1").arg(letterOf(source)));
  update();
}

void Badge::setFilled(bool filled) {
  filled_ = filled;
  update();
}

QSize Badge::sizeHint() const {
  return {side_px_, side_px_};
}

void Badge::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QRectF box(0, 0, side_px_, side_px_);
  box.moveCenter(QRectF(rect()).center());
  QPainter painter(this);
  const QColor color = sourceColor(source_);
  paintBox(painter, box, theme.tokens().radii().chip_square, filled_ ? color : QColor(),
           filled_ ? QColor() : color);
  painter.setFont(theme.font(TextSize::Tiny, Weight::Semibold));
  painter.setPen(filled_ ? theme.color(Role::Panel) : color);
  painter.drawText(box, Qt::AlignCenter, letterOf(source_));
}

int paintKeyCap(QPainter& painter, const QRect& rect, const QString& text) {
  const Theme& theme = Theme::current();
  const int width = capWidth(text);
  const QRect cap(rect.right() + 1 - width, rect.top() + (rect.height() - kCapHeight) / 2, width, kCapHeight);
  painter.save();
  paintBox(painter, cap, theme.tokens().radii().chip_square, theme.color(Role::Surface),
           theme.color(Role::Border));
  painter.setFont(theme.font(TextSize::Tiny));
  painter.setPen(theme.color(Role::Text2));
  painter.drawText(cap, Qt::AlignCenter, text);
  painter.restore();
  return width;
}

KeyHint::KeyHint(const QKeySequence& keys, QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setKeys(keys);
}

void KeyHint::setKeys(const QKeySequence& keys) {
  text_ = keyText(keys);
  setAccessibleName(text_);
  updateGeometry();
  update();
}

QSize KeyHint::sizeHint() const {
  return text_.isEmpty() ? QSize(0, 0) : QSize(capWidth(text_), kCapHeight);
}

void KeyHint::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (!text_.isEmpty()) paintKeyCap(painter, rect(), text_);
}

QString keyText(const QKeySequence& keys) {
  QString text = keys.toString(QKeySequence::PortableText);
  static const QRegularExpression joint("\\+(?=.)");
  text.replace(joint, " ");
  const std::pair<const char*, QChar> arrows[] = {
      {"Left", QChar(0x2190)}, {"Right", QChar(0x2192)}, {"Up", QChar(0x2191)}, {"Down", QChar(0x2193)}};
  for (const auto& [word, arrow] : arrows)
    text.replace(QRegularExpression(QString("\\b%1\\b").arg(word)), arrow);
  return text;
}

}  // namespace hbev::ui
