#include "ui/kit/flow_layout.h"

#include <algorithm>
#include <utility>

#include <QtWidgets/QWidget>

namespace hbev::ui {

FlowLayout::FlowLayout(QWidget* parent, int gap_px) : QLayout(parent), gap_px_(gap_px) {
  setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout() {
  while (QLayoutItem* item = takeAt(0))
    delete item;
}

void FlowLayout::addItem(QLayoutItem* item) {
  items_.push_back(item);
}

QLayoutItem* FlowLayout::itemAt(int index) const {
  return index >= 0 && index < count() ? items_[std::size_t(index)] : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
  QLayoutItem* item = itemAt(index);
  if (item) items_.erase(items_.begin() + index);
  return item;
}

void FlowLayout::setGeometry(const QRect& rect) {
  QLayout::setGeometry(rect);
  layOut(rect, true);
}

QSize FlowLayout::minimumSize() const {
  QSize size;
  for (const QLayoutItem* item : items_)
    size = size.expandedTo(item->minimumSize());
  const QMargins margins = contentsMargins();
  return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

int FlowLayout::layOut(const QRect& rect, bool move) const {
  const QRect room = rect.marginsRemoved(contentsMargins());
  std::vector<std::pair<QLayoutItem*, QRect>> line;
  int x = room.left(), y = room.top(), line_height = 0;
  const auto endLine = [&] {
    for (auto& [item, place] : line) {
      place.moveTop(y + (line_height - place.height()) / 2);
      if (move) item->setGeometry(place);
    }
    line.clear();
  };
  for (QLayoutItem* item : items_) {
    if (item->isEmpty()) continue;  // a hidden widget
    const QSize size = item->sizeHint().boundedTo({room.width(), QLAYOUTSIZE_MAX});
    if (!line.empty() && x + size.width() > room.left() + room.width()) {
      endLine();
      x = room.left();
      y += line_height + gap_px_;
      line_height = 0;
    }
    line.emplace_back(item, QRect(QPoint(x, y), size));
    x += size.width() + gap_px_;
    line_height = std::max(line_height, size.height());
  }
  endLine();
  return y + line_height - rect.top() + contentsMargins().bottom();
}

}  // namespace hbev::ui
