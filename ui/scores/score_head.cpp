#include "ui/scores/score_head.h"

#include <array>
#include <limits>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include "ui/kit/label.h"
#include "ui/kit/theme.h"
#include "ui/scores/score_model.h"

namespace hbev::ui {

ScoreHead::ScoreHead(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(10);
  for (const QString& name : {tr("RayIoU"), tr("mAVE"), tr("OccScore"), tr("mIoU")}) {
    auto* box = new QWidget(this);
    auto* pair = new QHBoxLayout(box);
    pair->setContentsMargins(0, 0, 0, 0);
    pair->setSpacing(5);
    auto* value = new QLabel(QStringLiteral("·"), box);
    value->setFont(Theme::current().mono(TextSize::Body, Weight::Semibold));
    pair->addWidget(value);
    pair->addWidget(makeLabel(name, Role::Text3, TextSize::Small, Weight::Normal, box));
    row->addWidget(box);
    figures_.push_back({box, value, name});
  }
  row->addStretch();
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ScoreHead::setReport(const std::optional<SplitReport>& report) {
  const auto rays = report ? report->rayScores() : std::nullopt;
  const auto voxels = !report                       ? std::nullopt
                      : report->cameraVoxelScores() ? report->cameraVoxelScores()
                                                    : report->voxelScores();
  const bool flow = rays && report->framesWithoutTrueFlow() == 0;
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::array<QString, 4> texts{scoreText(rays ? 100 * rays->ray_iou : none, ScoreKind::Percent),
                                     scoreText(flow ? rays->mave_mps : none, ScoreKind::Velocity),
                                     scoreText(flow ? 100 * rays->occ_score : none, ScoreKind::Percent),
                                     scoreText(voxels ? 100 * voxels->mean_iou : none, ScoreKind::Percent)};
  for (std::size_t i = 0; i < figures_.size(); ++i) {
    figures_[i].value->setText(texts[i]);
    figures_[i].box->setAccessibleName(figures_[i].name + QLatin1Char(' ') + texts[i]);
  }
  resizeEvent(nullptr);
}

QSize ScoreHead::sizeHint() const {
  int width = 0;
  for (const Figure& figure : figures_)
    width += figure.box->sizeHint().width() + 10;
  return {width, 24};
}

void ScoreHead::resizeEvent(QResizeEvent*) {
  int room = width();
  for (const Figure& figure : figures_) {
    room -= figure.box->sizeHint().width() + 10;
    figure.box->setVisible(room >= -10);
  }
}

}  // namespace hbev::ui
