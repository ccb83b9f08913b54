#include "ui/fact_list.h"

#include <QtGui/QPainter>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {

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

QSize FactList::sizeHint() const {
  return {200, int(facts_.size()) * 19};
}

void FactList::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  constexpr int kLine = 19, kNameWidth = 76;
  int y = 0;
  for (const Fact& fact : facts_) {
    painter.setFont(theme.font(TextSize::Body));
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(QRect(0, y, kNameWidth, kLine), Qt::AlignLeft | Qt::AlignVCenter, fact.name);
    int x = kNameWidth + 8;
    int right = width();
    if (fact.verdict) {
      const bool good = *fact.verdict == 1;
      const QColor color = theme.color(good ? Role::Ok : Role::Error);
      const QString word = good ? tr("right") : tr("wrong");
      painter.setPen(color);
      const int word_width = painter.fontMetrics().horizontalAdvance(word);
      painter.drawText(QRect(width() - word_width, y, word_width, kLine), Qt::AlignVCenter, word);
      paintIcon(painter, good ? QStringLiteral("check") : QStringLiteral("close"),
                QRect(width() - word_width - 18, y + 3, 14, 14), color);
      right = width() - word_width - 22;
    }
    if (fact.swatch) {
      paintSwatch(painter, QRectF(x, y + 5, 9, 9), *fact.swatch);
      x += 15;
    }
    painter.setFont(fact.mono ? theme.mono(TextSize::Small) : theme.font(TextSize::Body));
    painter.setPen(theme.color(Role::Text));
    const QString text = painter.fontMetrics().elidedText(fact.value, Qt::ElideRight, right - x);
    painter.drawText(QRect(x, y, right - x, kLine), Qt::AlignLeft | Qt::AlignVCenter, text);
    y += kLine;
  }
}

}  // namespace hbev::ui
