#include "ui/inspector/fact_list.h"

#include <algorithm>

#include <QtGui/QPainter>
#include <QtGui/QResizeEvent>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/kit/wrapping_label.h"

namespace hbev::ui {
namespace {

constexpr int kFactLine = 19, kFactName = 76, kFactSwatch = 15, kLeastFact = 40;
constexpr int kFactFlags = Qt::TextWordWrap;

QString verdictWord(const FactList::Fact& fact) {
  if (!fact.verdict_word.isEmpty()) return fact.verdict_word;
  return *fact.verdict == 1 ? FactList::tr("right") : FactList::tr("wrong");
}

QFont factFont(bool mono) {
  const Theme& theme = Theme::current();
  return mono ? theme.mono(TextSize::Small) : theme.font(TextSize::Body);
}

}  // namespace

FactList::FactList(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void FactList::setFacts(std::vector<Fact> facts) {
  facts_ = std::move(facts);
  QStringList lines;
  for (const Fact& fact : facts_)
    lines << fact.name + QStringLiteral(": ") + fact.value;
  setAccessibleDescription(lines.join(QLatin1Char('\n')));
  updateGeometry();
  update();
}

QRect FactList::valueRect(const Fact& fact) const {
  const int left = kFactName + 8 + (fact.swatch ? kFactSwatch : 0);
  int right = width();
  if (fact.verdict) {
    const QFontMetrics metrics(Theme::current().font(TextSize::Body));
    right -= metrics.horizontalAdvance(verdictWord(fact)) + 22;
  }
  return {left, 0, std::max(kLeastFact, right - left), kFactLine};
}

int FactList::heightOf(const Fact& fact) const {
  const QFontMetrics metrics(factFont(fact.mono));
  const QRect whole =
      metrics.boundingRect(QRect(0, 0, valueRect(fact).width(), 1 << 14), kFactFlags, breakable(fact.value));
  return kFactLine + std::max(0, whole.height() - metrics.height());
}

QSize FactList::sizeHint() const {
  int height = 0;
  for (const Fact& fact : facts_)
    height += heightOf(fact);
  return {200, height};
}

void FactList::resizeEvent(QResizeEvent* event) {
  if (event->size().width() != event->oldSize().width()) updateGeometry();
}

void FactList::paintVerdict(QPainter& painter, int top, const Fact& fact) const {
  const bool good = *fact.verdict == 1;
  const QColor color = Theme::current().color(good ? Role::Ok : Role::Error);
  const QString word = verdictWord(fact);
  painter.setPen(color);
  const int word_width = painter.fontMetrics().horizontalAdvance(word);
  painter.drawText(QRect(width() - word_width, top, word_width, kFactLine), Qt::AlignVCenter, word);
  paintIcon(painter, good ? QStringLiteral("check") : QStringLiteral("close"),
            QRect(width() - word_width - 18, top + 3, 14, 14), color);
}

void FactList::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  int y = 0;
  for (const Fact& fact : facts_) {
    painter.setFont(theme.font(TextSize::Body));
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(QRect(0, y, kFactName, kFactLine), Qt::AlignLeft | Qt::AlignVCenter, fact.name);
    if (fact.verdict) paintVerdict(painter, y, fact);
    const QRect value = valueRect(fact).translated(0, y);
    if (fact.swatch) paintSwatch(painter, QRectF(value.left() - kFactSwatch, y + 5, 9, 9), *fact.swatch);
    const int height = heightOf(fact);
    painter.setFont(factFont(fact.mono));
    painter.setPen(theme.color(Role::Text));
    painter.drawText(QRect(value.topLeft(), QSize(value.width(), height)),
                     kFactFlags | int(Qt::AlignLeft | Qt::AlignVCenter), breakable(fact.value));
    y += height;
  }
}

}  // namespace hbev::ui
