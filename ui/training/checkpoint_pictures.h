// Small pictures of what a run predicted: of the checkpoints that were watched, and those that the training
// wrote itself; a sentence where there are none.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QtGui/QImage>
#include <QtWidgets/QWidget>

namespace hbev::ui {

class CheckpointPictures : public QWidget {
  Q_OBJECT
 public:
  static constexpr std::size_t kMost = 3;  ///< there is room for
  struct Picture {
    std::int64_t step = 0;
    QImage image;
    std::optional<double> score;  ///< RayIoU, percent
    bool is_sample = false;       ///< of the training itself, from above
  };
  explicit CheckpointPictures(QWidget* parent = nullptr);
  void setPictures(std::vector<Picture> pictures, std::int64_t shown);
  const std::vector<Picture>& pictures() const { return pictures_; }
  /// In place of pictures, while there are none; empty: then there is no room for them.
  void setSentence(const QString& sentence);
  /// Lower ones, for low windows.
  void setCompact(bool compact);

 Q_SIGNALS:
  void clicked(std::int64_t step);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  QRect placeOf(std::size_t i) const;
  void showAtAll();
  std::vector<Picture> pictures_;
  QString sentence_;
  std::int64_t shown_ = 0;
};

}  // namespace hbev::ui
