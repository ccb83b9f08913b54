#include "ui/window/activities.h"

#include <algorithm>

#include <QtGui/QPainter>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/round_popup.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kActivityLine_px = 440;

}  // namespace

void Activities::show(Activity activity) {
  const auto known = std::ranges::find(running_, activity.id, &Activity::id);
  if (known == running_.end()) {
    running_.push_back(std::move(activity));
  } else {
    *known = std::move(activity);
  }
  Q_EMIT changed();
}

void Activities::end(const QString& id) {
  if (std::erase_if(running_, [&id](const Activity& each) { return each.id == id; }) > 0) Q_EMIT changed();
}

const Activity* Activities::find(const QString& id) const {
  const auto found = std::ranges::find(running_, id, &Activity::id);
  return found == running_.end() ? nullptr : &*found;
}

const Activity* Activities::newest() const {
  const auto found = std::find_if(running_.rbegin(), running_.rend(),
                                  [](const Activity& each) { return !each.in_background; });
  return found == running_.rend() ? nullptr : &*found;
}

ActivitiesPopup::ActivitiesPopup(Activities& activities, QWidget* parent)
    : QWidget(parent, Qt::Popup | Qt::FramelessWindowHint), activities_(activities) {
  setObjectName(QStringLiteral("activities"));
  setAccessibleName(tr("Activities"));
  roundCorners(this);
  rows_ = new QVBoxLayout(this);
  rows_->setContentsMargins(12, 10, 12, 10);
  rows_->setSpacing(8);
  rows_->addWidget(makeLabel(tr("Activities"), Role::Text, TextSize::Small, Weight::Semibold, this));
  empty_ =
      makeLabel(tr("Nothing is under way. Opening, predicting, evaluating, training and videos show here."),
                Role::Text2, TextSize::Small, Weight::Normal, this);
  rows_->addWidget(empty_);
  connect(&activities, &Activities::changed, this, &ActivitiesPopup::showRows);
  showRows();
}

/// Lines stay where they are as long as their work goes on: a cross must not move away from the pointer.
void ActivitiesPopup::showRows() {
  std::erase_if(lines_, [this](const Row& row) {
    if (activities_.find(row.id)) return false;
    row.line->hide();
    row.line->deleteLater();
    return true;
  });
  for (const Activity& each : activities_.running()) {
    auto known = std::ranges::find(lines_, each.id, &Row::id);
    if (known == lines_.end()) {
      auto* line = new ProgressLine(this);
      line->setShowsWhat(true);
      line->setFixedWidth(kActivityLine_px);
      connect(line, &ProgressLine::cancelled, this, [this, id = each.id] {
        const Activity* activity = activities_.find(id);
        if (const auto stop = activity ? activity->stop : nullptr) stop();
      });
      rows_->addWidget(line);
      line->show();
      known = lines_.insert(lines_.end(), {each.id, line});
    }
    known->line->setCancellable(bool(each.stop));
    known->line->setShowsPercent(each.shows_percent);
    known->line->setState(each.state);
  }
  empty_->setVisible(lines_.empty());
  adjustSize();
  if (isVisible()) move(corner_ - QPoint(0, height()));
}

void ActivitiesPopup::openAt(const QPoint& corner) {
  corner_ = corner;
  adjustSize();
  move(corner_ - QPoint(0, height()));
  show();
}

void ActivitiesPopup::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintPopup(painter, rect());
}

}  // namespace hbev::ui
