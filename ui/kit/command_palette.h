// Ctrl+K: every action by name, found by a few letters, run with Enter.
#pragma once

#include <QtWidgets/QFrame>

class QListView;

namespace hbev::ui {

class ActionRegistry;
class PaletteModel;
class SearchField;

class CommandPalette : public QFrame {
  Q_OBJECT
 public:
  CommandPalette(ActionRegistry& actions, QWidget* window);

  /// Opens it at the top centre of the window with an empty field; what was run last stands first.
  void open();
  /// Names shown now, best first. For tests.
  QStringList shownNames() const;
  /// Ids run last, newest first; to be kept in the settings.
  QStringList recent() const;
  void setRecent(const QStringList& ids);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void search(const QString& pattern);
  void runCurrent();
  void moveCurrent(int steps);

  QWidget* window_;
  PaletteModel* model_;
  SearchField* field_;
  QListView* list_;
};

}  // namespace hbev::ui
