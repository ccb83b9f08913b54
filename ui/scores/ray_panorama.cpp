#include "ui/scores/ray_panorama.h"

#include <QtGui/QPainter>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QMainWindow>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/eval/rays.h"
#include "render/viridis.h"
#include "ui/kit/buttons.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/scores/panorama_view.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

constexpr int kRoomForRamp_px = 620, kUsualHeight_px = 196;

}  // namespace

/// What the colours of distances and errors are in metres.
class RayPanorama::Ramp : public QWidget {
 public:
  explicit Ramp(QWidget* parent) : QWidget(parent) { setFixedSize(150, 24); }

  void setMode(PanoramaMode mode) {
    mode_ = mode;
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    const Theme& theme = Theme::current();
    const bool errors = mode_ == PanoramaMode::Error;
    const double low = errors ? -kPanoramaError_m : 0, high = errors ? kPanoramaError_m : kPanoramaDistance_m;
    constexpr int kText = 32, kHeight = 8;
    const QRect bar(kText, (height() - kHeight) / 2, width() - 2 * kText - 8, kHeight);
    for (int x = 0; x < bar.width(); ++x) {
      const double share = double(x) / bar.width();
      const Rgb ramp = viridis(1 - share);
      painter.fillRect(QRect(bar.left() + x, bar.top(), 1, kHeight),
                       errors ? errorColor(low + share * (high - low)) : QColor(ramp.r, ramp.g, ramp.b));
    }
    painter.setFont(theme.mono(TextSize::Tiny));
    painter.setPen(theme.color(Role::Text3));
    painter.drawText(QRect(0, 0, kText - 4, height()), Qt::AlignRight | Qt::AlignVCenter, decimal(low, 0));
    const QString sign = errors ? QStringLiteral("+") : QString();
    painter.drawText(QRect(bar.right() + 5, 0, kText + 8, height()), Qt::AlignLeft | Qt::AlignVCenter,
                     sign + decimal(high, 0) + QStringLiteral(" m"));
  }

 private:
  PanoramaMode mode_ = PanoramaMode::Outcome;
};

RayPanorama::RayPanorama(Studio& studio, QWidget* parent)
    : QWidget(parent), studio_(studio), errors_(&studio.errors()) {
  setObjectName(QStringLiteral("panorama"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  header_ = new PanelHeader(tr("Ray panorama"), this);
  ramp_ = new Ramp(header_);
  modes_ = new SegmentedControl(header_);
  modes_->setAccessibleName(tr("What the panorama shows"));
  modes_->addSegment(tr("Outcome"), {}, tr("What each ray is against the truth's."));
  modes_->addSegment(tr("Distance"), {}, tr("How far the prediction's rays go, m."));
  modes_->addSegment(tr("Error m"), {},
                     tr("How much too near or too far rays end that met something in both."));
  header_->addWidget(ramp_);
  header_->addWidget(modes_);
  maximise_ = header_->addButton(QStringLiteral("maximise"), tr("Larger, or as before"));
  stack_ = new PanelStack(this);
  view_ = new PanoramaView(studio.errors(), stack_);
  stack_->setContent(view_);
  stack_->setEmptyState(new EmptyState("ray", {}, {}, stack_));
  column->addWidget(header_);
  column->addWidget(stack_, 1);
  connect(modes_, &SegmentedControl::currentChanged, this, [this](int mode) {
    view_->setMode(PanoramaMode(mode));
    ramp_->setMode(PanoramaMode(mode));
    showState();
  });
  connect(maximise_, &QToolButton::clicked, this, &RayPanorama::toggleMaximised);
  ErrorView& errors = studio.errors();
  connect(&errors, &ErrorView::raysChanged, this, &RayPanorama::showState);
  connect(&errors, &ErrorView::changed, this, &RayPanorama::showState);
  connect(&errors, &ErrorView::pickedChanged, this, &RayPanorama::showState);
  connect(&studio, &Studio::scoringChanged, this, &RayPanorama::showState);
  showState();
}

void RayPanorama::showState() {
  const ErrorView& errors = studio_.errors();
  const bool roomy = width() >= kRoomForRamp_px;
  ramp_->setVisible(roomy && view_->mode() != PanoramaMode::Outcome && errors.rays());
  if (errors.rays() && errors.originCount() > 0) {
    QString count = tr("%1 rays · %2 pitches × %3 azimuths")
                        .arg(groupedNumber(qint64(kRaysPerOrigin)))
                        .arg(kPanoramaRows)
                        .arg(kPanoramaColumns);
    if (errors.origin() < 0) count += tr(" · origin %1 of all").arg(view_->origin() + 1);
    header_->setCount(count, tr("%1 rays").arg(groupedNumber(qint64(kRaysPerOrigin))));
    return stack_->showContent();
  }
  header_->setCount({});
  if (errors.side()) {
    stack_->emptyState()->setText(tr("No rays for this keyframe"),
                                  tr("It needs a prediction, labels and the lidar's place."));
  } else {
    stack_->emptyState()->setText(tr("No rays"),
                                  tr("Show a prediction beside a truth of the same class set."));
  }
  stack_->showEmpty();
}

void RayPanorama::toggleMaximised() {
  auto* window = qobject_cast<QMainWindow*>(this->window());
  auto* dock = qobject_cast<QDockWidget*>(parentWidget());
  if (!window || !dock) return;
  const int height = usual_height_ ? usual_height_ : std::max(kUsualHeight_px, window->height() / 2);
  usual_height_ = usual_height_ ? 0 : dock->height();
  window->resizeDocks({dock}, {height}, Qt::Vertical);
}

void RayPanorama::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  studio_.errors().setWatched(true);
}

void RayPanorama::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  if (errors_) errors_->setWatched(false);
}

void RayPanorama::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  showState();
}

}  // namespace hbev::ui
