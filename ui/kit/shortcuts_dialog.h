// "?": all actions with their keys by group, searchable.
#pragma once

#include <vector>

#include <QtWidgets/QDialog>

namespace hbev::ui {

class ActionRegistry;
class SearchField;

class ShortcutsDialog : public QDialog {
  Q_OBJECT
 public:
  ShortcutsDialog(const ActionRegistry& actions, QWidget* parent);
  /// Rows that the search leaves. For tests.
  int visibleRows() const;

 private:
  void search(const QString& text);

  SearchField* field_;
  struct Row {
    QWidget* widget;
    QWidget* group;
    QString text;
  };
  std::vector<Row> rows_;
};

}  // namespace hbev::ui
