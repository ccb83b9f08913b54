// Everything that can be done, once: name, key, icon and one sentence, for menus, tool bar, palette and key
// list.
#pragma once

#include <functional>
#include <vector>

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtGui/QAction>

#include "ui/kit/tokens.h"

class QKeyEvent;
class QWidget;

namespace hbev::ui {

struct ActionSpec {
  QString id;     ///< Of tokens.json where it has a key there: "keyframe.next"; else any unique word.
  QString name;   ///< "Next keyframe": the same in menu, palette and tooltip.
  QString icon;   ///< Name of an icon, or empty.
  QString help;   ///< One sentence.
  QString group;  ///< "Time": heading in the key list.
  bool checkable = false;
};

class ActionRegistry : public QObject {
  Q_OBJECT
 public:
  /// Keys come from `tokens` and work in the whole of `window` but where the focused control needs them
  /// itself.
  ActionRegistry(const Tokens& tokens, QWidget* window);

  /// Throws std::logic_error when the id is taken. The action's parent is the registry; its shortcut comes
  /// from the tokens. `run` is called on triggered() with the checked state.
  QAction* add(const ActionSpec& spec, std::function<void(bool)> run = {});
  /// nullptr when there is none.
  QAction* find(const QString& id) const;
  /// Throws std::logic_error when there is none.
  QAction* operator[](const QString& id) const;

  struct Entry {
    ActionSpec spec;
    QAction* action;
    QString scope;  ///< "window", "viewport", or empty without a key.
  };
  /// In the order of registration.
  const std::vector<Entry>& entries() const { return entries_; }

  /// Rich text "name  key\nsentence".
  static QString tooltip(const QString& name, const QKeySequence& keys, const QString& help);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  const Tokens& tokens_;
  QWidget* window_;
  std::vector<Entry> entries_;
  QHash<QString, int> index_;
};

/// True when `focus` needs this key itself, so that no shortcut may take it: letters in a text field, Space
/// on a button, arrows on a slider.
bool needsKey(const QWidget* focus, const QKeyEvent& event);

}  // namespace hbev::ui
