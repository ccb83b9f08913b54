// Ctrl+K: every action by name, found by a few letters, run with Enter.
#pragma once

#include <vector>

#include <QtCore/QAbstractListModel>
#include <QtWidgets/QFrame>

class QAction;
class QListView;

namespace hbev::ui {

class ActionRegistry;
class SearchField;

/// The actions that match, best first; those run last stand first among equals and while nothing is typed.
class PaletteModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum { PositionsRole = Qt::UserRole, KeysRole };  ///< QList<int> of matched letters; "Ctrl K".

  PaletteModel(const ActionRegistry& actions, QObject* parent);

  void search(const QString& pattern);
  QAction* actionAt(int row) const;
  void remember(const QAction* action);
  const QStringList& recent() const { return recent_; }
  void setRecent(const QStringList& ids) { recent_ = ids; }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 private:
  struct Hit {
    int entry;
    int score;
    qsizetype age;  ///< Place among the recent ones.
    QList<int> positions;
  };
  const ActionRegistry& actions_;
  std::vector<Hit> hits_;
  QStringList recent_;
};

class CommandPalette : public QFrame {
  Q_OBJECT
 public:
  CommandPalette(ActionRegistry& actions, QWidget* window);

  /// Opens it at the top centre of the window with an empty field; what was run last stands first.
  void open();
  /// Names shown now, best first.
  QStringList shownNames() const;
  /// Ids run last, newest first; to be kept in the settings.
  QStringList recent() const { return model_->recent(); }
  void setRecent(const QStringList& ids) { model_->setRecent(ids); }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void search(const QString& pattern);
  void runCurrent();
  void moveCurrent(int steps);
  void layOut();

  QWidget* window_;
  PaletteModel* model_;
  SearchField* field_;
  QListView* list_;
};

}  // namespace hbev::ui
