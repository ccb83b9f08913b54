#include "ui/viewport/camera_strip.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include "render/depth_view.h"
#include "ui/inspector/depth_legend.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_header.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/segmented_control.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"
#include "ui/kit/wrapping_label.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kGap_px = 2;
// Voxel overlays are drawn at this width: sharp enough for the strip, and six of them in a few hundredths of
// a second.
constexpr int kOverlayWidth = 480;

/// All that an overlay is painted from.
struct OverlayWish {
  std::shared_ptr<const Frame> frame;
  std::shared_ptr<const Occupancy> occupancy;
  std::shared_ptr<const StageInspection> inspection;
  ViewSettings view;
};

/// Lidar points or boxes as a transparent picture, painted with Qt so that lines are smooth.
QImage paintLidar(const Frame& frame, Camera camera, QSize size) {
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  for (const OverlayPoint& point :
       projectLidar(frame.lidar, frame.keyframe, camera, size.width(), size.height())) {
    const Rgb color = depthColor(point.depth_m);
    painter.fillRect(QRectF(point.pixel.x() - 0.8, point.pixel.y() - 0.8, 1.7, 1.7),
                     QColor(color.r, color.g, color.b));
  }
  return image;
}

QImage paintBoxes(const Frame& frame, Camera camera, QSize size, Palette palette) {
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const OverlayLine& line : projectBoxes(frame.keyframe, camera, size.width(), size.height(), palette)) {
    painter.setPen(QPen(QColor(line.color.r, line.color.g, line.color.b), 1.5));
    painter.drawLine(QPointF(line.from.x(), line.from.y()), QPointF(line.to.x(), line.to.y()));
  }
  return image;
}

QImage toQImage(const OverlayImage& image) {
  if (image.rgba.empty()) return {};
  return QImage(image.rgba.data(), image.width, image.height, image.width * 4, QImage::Format_RGBA8888)
      .copy();
}

QImage paintVoxels(const OverlayWish& wish, Camera camera, QSize size) {
  const OverlayStyle style{wish.view.palette, 1.0F, wish.view.filter(*wish.occupancy->classes)};
  return toQImage(
      drawVoxelOverlay(*wish.occupancy, wish.frame->keyframe, camera, size.width(), size.height(), style));
}

QImage paintOverlay(const OverlayWish& wish, Camera camera) {
  const CameraModel& model = wish.frame->keyframe.cameras[std::size_t(camera)]->model;
  const QSize size(kOverlayWidth, kOverlayWidth * model.height / std::max(1, model.width));
  if (wish.view.overlay == OverlayKind::Voxels) return paintVoxels(wish, camera, size);
  if (wish.view.overlay == OverlayKind::Depth)
    return toQImage(drawDepthOverlay(*wish.inspection, camera, size.width(), size.height()));
  // Twice as fine: points and lines are thin.
  return wish.view.overlay == OverlayKind::Lidar
             ? paintLidar(*wish.frame, camera, size * 2)
             : paintBoxes(*wish.frame, camera, size * 2, wish.view.palette);
}

}  // namespace

CameraTile::CameraTile(Studio& studio, Camera camera, QWidget* parent)
    : QWidget(parent), studio_(studio), camera_(camera) {
  setFocusPolicy(Qt::TabFocus);
  setAccessibleName(tr("%1 camera").arg(toQString(cameraTitle(camera))));
  setMinimumSize(48, 27);
  describe();
  connect(&studio, &Studio::viewChanged, this, &CameraTile::describe);
  for (const auto signal : {&StageView::probeChanged, &StageView::samplesChanged})
    connect(&studio.stages(), signal, this, qOverload<>(&CameraTile::update));
  connect(&studio.stages(), &StageView::inspectionChanged, this, &CameraTile::describe);
}

void CameraTile::describe() {
  const QString title = tr("%1 camera").arg(toQString(cameraTitle(camera_)));
  QString text = breakable(problem_details_).toHtmlEscaped();
  if (problem_.isEmpty()) {
    text = probes() ? tr("Click to see the depth that the network gives to a pixel, arrow keys move on; "
                         "double click to look from this camera's eye.")
                    : tr("Click to look from this camera's eye.");
    if (!probes() && studio_.stages().inspection())
      text += tr("<br>Ctrl+click: the network's depth of a pixel.");
  }
  setToolTip(QStringLiteral("<b>%1</b><br>%2").arg(title, text));
}

/// Whether a plain click asks for a pixel's depth.
bool CameraTile::probes() const {
  return studio_.view().overlay == OverlayKind::Depth && studio_.stages().inspection();
}

void CameraTile::setPicture(const QPixmap& picture) {
  picture_ = picture;
  update();
}

void CameraTile::setOverlay(const QPixmap& overlay, double opacity) {
  overlay_ = overlay;
  opacity_ = opacity;
  update();
}

void CameraTile::setProblem(const QString& text, const QString& details) {
  problem_ = text;
  problem_details_ = details;
  describe();
  update();
}

void CameraTile::setSeenFrom(bool seen_from) {
  if (seen_from_ == seen_from) return;
  seen_from_ = seen_from;
  update();
}

void CameraTile::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
  painter.fillRect(rect(), theme.color(Role::Surface));
  if (!picture_.isNull()) painter.drawPixmap(rect(), picture_);
  if (!overlay_.isNull() && !picture_.isNull()) {
    painter.setOpacity(opacity_);
    painter.drawPixmap(rect(), overlay_);
    painter.setOpacity(1);
  }
  if (picture_.isNull()) {
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(problem_.isEmpty() ? Role::Text3 : Role::Error));
    const QString text = problem_.isEmpty() ? QString() : problem_;
    painter.drawText(rect().adjusted(6, 18, -6, -2), Qt::AlignCenter | Qt::TextWordWrap, text);
  }
  if (!picture_.isNull()) paintStages(painter);
  paintMark(painter, studio_.hover());
  paintMark(painter, studio_.selection());
  painter.setFont(theme.font(TextSize::Tiny));
  const QString caption = toQString(cameraTitle(camera_));
  const QRectF plate(4, 4, painter.fontMetrics().horizontalAdvance(caption) + 8, 15);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.color(Role::Hud, 0.85));
  painter.drawRoundedRect(plate, 3, 3);
  painter.setPen(theme.color(Role::Text));
  painter.drawText(plate, Qt::AlignCenter, caption);
  if (seen_from_ || hasFocus()) {
    painter.setPen(QPen(theme.color(Role::Accent), 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
  }
}

/// A square where the camera sees the voxel.
void CameraTile::paintMark(QPainter& painter, const VoxelMark& mark) const {
  const auto& frame = studio_.shownFrame();
  if (!mark || !frame || !frame->keyframe.cameras[std::size_t(camera_)]) return;
  const CameraModel model = frame->keyframe.cameras[std::size_t(camera_)]->model.scaledTo(width(), height());
  const GridSpec grid;
  const auto pixel = model.project(frame->keyframe.camera_from_ego(camera_) * grid.center(*mark), 0.5);
  if (!pixel || !model.contains(*pixel)) return;
  const QRectF square(pixel->x() - 5, pixel->y() - 5, 10, 10);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(13, 16, 19, 160), 3.5));
  painter.drawRect(square);
  painter.setPen(QPen(Qt::white, 1.5));
  painter.drawRect(square);
}

/// Of the data set's picture; empty without the camera.
QSize CameraTile::pictureSize() const {
  const auto& frame = studio_.frame();
  if (!frame || !frame->keyframe.cameras[std::size_t(camera_)]) return {};
  const CameraModel& model = frame->keyframe.cameras[std::size_t(camera_)]->model;
  return {model.width, model.height};
}

QPointF CameraTile::pointOf(const Eigen::Vector2d& pixel) const {
  const QSize size = pictureSize();
  if (size.isEmpty()) return {};
  return {(pixel.x() + 0.5) / size.width() * width(), (pixel.y() + 0.5) / size.height() * height()};
}

/// Where the picked voxel's query looked, and the pixel whose depth is asked for. They belong to the
/// keyframe: its neighbours' pictures have none.
void CameraTile::paintStages(QPainter& painter) const {
  StageView& stages = studio_.stages();
  if (studio_.shownFrame() != studio_.frame() || pictureSize().isEmpty()) return;
  const Theme& theme = Theme::current();
  constexpr double kLargest = 5;
  for (const SamplePoint& sample : stages.samples()) {
    if (!stages.showsSamples() || sample.camera != camera_) continue;
    // The area is the weight.
    const double radius = std::max(0.8, kLargest * std::sqrt(std::clamp(double(sample.weight), 0.0, 1.0)));
    const std::size_t color = std::size_t(std::max(0, sample.layer)) % theme.curves().size();
    painter.setPen(QPen(QColor(13, 16, 19, 200), 1));
    painter.setBrush(theme.tokens().curves(Tone::Dark)[color]);
    painter.drawEllipse(pointOf(sample.picture_pixel), radius, radius);
  }
  if (!stages.probed() || stages.probed()->camera != camera_ || !stages.inspection()) return;
  const QPointF at = pointOf(stages.probed()->pixel);
  for (const auto& [color, wide] :
       {std::pair(QColor(13, 16, 19, 160), 3.5), std::pair(QColor(Qt::white), 1.5)}) {
    painter.setPen(QPen(color, wide));
    for (const QPointF& arm : {QPointF(1, 0), QPointF(-1, 0), QPointF(0, 1), QPointF(0, -1)})
      painter.drawLine(at + arm * 3, at + arm * 9);
  }
}

void CameraTile::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const bool asked = probes() || (event->modifiers() & Qt::ControlModifier && studio_.stages().inspection());
  const QSize size = pictureSize();
  if (!asked || size.isEmpty()) return Q_EMIT clicked();
  setFocus(Qt::MouseFocusReason);  // arrow keys move on from here
  studio_.stages().probe({camera_,
                          {event->position().x() / width() * size.width() - 0.5,
                           event->position().y() / height() * size.height() - 0.5}});
}

void CameraTile::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && probes()) Q_EMIT clicked();
}

/// Arrows move the probe while its camera has the focus, and are no shortcuts then.
bool CameraTile::event(QEvent* event) {
  const auto& probed = studio_.stages().probed();
  if (event->type() == QEvent::ShortcutOverride && probed && probed->camera == camera_) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool arrow = key->key() >= Qt::Key_Left && key->key() <= Qt::Key_Down;
    if (arrow && key->modifiers() == Qt::NoModifier) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

void CameraTile::keyPressEvent(QKeyEvent* event) {
  const auto& probed = studio_.stages().probed();
  if (probed && probed->camera == camera_ && event->modifiers() == Qt::NoModifier) {
    StageView& stages = studio_.stages();
    if (event->key() == Qt::Key_Left) return stages.stepProbe(-1, 0);
    if (event->key() == Qt::Key_Right) return stages.stepProbe(1, 0);
    if (event->key() == Qt::Key_Up) return stages.stepProbe(0, -1);
    if (event->key() == Qt::Key_Down) return stages.stepProbe(0, 1);
  }
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return Q_EMIT clicked();
  QWidget::keyPressEvent(event);
}

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
  const auto repaint = [this] {
    for (CameraTile* tile : tiles_)
      tile->update();
  };
  connect(&studio, &Studio::hoverChanged, this, repaint);
  connect(&studio, &Studio::selectionChanged, this, repaint);
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

/// A reading or its file is not there; else there is one that cannot be read.
bool CameraStrip::isMissing(const Frame& frame, Camera camera) const {
  const auto& reading = frame.keyframe.cameras[std::size_t(camera)];
  std::error_code ignored;
  return !reading || !std::filesystem::exists(reading->file, ignored);
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
    known += frame.keyframe.cameras[i].has_value() || !frame.keyframe.problems.empty();
    const auto& image = frame.images[i];
    if (image) {
      ++there;
      tiles_[i]->setPicture(QPixmap::fromImage(
          QImage(image->rgb.data(), image->width, image->height, image->width * 3, QImage::Format_RGB888)));
      tiles_[i]->setProblem({}, {});
    } else {
      tiles_[i]->setPicture({});
      tiles_[i]->setProblem(isMissing(frame, Camera(i)) ? tr("Missing") : tr("Unreadable"),
                            problemOf(frame, Camera(i)));
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
