// Puts widgets side by side in their own sizes and begins a new line where the width ends: for chips and rows
// of tools. What is wider than a line gets the line; what is lower than its line stands in the line's middle.
#pragma once

#include <vector>

#include <QtWidgets/QLayout>

namespace hbev::ui {

class FlowLayout : public QLayout {
  Q_OBJECT
 public:
  explicit FlowLayout(QWidget* parent = nullptr, int gap_px = 6);
  ~FlowLayout() override;

  void addItem(QLayoutItem* item) override;
  int count() const override { return int(items_.size()); }
  QLayoutItem* itemAt(int index) const override;
  QLayoutItem* takeAt(int index) override;
  Qt::Orientations expandingDirections() const override { return {}; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return layOut(QRect(0, 0, width, 0), false); }
  void setGeometry(const QRect& rect) override;
  QSize sizeHint() const override { return minimumSize(); }
  QSize minimumSize() const override;

 private:
  /// Returns the height that is needed.
  int layOut(const QRect& rect, bool move) const;

  std::vector<QLayoutItem*> items_;
  int gap_px_;
};

}  // namespace hbev::ui
