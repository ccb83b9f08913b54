// What is said above the curves of a run: name, configuration and tags, what can be done with it, and its
// figures.
#pragma once

#include <vector>

#include <QtWidgets/QWidget>

#include "ui/training/run_store.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace hbev::ui {

class ActionRegistry;
class ElidedLabel;
class NoticeLine;
class RunTiles;

class RunHead : public QWidget {
  Q_OBJECT
 public:
  RunHead(RunStore& store, ActionRegistry& actions, QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QWidget* makeFirstRow(ActionRegistry& actions);
  void refresh();
  void showTags();
  void showNotice();
  void editTags();
  void keepTags();
  void openMore();

  RunStore& store_;
  ActionRegistry& actions_;
  QWidget* dot_;
  QLabel* name_;
  ElidedLabel* config_;
  QWidget* tags_;
  QToolButton* edit_tags_;
  QLineEdit* tags_edit_;
  QPushButton* pause_;
  QPushButton* checkpoint_;
  QPushButton* stop_;
  QPushButton* resume_;
  QToolButton* more_;
  NoticeLine* notice_;
  RunTiles* tiles_;
  std::filesystem::path tags_of_;
  std::vector<std::string> shown_tags_;
};

}  // namespace hbev::ui
