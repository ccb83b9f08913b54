// A run's figures side by side: step, epoch, time left, speed, RayIoU, loss, memory.
#pragma once

#include <vector>

#include <QtWidgets/QWidget>

namespace hbev::ui {

struct RunData;

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

}  // namespace hbev::ui
