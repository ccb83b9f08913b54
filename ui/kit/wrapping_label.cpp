#include "ui/kit/wrapping_label.h"

#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtWidgets/QMenu>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr QChar kBreakHere(0x200B);
constexpr int kLongWord = 16, kMostWithoutBreak = 20, kLeastWidth_px = 40;

}  // namespace

QString breakable(const QString& text) {
  QString broken;
  qsizetype word_begin = 0;
  while (word_begin < text.size()) {
    qsizetype word_end = word_begin;
    while (word_end < text.size() && !text[word_end].isSpace())
      ++word_end;
    const bool is_long = word_end - word_begin > kLongWord;
    int since_break = 0;
    for (qsizetype i = word_begin; i < word_end; ++i) {
      broken += text[i];
      const bool divides = QStringLiteral("_-/\\.").contains(text[i]);
      const bool splits_pair = text[i].isHighSurrogate();
      if (!is_long || i + 1 == word_end || splits_pair) continue;
      if (!divides && ++since_break < kMostWithoutBreak) continue;
      broken += kBreakHere;
      since_break = 0;
    }
    for (; word_end < text.size() && text[word_end].isSpace(); ++word_end)
      broken += text[word_end];
    word_begin = word_end;
  }
  return broken;
}

QString unbroken(QString text) {
  return text.remove(kBreakHere);
}

WrappingLabel::WrappingLabel(const QString& words, Role role, TextSize size, Weight weight, QWidget* parent)
    : QLabel(parent) {
  setFont(Theme::current().font(size, weight));
  setProperty("role", Tokens::roleName(role));
  setTextFormat(Qt::PlainText);
  setWordWrap(true);
  setMinimumWidth(kLeastWidth_px);
  setTextInteractionFlags(Qt::TextSelectableByMouse);
  setWords(words);
}

void WrappingLabel::setWords(const QString& words) {
  setText(breakable(words));
  setAccessibleName(words);
}

void WrappingLabel::copy() const {
  QGuiApplication::clipboard()->setText(unbroken(selectedText()));
}

void WrappingLabel::keyPressEvent(QKeyEvent* event) {
  if (event->matches(QKeySequence::Copy) && hasSelectedText()) return copy();
  QLabel::keyPressEvent(event);
}

void WrappingLabel::contextMenuEvent(QContextMenuEvent* event) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(tr("Copy"), this, &WrappingLabel::copy)->setEnabled(hasSelectedText());
  menu->popup(event->globalPos());
}

}  // namespace hbev::ui
