#include "ui/video/video_stage.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QApplication>

#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/viewport/camera_strip.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/main_window.h"

namespace hbev::ui {
namespace {

constexpr int kCaption_px = 26, kCaptionMargin_px = 12, kUsualHeight_px = 1080, kNearly_px = 2;
// Pictures above leave the viewports most of the room.
constexpr double kMostCameras = 0.35;

bool hasCameras(MainWindow& window) {
  return window.studio().dataset() && !window.studio().dataset()->version().empty();
}

/// As large as the overlay's words, and larger in large pictures.
int captionHeight(const VideoPlan& plan, int height_px, double ratio) {
  return plan.caption ? int(std::lround(kCaption_px * std::max(ratio, double(height_px) / kUsualHeight_px)))
                      : 0;
}

/// `image` in `rect`, whole and in its own shape; as it is where it fits but for a pixel or two.
void drawFitted(QPainter& painter, const QRect& rect, const QImage& image) {
  const QSize over = image.size() - rect.size();
  if (std::abs(over.width()) <= kNearly_px && std::abs(over.height()) <= kNearly_px)
    return painter.drawImage(rect.topLeft(), image, QRect({}, rect.size()));
  const QSize fitted = image.size().scaled(rect.size(), Qt::KeepAspectRatio);
  const QSize left = (rect.size() - fitted) / 2;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(QRect(rect.topLeft() + QPoint(left.width(), left.height()), fitted), image);
}

/// Of the viewports' headers, which are not in the picture; logical.
int headerHeight(ViewportArea& area) {
  const QWidget* column = area.viewport(area.active()).parentWidget();
  return column->mapTo(&area, QPoint()).y();
}

QImage withoutRatio(QImage image) {
  image.setDevicePixelRatio(1.0);
  return image;
}

}  // namespace

QSize VideoStage::sizeFor(MainWindow& window, const VideoPlan& plan) {
  if (!plan.size.isEmpty()) return evenSize(plan.size);
  const double ratio = window.devicePixelRatioF();
  QSize size = window.size() * ratio;
  if (plan.content != VideoContent::Window)
    size = (window.viewports().size() - QSize(0, headerHeight(window.viewports()))) * ratio;
  if (plan.content == VideoContent::Cameras && hasCameras(window))
    size.rheight() += window.cameras().heightForWidth(window.viewports().width()) * ratio;
  size.rheight() += captionHeight(plan, size.height(), ratio);
  return evenSize(size);
}

VideoStage::VideoStage(MainWindow& window, const VideoPlan& plan)
    : window_(window),
      plan_(plan),
      size_(sizeFor(window, plan)),
      ratio_(window.devicePixelRatioF()),
      caption_px_(captionHeight(plan, size_.height(), ratio_)) {
  plan_.content == VideoContent::Window ? resizeWindow() : setUp();
}

VideoStage::~VideoStage() {
  if (stage_) {
    window_.takeViewportsBack();
    for (const Side side : {Side::A, Side::B})
      window_.viewports().viewport(side).setTellsSpeed(true);
  }
  if (window_size_) window_.resize(*window_size_);
}

/// A larger screen is drawn on as it is asked for; where it does not fit the picture is made larger.
void VideoStage::resizeWindow() {
  const QSize wanted = (QSize(size_.width(), size_.height() - caption_px_) / ratio_).expandedTo({1, 1});
  const QScreen* screen = window_.screen();
  const bool fits = screen && QRect({}, screen->availableSize()).contains(QRect({}, wanted));
  if (!fits || window_.isMaximized() || window_.isFullScreen() || window_.size() == wanted) return;
  window_size_ = window_.size();
  window_.resize(wanted);
}

void VideoStage::setUp() {
  stage_ = std::make_unique<QWidget>();
  stage_->setAttribute(Qt::WA_DontShowOnScreen);
  stage_->setAttribute(Qt::WA_ShowWithoutActivating);
  stage_->setAttribute(Qt::WA_QuitOnClose, false);
  stage_->setWindowTitle(window_.windowTitle());
  const int width = int(std::ceil(size_.width() / ratio_));
  const bool cameras = plan_.content == VideoContent::Cameras && hasCameras(window_);
  window_.lendViewports(*stage_, cameras);
  int top = 0;
  if (cameras) {
    const int most = int(kMostCameras * size_.height() / ratio_);
    top = std::min(window_.cameras().heightForWidth(width), most);
    window_.cameras().setFixedHeight(top);
    window_.cameras().setGeometry(0, 0, width, top);
    window_.cameras().show();
    cameras_px_ = int(std::lround(top * ratio_));
  }
  ViewportArea& area = window_.viewports();
  const int room = int(std::ceil((size_.height() - caption_px_ - cameras_px_) / ratio_));
  stage_->resize(width, top + room + Theme::current().sizes().viewport_header);
  area.setGeometry(0, top, width, room + Theme::current().sizes().viewport_header);
  area.show();
  for (const Side side : {Side::A, Side::B})
    area.viewport(side).setTellsSpeed(false);
  stage_->show();
}

bool VideoStage::isLoaded() const {
  Studio& studio = window_.studio();
  const Predicting& predicting = window_.predicting();
  if (!studio.isFrameCurrent() || !studio.isFrameLoaded(studio.current().scene, studio.current().index) ||
      !studio.sweeps().isShown() || studio.errors().isBusy())
    return false;
  if (plan_.content != VideoContent::Viewports && window_.cameras().isPainting()) return false;
  if (predicting.asIGo() && predicting.status().isBusy()) return false;
  for (const Side side : {Side::A, Side::B}) {
    if (studio.content(side).state == SideContent::State::Loading ||
        window_.viewports().viewport(side).isFlying())
      return false;
  }
  return true;
}

std::optional<QImage> VideoStage::viewportsPicture() {
  QImage image = window_.viewports().picture();
  for (const Side side : {Side::A, Side::B}) {
    if (!window_.viewports().viewport(side).isComplete()) return std::nullopt;
  }
  paintStates(image);
  return image;
}

std::optional<QImage> VideoStage::picture() {
  if (!isLoaded()) return std::nullopt;
  QImage content;
  if (plan_.content == VideoContent::Window) {
    if (!window_.isSettled()) return std::nullopt;
    content = withoutRatio(window_.grab().toImage());
  } else {
    auto viewports = viewportsPicture();
    if (!viewports) return std::nullopt;
    content = std::move(*viewports);
  }
  QImage image(size_, QImage::Format_RGB32);
  image.fill(Theme::current().color(Role::Window));
  QPainter painter(&image);
  if (cameras_px_ > 0) painter.drawImage(0, 0, withoutRatio(window_.cameras().grab().toImage()));
  const QRect rest(0, cameras_px_, size_.width(), size_.height() - cameras_px_ - caption_px_);
  drawFitted(painter, rest, content);
  painter.end();
  if (caption_px_ > 0) paintCaption(image);
  return image;
}

/// Where a side has nothing to show the viewport is empty; the window says why, and so does the video.
void VideoStage::paintStates(QImage& viewports) const {
  std::vector<Side> shown;
  for (const Side side : {Side::A, Side::B}) {
    if (window_.viewports().viewport(side).parentWidget()->isVisible()) shown.push_back(side);
  }
  QPainter painter(&viewports);
  const Theme& theme = Theme::current();
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const SideContent::State state = window_.studio().content(shown[i]).state;
    const OccupancySource* source = window_.studio().source(shown[i]);
    if (state != SideContent::State::Absent && state != SideContent::State::Damaged) continue;
    const QRect rect(int(i) * viewports.width() / int(shown.size()), 0, viewports.width() / int(shown.size()),
                     viewports.height());
    painter.fillRect(rect, theme.color(Role::Panel));
    painter.setPen(theme.color(Role::Text2));
    QFont font = theme.font(TextSize::Body, Weight::Semibold);
    font.setPixelSize(int(std::lround(font.pixelSize() * ratio_)));
    painter.setFont(font);
    painter.drawText(rect, Qt::AlignCenter,
                     state == SideContent::State::Damaged
                         ? MainWindow::tr("This keyframe's file cannot be read")
                     : source && source->isTruth() ? MainWindow::tr("No truth for this keyframe")
                                                   : MainWindow::tr("No prediction for this keyframe"));
  }
}

void VideoStage::paintCaption(QImage& image) const {
  const Theme& theme = Theme::current();
  const double scale = double(caption_px_) / kCaption_px;
  const QRect band(0, image.height() - caption_px_, image.width(), caption_px_);
  QPainter painter(&image);
  painter.fillRect(band, theme.color(Role::Panel));
  painter.fillRect(QRect(band.left(), band.top(), band.width(), 1), theme.color(Role::Border));
  QFont font = theme.font(TextSize::Small);
  font.setPixelSize(int(std::lround(font.pixelSize() * scale)));
  painter.setFont(font);
  painter.setPen(theme.color(Role::Text));
  const int margin = int(std::lround(kCaptionMargin_px * scale));
  const QRect text = band.adjusted(margin, 1, -margin, 0);
  painter.drawText(
      text, Qt::AlignVCenter | Qt::AlignLeft,
      painter.fontMetrics().elidedText(videoCaption(window_.studio()), Qt::ElideRight, text.width()));
}

}  // namespace hbev::ui
