#include "ui/kit/actions.h"

#include <stdexcept>

#include <QtGui/QKeyEvent>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractSlider>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QTextEdit>

#include "ui/kit/badge.h"
#include "ui/kit/icons.h"
#include "ui/kit/range_slider.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

bool isTextField(const QWidget* widget) {
  if (const auto* line = qobject_cast<const QLineEdit*>(widget)) return !line->isReadOnly();
  if (const auto* text = qobject_cast<const QTextEdit*>(widget)) return !text->isReadOnly();
  if (const auto* text = qobject_cast<const QPlainTextEdit*>(widget)) return !text->isReadOnly();
  if (const auto* combo = qobject_cast<const QComboBox*>(widget)) return combo->isEditable();
  return qobject_cast<const QAbstractSpinBox*>(widget) != nullptr;
}

bool isArrow(int key) {
  return key >= Qt::Key_Left && key <= Qt::Key_Down;
}

bool isArrowOrJump(int key) {
  return key >= Qt::Key_Home && key <= Qt::Key_PageDown;  // Home, End, the four arrows, PageUp, PageDown.
}

}  // namespace

bool needsKey(const QWidget* focus, const QKeyEvent& event) {
  if (!focus) return false;
  const int key = event.key();
  const Qt::KeyboardModifiers modifiers = event.modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
  if (isTextField(focus)) {
    if (isArrowOrJump(key)) return modifiers == Qt::NoModifier || modifiers == Qt::ControlModifier;
    if (modifiers == Qt::ControlModifier)
      return key == Qt::Key_C || key == Qt::Key_V || key == Qt::Key_X || key == Qt::Key_A || key == Qt::Key_Z;
    return modifiers == Qt::NoModifier && key < Qt::Key_Escape;
  }
  if (modifiers != Qt::NoModifier) return false;
  if (qobject_cast<const QAbstractButton*>(focus)) return key == Qt::Key_Space;
  if (qobject_cast<const QAbstractSlider*>(focus) || qobject_cast<const RangeSlider*>(focus))
    return isArrowOrJump(key);
  if (qobject_cast<const QComboBox*>(focus)) return key == Qt::Key_Space || isArrow(key);
  return false;
}

ActionRegistry::ActionRegistry(const Tokens& tokens, QWidget* window)
    : QObject(window), tokens_(tokens), window_(window) {
  qApp->installEventFilter(this);
}

QAction* ActionRegistry::add(const ActionSpec& spec, std::function<void(bool)> run) {
  if (index_.contains(spec.id)) throw std::logic_error("two actions with the id " + spec.id.toStdString());
  auto* action = new QAction(spec.name, this);
  action->setObjectName(spec.id);
  action->setCheckable(spec.checkable);
  if (!spec.icon.isEmpty()) action->setIcon(icon(spec.icon));
  const Shortcut* shortcut = tokens_.findShortcut(spec.id);
  if (shortcut) action->setShortcut(shortcut->keys);
  action->setToolTip(tooltip(spec.name, action->shortcut(), spec.help));
  action->setStatusTip(spec.help);
  if (run) connect(action, &QAction::triggered, this, [run = std::move(run)](bool checked) { run(checked); });
  connect(&Theme::current(), &Theme::changed, action,
          [action, spec] { action->setToolTip(tooltip(spec.name, action->shortcut(), spec.help)); });
  window_->addAction(action);
  index_.insert(spec.id, int(entries_.size()));
  entries_.push_back({spec, action, shortcut ? shortcut->scope : QString()});
  return action;
}

QAction* ActionRegistry::find(const QString& id) const {
  const auto it = index_.constFind(id);
  return it == index_.constEnd() ? nullptr : entries_[std::size_t(*it)].action;
}

QAction* ActionRegistry::operator[](const QString& id) const {
  QAction* action = find(id);
  if (!action) throw std::logic_error("no action with the id " + id.toStdString());
  return action;
}

QString ActionRegistry::tooltip(const QString& name, const QKeySequence& keys, const QString& help) {
  const QString color = Theme::current().color(Role::Text2).name();
  // Rich text, or Qt would show the marks; white-space:pre keeps the name and its key on one line.
  QString text =
      "<div style='white-space:pre'><span style='font-weight:600'>" + name.toHtmlEscaped() + "</span>";
  if (!keys.isEmpty())
    text += QString("   <span style='color:%1'>%2</span>").arg(color, keyText(keys).toHtmlEscaped());
  text += "</div>";
  if (!help.isEmpty()) text += QString("<div style='color:%1'>%2</div>").arg(color, help.toHtmlEscaped());
  return text;
}

bool ActionRegistry::eventFilter(QObject*, QEvent* event) {
  if (event->type() != QEvent::ShortcutOverride) return false;
  if (!needsKey(QApplication::focusWidget(), *static_cast<QKeyEvent*>(event))) return false;
  event->accept();  // Then it comes as an ordinary key press to the widget that has the focus.
  return true;
}

}  // namespace hbev::ui
