#include "ui/viewport/camera_strip.h"

#include <algorithm>
#include <cmath>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include "ui/inspector/depth_legend.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"
#include "ui/viewport/camera_overlay.h"

namespace hbev::ui {
namespace {

constexpr int kGap_px = 2;

}  // namespace

CameraStrip::CameraStrip(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  header_ = new PanelHeader(tr("Cameras"), this);
  overlay_ = new SegmentedControl(header_);
  overlay_->addSegment(tr("None"));
  overlay_->addSegment(tr("Voxels"), "voxel");
  overlay_->addSegment(tr("Lidar"), "lidar");
  overlay_->addSegment(tr("Boxes"), "box");
  overlay_->addSegment(tr("Depth"), "ray");
  overlay_->setCurrentIndex(int(studio.view().overlay));
  overlay_->setAccessibleName(tr("Camera overlay"));
  legend_ = new DepthLegend(header_);
  opacity_ = new ValueSlider(0, 100, studio.view().overlay_opacity * 100, header_);
  opacity_->setName(tr("Overlay opacity"));
  opacity_->setFormat([](double value) { return QStringLiteral("%1 %").arg(std::lround(value)); });
  opacity_->setFixedWidth(120);
  header_->addWidget(legend_);
  header_->addWidget(overlay_);
  header_->addWidget(opacity_);
  layout->addWidget(header_);

  row_ = new QWidget(this);
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    tiles_[i] = new CameraTile(studio, Camera(i), row_);
    connect(tiles_[i], &CameraTile::clicked, this, [this, i] { Q_EMIT cameraClicked(int(i)); });
  }
  stack_ = new PanelStack(this);
  stack_->setContent(row_);
  stack_->setEmptyState(
      new EmptyState("camera", tr("No cameras"), tr("This data has no pictures: voxels alone.")));
  layout->addWidget(stack_, 1);

  connect(overlay_, &SegmentedControl::currentChanged, this, [this](int index) {
    studio_.changeView([&](ViewSettings& view) { view.overlay = OverlayKind(index); });
  });
  connect(opacity_, &ValueSlider::valueChanged, this, [this](double value) {
    studio_.changeView([&](ViewSettings& view) { view.overlay_opacity = value / 100.0; });
  });
  connect(&studio, &Studio::picturesChanged, this, &CameraStrip::showFrame);
  connect(&studio, &Studio::sideChanged, this, [this](Side side) {
    if (side == Side::A && studio_.content(side).state != SideContent::State::Loading) wishOverlays();
  });
  connect(&studio, &Studio::viewChanged, this, [this](const ViewSettings& before) {
    const ViewSettings& now = studio_.view();
    overlay_->setCurrentIndex(int(now.overlay));
    showDepthState();
    const bool redraw = now.overlay != before.overlay || now.palette != before.palette ||
                        !now.showsSameVoxels(before) || now.overlay_opacity != before.overlay_opacity;
    if (redraw) wishOverlays();
  });
  connect(&studio.stages(), &StageView::inspectionChanged, this, [this] {
    showDepthState();
    if (studio_.view().overlay == OverlayKind::Depth) wishOverlays();
  });
  showDepthState();
  connect(&studio, &Studio::currentChanged, this, [this] { stack_->setLoading(!studio_.isFrameCurrent()); });
}

CameraStrip::~CameraStrip() {
  queue_.cancelAll();
  queue_.drain();
}

/// Depth can be chosen where a look inside the network is; its colours have a legend while they are shown.
void CameraStrip::showDepthState() {
  constexpr int kRoomForLegend_px = 720;
  const OverlayKind overlay = studio_.view().overlay;
  const bool there = studio_.stages().inspection() != nullptr;
  overlay_->setSegmentEnabled(int(OverlayKind::Depth), there || overlay == OverlayKind::Depth);
  overlay_->segment(int(OverlayKind::Depth))
      ->setToolTip(there ? tr("The depth that the network expects of every pixel.")
                         : tr("Nothing is known of the network's depth: predict this keyframe."));
  legend_->setVisible((overlay == OverlayKind::Depth || overlay == OverlayKind::Lidar) &&
                      width() >= kRoomForLegend_px);
}

int CameraStrip::heightForWidth(int width) const {
  const int header = header_->isVisibleTo(this) ? header_->height() : 0;
  const int tile = (width - kGap_px * (int(kCameraCount) - 1)) / int(kCameraCount);
  return header + 2 * kGap_px + std::clamp(tile * 9 / 16, 40, 400);
}

void CameraStrip::setHeaderVisible(bool visible) {
  header_->setVisible(visible);
  updateGeometry();
}

void CameraStrip::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  showDepthState();
  const int count = int(kCameraCount);
  const QSize room(width(), height() - (header_->isVisible() ? header_->height() : 0));
  // Pictures keep 16:9; what the dock gives in excess stays empty at both ends.
  int tile_width = (room.width() - kGap_px * (count - 1)) / count;
  const int tile_height = std::max(20, std::min(tile_width * 9 / 16, room.height() - 2 * kGap_px));
  tile_width = std::min(tile_width, tile_height * 16 / 9 + 1);
  const int left = (room.width() - tile_width * count - kGap_px * (count - 1)) / 2;
  for (int i = 0; i < count; ++i) {
    tiles_[std::size_t(i)]->setGeometry(left + i * (tile_width + kGap_px), kGap_px, tile_width, tile_height);
  }
  studio_.setPictureWidth(int(std::ceil(tile_width * devicePixelRatioF())));
}

void CameraStrip::setSeenFrom(int camera) {
  for (int i = 0; i < int(kCameraCount); ++i)
    tiles_[std::size_t(i)]->setSeenFrom(i == camera);
}

/// Another scene loads: nothing of the one before is left.
void CameraStrip::showNothing() {
  for (CameraTile* tile : tiles_) {
    tile->setPicture({});
    tile->setProblem({}, {});
  }
  header_->setCount({});
  stack_->setLoading(true);
  wishOverlays();
}

/// Why a camera shows no picture, with the file's name.
QString CameraStrip::problemOf(const Frame& frame, Camera camera) const {
  const auto& reading = frame.keyframe.cameras[std::size_t(camera)];
  if (!reading) {
    for (const std::string& problem : frame.keyframe.problems) {
      if (problem.starts_with(std::string(cameraTitle(camera)) + " camera"))
        return QString::fromStdString(problem);
    }
    return tr("No reading in the tables");
  }
  for (const Problem& problem : frame.problems) {
    if (problem.file == reading->file) return QString::fromStdString(toString(problem));
  }
  return tr("No picture");
}

void CameraStrip::showFrame() {
  stack_->setLoading(false);
  if (!studio_.shownFrame()) return showNothing();
  const Frame& frame = *studio_.shownFrame();
  int there = 0, known = 0;
  for (std::size_t i = 0; i < kCameraCount; ++i) {
    const auto& image = frame.images[i];
    const auto& reading = frame.keyframe.cameras[i];
    known += reading.has_value() || !frame.keyframe.problems.empty();
    if (image) {
      ++there;
      tiles_[i]->setPicture(QPixmap::fromImage(
          QImage(image->rgb.data(), image->width, image->height, image->width * 3, QImage::Format_RGB888)));
      tiles_[i]->setProblem({}, {});
    } else {
      tiles_[i]->setPicture({});
      const bool is_missing = !reading || frame.missing.contains(reading->file);
      tiles_[i]->setProblem(is_missing ? tr("Missing") : tr("Unreadable"), problemOf(frame, Camera(i)));
    }
  }
  header_->setCount(tr("%1 of %2").arg(there).arg(int(kCameraCount)));
  known > 0 ? stack_->showContent() : stack_->showEmpty();
  wishOverlays();
}

/// Overlays are painted in the background, the latest wish after the one under way: so they keep up with play
/// as well as they can, and a slow one never starves.
void CameraStrip::wishOverlays() {
  const auto& occupancy = studio_.content(Side::A).occupancy ? studio_.content(Side::A).occupancy
                                                             : studio_.content(Side::B).occupancy;
  const OverlayWish wish{studio_.shownFrame(), occupancy, studio_.stages().inspection(), studio_.view()};
  // The network's depth is the keyframe's.
  const bool has_depth = wish.inspection && wish.frame == studio_.frame();
  overlay_waits_ = false;
  if (!wish.frame || wish.view.overlay == OverlayKind::None ||
      (wish.view.overlay == OverlayKind::Voxels && !wish.occupancy) ||
      (wish.view.overlay == OverlayKind::Depth && !has_depth)) {
    ++generation_;
    for (CameraTile* tile : tiles_)
      tile->setOverlay({}, 1);
    return;
  }
  if (painting_) {
    overlay_waits_ = true;
    return;
  }
  painting_ = true;
  queue_.submit(0, [this, wish, wanted = generation_](const std::stop_token& stop) {
    auto painted = std::make_shared<std::array<QImage, kCameraCount>>();
    for (std::size_t i = 0; i < kCameraCount && !stop.stop_requested(); ++i) {
      if (wish.frame->images[i]) (*painted)[i] = paintOverlay(wish, Camera(i));
    }
    const auto show = [this, wanted, painted, opacity = wish.view.overlay_opacity] {
      painting_ = false;
      for (std::size_t i = 0; i < kCameraCount && wanted == generation_; ++i)
        tiles_[i]->setOverlay(QPixmap::fromImage((*painted)[i]), opacity);
      if (overlay_waits_) wishOverlays();
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  });
}

}  // namespace hbev::ui
