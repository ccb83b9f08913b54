// What is said above the curves of a run: name, configuration and tags, what can be done with it, and its
// figures.
#pragma once

#include <optional>
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

/// Figures side by side, with the run's progress as a line below.
class RunTiles : public QWidget {
  Q_OBJECT
 public:
  struct Tile {
    QString caption, value, more;
  };
  explicit RunTiles(QWidget* parent = nullptr);
  void setTiles(std::vector<Tile> tiles, double share);
  const std::vector<Tile>& tiles() const { return tiles_; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  std::vector<Tile> tiles_;
  double share_ = 0;
};

/// Step, epoch, time left, speed, RayIoU, loss, memory.
std::vector<RunTiles::Tile> tilesOf(const RunData& run);
/// "3 h 12 m", "4 min 10 s", "12 s"
QString longTimeText(double seconds);

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
