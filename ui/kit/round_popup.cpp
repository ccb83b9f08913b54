#include "ui/kit/round_popup.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QEvent>
#include <QtWidgets/QWidget>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

/// Cuts the corners off whenever the popup gets another size.
class CornerCutter : public QObject {
 public:
  explicit CornerCutter(QWidget* popup) : QObject(popup) {
    setObjectName(QStringLiteral("cornerCutter"));
    popup->installEventFilter(this);
  }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Resize) {
      auto* popup = static_cast<QWidget*>(watched);
      popup->setMask(roundedRegion(popup->size(), Theme::current().tokens().radii().card));
    }
    return false;
  }
};

}  // namespace

QRegion roundedRegion(const QSize& size, double radius) {
  QRegion region(QRect(QPoint(0, 0), size));
  const int rows = int(std::ceil(radius));
  if (size.height() < 2 * rows) return region;
  for (int row = 0; row < rows; ++row) {
    const double below_centre = std::max(0.0, radius - (row + 1));
    const int inset = int(std::floor(radius - std::sqrt(radius * radius - below_centre * below_centre)));
    for (const int y : {row, size.height() - 1 - row}) {
      region -= QRect(0, y, inset, 1);
      region -= QRect(size.width() - inset, y, inset, 1);
    }
  }
  return region;
}

void roundCorners(QWidget* popup) {
  popup->setAttribute(Qt::WA_TranslucentBackground);
  if (!popup->findChild<QObject*>(QStringLiteral("cornerCutter"), Qt::FindDirectChildrenOnly))
    new CornerCutter(popup);
}

}  // namespace hbev::ui
