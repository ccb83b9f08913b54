#include "ui/viewport/viewport_area.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/badge.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/theme.h"
#include "ui/predict/predicting.h"
#include "ui/state/text.h"
#include "ui/viewport/swipe_view.h"
#include "ui/viewport/viewport_header.h"

namespace hbev::ui {

ViewportArea::ViewportArea(Studio& studio, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), studio_(studio), actions_(actions) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  splitter_ = new QSplitter(Qt::Horizontal, this);
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(1);
  layout->addWidget(splitter_, 1);
  swipe_ = new SwipeView(this);
  swipe_->hide();
  layout->addWidget(swipe_, 1);
  connect(swipe_, &SwipeView::lineMoved, this, &ViewportArea::placeInsets);
  connect(this, &ViewportArea::swipingChanged, actions["compare.swipe"], &QAction::setChecked);
  for (const Side side : {Side::A, Side::B}) {
    const auto i = std::size_t(side);
    columns_[i] = new QWidget(splitter_);
    auto* column = new QVBoxLayout(columns_[i]);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    headers_[i] = new ViewportHeader(studio, side, actions, columns_[i]);
    viewports_[i] = new Viewport(studio, side, columns_[i]);
    stacks_[i] = new PanelStack(columns_[i]);
    stacks_[i]->setContent(viewports_[i]);
    stacks_[i]->setEmptyState(makeEmptyState());
    column->addWidget(headers_[i]);
    column->addWidget(stacks_[i], 1);
    connect(viewports_[i], &Viewport::activated, this, [this, side] { setActive(side); });
    connect(headers_[i], &ViewportHeader::used, this, [this, side] { setActive(side); });
    connect(headers_[i], &ViewportHeader::importReportRequested, this, &ViewportArea::importReportRequested);
    connect(viewports_[i], &Viewport::cameraMoved, this, [this, side] { followCamera(side); });
    connect(viewports_[i], &Viewport::glFailed, this, &ViewportArea::glFailed);
  }
  splitter_->setSizes({1000, 1000});
  connect(&studio, &Studio::sideChanged, this, &ViewportArea::showState);
  connect(&studio, &Studio::frameChanged, this, [this] { showState(Side::A); });
  connect(&studio, &Studio::sourcesChanged, this, [this] {
    showColumns();
    if (studio_.sources().size() < 2) setActive(Side::A);
  });
  setActive(Side::A);
}

EmptyState* ViewportArea::makeEmptyState() {
  auto* empty = new EmptyState("voxel", {}, {});
  connect(empty->setPrimary(tr("Predict")), &QPushButton::clicked, actions_["predict.keyframe"],
          &QAction::trigger);
  connect(empty->setSecondary(tr("Open predictions")), &QPushButton::clicked, this,
          &ViewportArea::openPredictionsRequested);
  return empty;
}

void ViewportArea::followPredicting(const Predicting& predicting) {
  predicting_ = &predicting;
  const auto show = [this] {
    for (const Side side : {Side::A, Side::B}) {
      if (studio_.content(side).state == SideContent::State::Absent) showAbsent(side);
    }
  };
  connect(&predicting, &Predicting::statusChanged, this, show);
  connect(&predicting, &Predicting::changed, this, show);
}

void ViewportArea::setActive(Side side) {
  active_ = side;
  headers_[std::size_t(side)]->setActive(true);
  headers_[std::size_t(other(side))]->setActive(false);
}

void ViewportArea::followCamera(Side mover) {
  // A flight is flown beside, not joined where it begins.
  if (studio_.view().linked)
    viewport(other(mover)).setCamera(viewport(mover).destination(), viewport(mover).isFlying());
  Q_EMIT cameraChanged();
}

void ViewportArea::showState(Side side) {
  showContent(side);
  showPictured();
}

/// Words have the part that is seen for themselves.
void ViewportArea::showPictured() {
  const auto isPicture = [this](Side side) {
    return stacks_[std::size_t(side)]->page() == PanelStack::Page::Content;
  };
  swipe_->setPictured(isPicture(Side::A), isPicture(Side::B));
}

void ViewportArea::showContent(Side side) {
  const SideContent& content = studio_.content(side);
  PanelStack& stack = *stacks_[std::size_t(side)];
  switch (content.state) {
    case SideContent::State::NoSource:
      // Without any occupancy A still shows the lidar and the boxes.
      if (side == Side::A && studio_.frame() && !studio_.frame()->lidar.empty()) return stack.showContent();
      stack.emptyState()->setText(tr("No source"),
                                  tr("Run the network, open predictions, or a data set with labels."));
      stack.emptyState()->setPrimary(tr("Predict"))->setVisible(actions_["predict.keyframe"]->isEnabled());
      return stack.showEmpty();
    case SideContent::State::Loading:
      return stack.setLoading(true);
    case SideContent::State::Ready:
      return stack.showContent();
    case SideContent::State::Damaged:
      return stack.showError(*content.problem);
    case SideContent::State::Absent:
      showAbsent(side);
      return stack.showEmpty();
  }
}

/// The source holds nothing of this keyframe: why, and what to do.
void ViewportArea::showAbsent(Side side) {
  EmptyState& empty = *stacks_[std::size_t(side)]->emptyState();
  const OccupancySource* source = studio_.source(side);
  const bool truth = source && source->isTruth();
  const auto mine = source ? std::dynamic_pointer_cast<const PredictedSource>(source->prediction) : nullptr;
  const QString why_not = predicting_ ? predicting_->whyNotHere() : QString();
  bool can_predict = !truth && why_not.isEmpty() && actions_["predict.keyframe"]->isEnabled();
  if (truth) {
    empty.setText(tr("No truth for this keyframe"), tr("The labels folder holds no file for it."));
  } else if (!mine) {
    empty.setText(tr("No prediction for this keyframe"), can_predict
                                                             ? tr("Run the network, or open predictions.")
                                                             : tr("The folder holds no file for it."));
  } else if (predicting_ && predicting_->source() == mine &&
             predicting_->status().keyframe == studio_.current()) {
    const Predicting::Status& status = predicting_->status();
    can_predict = false;
    empty.setText(tr("Predicting"), status.stage.isEmpty()
                                        ? tr("Begins.")
                                        : tr("%1, %2 %").arg(status.stage).arg(int(100 * status.fraction)));
  } else if (predicting_ && predicting_->source() == mine && predicting_->failedHere()) {
    const auto& problem = predicting_->problem();
    empty.setText(tr("The prediction failed"), problem ? toQString(problem->summary) : QString());
  } else {
    const QString keys = keyText(actions_["predict.keyframe"]->shortcut());
    empty.setText(tr("Not predicted yet"),
                  can_predict ? tr("%1 predicts this keyframe.").arg(keys) : why_not);
  }
  empty.setPrimary(tr("Predict"))->setVisible(can_predict);
  empty.setSecondary(tr("Open predictions"))->setVisible(!mine);
}

void ViewportArea::flyTo(const ViewCamera& camera) {
  viewport(active_).setCamera(camera, true);
  if (studio_.view().linked) viewport(other(active_)).setCamera(camera, true);
  Q_EMIT cameraChanged();
}

void ViewportArea::frameAll() {
  viewport(active_).frameAll();
}
void ViewportArea::frameSelection() {
  viewport(active_).frameSelection();
}

void ViewportArea::setLinked(bool linked) {
  studio_.changeView([&](ViewSettings& view) { view.linked = linked; });
  if (linked) viewport(other(active_)).setCamera(viewport(active_).destination(), true);
}

void ViewportArea::toggleMaximised() {
  if (studio_.sources().size() < 2) return;
  if (swipes_) {
    alone_before_swipe_.reset();
    setSwiping(false);
  }
  alone_ = alone_ ? std::nullopt : std::optional(active_);
  showColumns();
}

void ViewportArea::setSwiping(bool on) {
  if (on == swipes_) return;
  const std::optional<Side> alone = alone_;
  swipes_ = on;
  alone_ = on ? std::nullopt : alone_before_swipe_;
  alone_before_swipe_ = on ? alone : std::nullopt;
  if (on) setLinked(true);
  showColumns();
  Q_EMIT swipingChanged(on);
}

/// Above them the headers stay where they are, A's at left and B's at right.
void ViewportArea::showSwipe(bool on) {
  if (on == !swipe_->isHidden()) return;
  if (on) {
    swipe_->setContents(stacks_[0], stacks_[1]);
    const ViewCamera camera = viewport(active_).destination();
    for (const Side side : {Side::A, Side::B})
      viewport(side).setCamera(camera, false);
  } else {
    for (std::size_t i = 0; i < stacks_.size(); ++i) {
      qobject_cast<QVBoxLayout*>(columns_[i]->layout())->addWidget(stacks_[i], 1);
      stacks_[i]->show();
    }
  }
  // As high as the headers; a splitter sets its largest size itself.
  splitter_->setSizePolicy(QSizePolicy::Expanding, on ? QSizePolicy::Fixed : QSizePolicy::Expanding);
  swipe_->setVisible(on);
  placeInsets();
}

void ViewportArea::placeInsets() {
  const bool on = !swipe_->isHidden();
  viewport(Side::A).setInsets(0, on ? swipe_->width() - swipe_->lineX() : 0);
  viewport(Side::B).setInsets(on ? swipe_->lineX() : 0, 0);
}

void ViewportArea::setAlone(bool alone) {
  if (alone && swipes_) setSwiping(false);
  alone_before_swipe_.reset();
  alone_ = alone ? std::optional(studio_.scoredSide().value_or(active_)) : std::nullopt;
  if (alone_) setActive(*alone_);
  showColumns();
}

void ViewportArea::setStacked(bool stacked) {
  is_stacked_ = stacked;
  showColumns();
  splitter_->setOrientation(stacked ? Qt::Vertical : Qt::Horizontal);
  splitter_->setSizes({1000, 1000});
  for (ViewportHeader* header : headers_)
    header->setVisible(!stacked);
  for (Viewport* viewport : viewports_)
    viewport->setOverlay(stacked ? Viewport::Overlay::Badge : Viewport::Overlay::Full);
}

/// With less than two sources there is nothing to put beside A.
void ViewportArea::showColumns() {
  const bool two = studio_.sources().size() > 1;
  showSwipe(swipes_ && two && !is_stacked_);
  for (const Side side : {Side::A, Side::B}) {
    const auto i = std::size_t(side);
    columns_[i]->setVisible(two ? alone_.value_or(side) == side : side == Side::A);
    headers_[i]->setAlone(two && alone_ == side);
  }
}

void ViewportArea::setFlipped(bool flipped) {
  viewport(active_).setFlipped(flipped);
}

QImage ViewportArea::swipedPicture() {
  QImage joined = viewport(Side::A).grabFramebuffer().convertToFormat(QImage::Format_RGB32);
  QImage right = viewport(Side::B).grabFramebuffer();
  joined.setDevicePixelRatio(1.0);
  right.setDevicePixelRatio(1.0);
  const int x = int(std::lround(swipe_->share() * joined.width()));
  QPainter painter(&joined);
  painter.drawImage(x, 0, right, x, 0, right.width() - x, right.height());
  painter.fillRect(QRect(x - 1, 0, 2, joined.height()), Qt::white);
  return joined;
}

QImage ViewportArea::picture() {
  if (!swipe_->isHidden()) return swipedPicture();
  std::vector<QImage> images;
  for (const Side side : {Side::A, Side::B}) {
    if (columns_[std::size_t(side)]->isVisible()) images.push_back(viewport(side).grabFramebuffer());
  }
  int width = 0, height = 0;
  for (const QImage& image : images) {
    width += image.width();
    height = std::max(height, image.height());
  }
  const int gap = 2;
  QImage joined(width + gap * std::max(0, int(images.size()) - 1), std::max(1, height), QImage::Format_RGB32);
  joined.fill(Theme::current().color(Role::Window));
  QPainter painter(&joined);
  int x = 0;
  for (QImage& image : images) {
    image.setDevicePixelRatio(1.0);
    painter.drawImage(x, 0, image);
    x += image.width() + gap;
  }
  return joined;
}

}  // namespace hbev::ui
