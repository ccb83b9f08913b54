#include "ui/viewport.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QOpenGLContext>
#include <QtGui/QOpenGLExtraFunctions>
#include <QtGui/QOpenGLFunctions>
#include <QtOpenGL/QOpenGLFramebufferObject>

#include "render/coloring.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr double kDragThreshold_px = 4;
constexpr double kOrbit_radPerPixel = 0.0055;
constexpr double kWheelFactor = 0.88;
constexpr double kFlySpeed_mps = 14;
constexpr int kNarrow_px = 440;

Rgb toRgb(const QColor& color) {
  return {std::uint8_t(color.red()), std::uint8_t(color.green()), std::uint8_t(color.blue())};
}

QString toQString(std::string_view text) {
  return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

}  // namespace

Viewport::Viewport(Studio& studio, Side side, QWidget* parent)
    : QOpenGLWidget(parent), studio_(studio), side_(side) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(160, 120);
  setAccessibleName(side == Side::A ? tr("Viewport A") : tr("Viewport B"));
  flight_.setStartValue(0.0);
  flight_.setEndValue(1.0);
  flight_.setEasingCurve(QEasingCurve::OutCubic);
  fly_timer_.setInterval(16);
  connect(&fly_timer_, &QTimer::timeout, this, &Viewport::fly);
  connect(&studio, &Studio::sideChanged, this, [this](Side changed) {
    if (studio_.content(changed).state == SideContent::State::Loading) return;  // the old voxels stay
    // The other side matters too: outcomes are coloured against it.
    dirty_.voxels |= changed == shownSide();
    dirty_.paint = true;
    redraw();
  });
  connect(&studio, &Studio::sourcesChanged, this, [this] {
    dirty_.voxels = true;
    redraw();
  });
  connect(&studio, &Studio::frameChanged, this, [this] {
    dirty_.frame = true;
    redraw();
  });
  connect(&studio, &Studio::viewChanged, this, &Viewport::onViewChanged);
  connect(&studio, &Studio::selectionChanged, this, [this] {
    dirty_.selection = true;
    redraw();
  });
  connect(&studio, &Studio::hoverChanged, this, qOverload<>(&Viewport::update));  // the ring is the overlay's
  connect(&Theme::current(), &Theme::changed, this, [this] {
    dirty_.paint = true;
    dirty_.flow = true;
    redraw();
  });
}

Viewport::~Viewport() {
  makeCurrent();
  releaseGl();
  doneCurrent();
}

void Viewport::releaseGl() {
  canvas_.reset();
  scene_.reset();
  hud_.reset();
}

void Viewport::redraw() {
  scene_stale_ = true;
  update();
}

void Viewport::initializeGL() {
  // Docking a QOpenGLWidget elsewhere may bring a new context; what belonged to the old one goes with it.
  connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] {
    makeCurrent();
    releaseGl();
    doneCurrent();
  });
  try {
    scene_ = std::make_unique<FrameScene>();
    hud_ = std::make_unique<Hud>(float(devicePixelRatioF()));
  } catch (const Error& error) {
    gl_failed_ = true;
    Q_EMIT glFailed(error.problem());
    return;
  }
  const auto* renderer = reinterpret_cast<const char*>(context()->functions()->glGetString(GL_RENDERER));
  const QSurfaceFormat actual = context()->format();
  gl_name_ = QStringLiteral("OpenGL %1.%2 · %3")
                 .arg(actual.majorVersion())
                 .arg(actual.minorVersion())
                 .arg(QString::fromLatin1(renderer).section(QLatin1Char(' '), 0, 0));
  dirty_ = {};
  scene_stale_ = true;
  since_frame_.start();
}

void Viewport::setFlipped(bool flipped) {
  if (flipped == flipped_) return;
  flipped_ = flipped;
  dirty_.voxels = true;
  redraw();
}

void Viewport::onViewChanged(const ViewSettings& before) {
  const ViewSettings& now = studio_.view();
  const bool filter = now.hidden_classes != before.hidden_classes || now.z_min != before.z_min ||
                      now.z_max != before.z_max || now.camera_mask_only != before.camera_mask_only;
  dirty_.filter |= filter;
  dirty_.flow |= filter;
  const bool coloring = now.coloring != before.coloring;
  dirty_.voxels |= coloring;  // outcomes show missed voxels too, so that the mesh may differ
  dirty_.paint |= coloring || now.palette != before.palette;
  dirty_.frame |= now.palette != before.palette;
  redraw();
}

/// Brings to the GPU what has changed. Runs in paintGL, where the context is current.
void Viewport::upload() {
  if (dirty_.voxels || dirty_.filter || dirty_.paint || dirty_.flow) uploadVoxels();
  if (dirty_.frame && studio_.frame()) {
    const Frame& frame = *studio_.frame();
    if (frame.keyframe.lidar) scene_->setLidar(frame.lidar, frame.keyframe.lidar->ego_from_sensor);
    uploadBoxes();
  }
  if (dirty_.selection) scene_->setSelection(studio_.selection());
  dirty_ = {false, false, false, false, false, false};
}

void Viewport::uploadVoxels() {
  const ViewSettings& view = studio_.view();
  const auto& occupancy = studio_.content(shownSide()).occupancy;
  const Coloring coloring = view.coloring[std::size_t(shownSide())];
  const auto truth = studio_.counterpart(shownSide());
  if (!occupancy) {
    shown_.reset();
    counts_.clear();
    scene_->setOccupancy(nullptr);
    scene_->setFlow({}, {});
    return;
  }
  const bool outcome = coloring == Coloring::Outcome && truth;
  outcome_shown_ = outcome;
  if (dirty_.voxels || dirty_.paint) {
    shown_ = outcome ? std::make_shared<const Occupancy>(withMissed(*occupancy, *truth)) : occupancy;
    counts_ = occupancy->classCounts();
    const Theme& theme = Theme::current();
    const OutcomeColors colors{toRgb(theme.color(Role::Right)), toRgb(theme.color(Role::WrongClass)),
                               toRgb(theme.color(Role::Phantom)), toRgb(theme.color(Role::Missed)),
                               toRgb(theme.color(Role::OutsideMask))};
    scene_->setOccupancy(shown_);
    VoxelPaint paint =
        paintVoxels(*occupancy, outcome || coloring != Coloring::Outcome ? coloring : Coloring::Class,
                    view.palette, colors, truth.get());
    outcome_counts_ = {};
    for (std::size_t i = 0; outcome && i < paint.index.size(); ++i) {
      if (!shown_->isFree(i)) ++outcome_counts_[paint.index[i]];
    }
    scene_->setPaint(std::move(paint));
  }
  filter_ = view.filter(*occupancy->classes);
  scene_->setFilter(filter_);
  constexpr Rgb kArrowColor{255, 255, 255};  // in both themes: arrows lie on objects
  scene_->setFlow(flowArrows(*occupancy, filter_), kArrowColor);
}

void Viewport::uploadBoxes() {
  const Frame& frame = *studio_.frame();
  const Pose ego_from_global = frame.keyframe.global_from_ego().inverse();
  const ClassSet& classes = ClassSet::openocc();
  std::vector<ColoredBox> boxes;
  for (const BoxAnnotation& annotation : frame.keyframe.boxes) {
    const std::optional<int> label = classes.labelOfCategory(annotation.category);
    const Rgb color =
        label ? classes.color(*label, studio_.view().palette) : toRgb(Theme::current().color(Role::Text3));
    boxes.push_back({ego_from_global * annotation.box, color});
  }
  scene_->setBoxes(boxes);
}

DrawStyle Viewport::drawStyle() const {
  const ViewSettings& view = studio_.view();
  const Theme& theme = Theme::current();
  DrawStyle style;
  style.background_top = toRgb(theme.color(Role::ViewportTop));
  style.background_bottom = toRgb(theme.color(Role::ViewportBottom));
  style.voxels = view.layer(Layer::Voxels).shown;
  style.flow = view.layer(Layer::Flow).shown;
  style.lidar = view.layer(Layer::Lidar).shown;
  style.boxes = view.layer(Layer::Boxes).shown;
  style.rings = view.layer(Layer::Rings).shown;
  style.ego_car = view.layer(Layer::EgoCar).shown;
  style.axes = view.layer(Layer::Axes).shown;
  style.voxel_opacity = float(view.layer(Layer::Voxels).opacity);
  style.edge_opacity = view.layer(Layer::Edges).shown ? float(view.layer(Layer::Edges).opacity) : 0.0F;
  style.flow_opacity = float(view.layer(Layer::Flow).opacity);
  style.lidar_opacity = float(view.layer(Layer::Lidar).opacity);
  style.box_opacity = float(view.layer(Layer::Boxes).opacity);
  style.ring_opacity = float(view.layer(Layer::Rings).opacity);
  style.pixel_ratio = float(devicePixelRatioF());
  return style;
}

/// Draws the 3D scene into the canvas, from where every frame takes it until something changes: pointing at
/// things costs no voxels.
void Viewport::drawScene() {
  const double ratio = devicePixelRatioF();
  const QSize size(std::max(1, int(std::lround(width() * ratio))),
                   std::max(1, int(std::lround(height() * ratio))));
  if (!canvas_ || canvas_->size() != size) {
    canvas_ = std::make_unique<QOpenGLFramebufferObject>(size, QOpenGLFramebufferObject::Depth);
    scene_stale_ = true;
  }
  if (scene_stale_) {
    upload();
    canvas_->bind();
    scene_->draw(camera_, size.width(), size.height(), drawStyle());
    scene_stale_ = false;
  }
  QOpenGLExtraFunctions& gl = *context()->extraFunctions();
  gl.glBindFramebuffer(GL_READ_FRAMEBUFFER, canvas_->handle());
  gl.glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
  gl.glBlitFramebuffer(0, 0, size.width(), size.height(), 0, 0, size.width(), size.height(),
                       GL_COLOR_BUFFER_BIT, GL_NEAREST);
  gl.glBindFramebuffer(GL_FRAMEBUFFER, defaultFramebufferObject());
  gl.glViewport(0, 0, size.width(), size.height());
}

void Viewport::paintGL() {
  if (!scene_ || !hud_) return;
  QElapsedTimer timer;
  timer.start();
  const bool drew = scene_stale_;
  drawScene();
  const double seconds = double(since_frame_.nsecsElapsed()) * 1e-9;
  measureRate();
  hud_->suggestLegend(side_ == Side::A && width() >= kNarrow_px);
  applyHudEvents(
      hud_->draw(hudContent(), hudColors(), width(), height(), float(devicePixelRatioF()), seconds));
  if (drew) {
    context()->functions()->glFinish();  // or the time would be that of queueing commands
    draw_ms_ = double(timer.nsecsElapsed()) * 1e-6;
  }
  if (hud_->needsFrame()) update();
}

/// A running mean over frames that follow each other; a pause longer than half a second is rest, not
/// slowness.
void Viewport::measureRate() {
  const double seconds = double(since_frame_.nsecsElapsed()) * 1e-9;
  since_frame_.restart();
  if (seconds > 0.5) {
    frames_per_second_ = 0;
  } else {
    frames_per_second_ = frames_per_second_ == 0 ? 1.0 / seconds : 0.9 * frames_per_second_ + 0.1 / seconds;
  }
}

HudColors Viewport::hudColors() const {
  const Theme& theme = Theme::current();
  const HudMeasures& measures = theme.tokens().hud();
  HudColors colors;
  colors.background = toRgb(theme.color(Role::Hud));
  colors.text = toRgb(theme.color(Role::Text));
  colors.text2 = toRgb(theme.color(Role::Text2));
  colors.text3 = toRgb(theme.color(Role::Text3));
  colors.border = toRgb(theme.color(Role::Border));
  colors.badge = toRgb(theme.color(shownSide() == Side::A ? Role::SourceA : Role::SourceB));
  colors.on_badge = toRgb(theme.color(theme.tone() == Tone::Dark ? Role::Window : Role::OnAccent));
  colors.background_alpha = float(theme.tone() == Tone::Dark ? measures.alpha_dark : measures.alpha_light);
  return colors;
}

HudContent Viewport::hudContent() const {
  HudContent content;
  const OccupancySource* source = studio_.source(shownSide());
  content.badge = shownSide() == Side::A ? "A" : "B";
  content.title = !source ? "Lidar" : source->isTruth() ? "Truth" : "Prediction";
  const SideContent& side = studio_.content(shownSide());
  if (shown_ && side.occupancy) {
    std::size_t occupied = 0;
    for (std::size_t label = 0; label + 1 < counts_.size(); ++label)
      occupied += counts_[label];
    content.counts =
        groupedNumber(qint64(occupied)).replace(QChar(0x2009), QLatin1Char(' ')).toStdString() + " voxels";
    outcome_shown_ ? addOutcomeLegend(content) : addLegend(content);
  } else if (side.state == SideContent::State::Absent) {
    content.counts = "nothing for this keyframe";
  } else if (side.state == SideContent::State::Loading) {
    content.counts = "loading";
  }
  QString timing = QStringLiteral("%1 ms").arg(draw_ms_, 0, 'f', 1);
  if (frames_per_second_ >= 1) timing += QStringLiteral(" · %1 fps").arg(std::lround(frames_per_second_));
  content.timing = timing.toStdString();
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  const ViewSettings& view = studio_.view();
  if (view.z_min > 0 || view.z_max < grid.dims.z() - 1) {
    const double low = grid.origin.z() + view.z_min * grid.voxel_m,
                 high = grid.origin.z() + (view.z_max + 1) * grid.voxel_m;
    content.limits.push_back(
        QStringLiteral("height %1 to %2 m").arg(decimal(low, 1), decimal(high, 1)).toStdString());
  }
  if (view.camera_mask_only) content.limits.emplace_back("camera mask only");
  if (!view.hidden_classes.isEmpty()) {
    content.limits.push_back(
        QStringLiteral("%1 classes hidden").arg(view.hidden_classes.size()).toStdString());
  }
  content.view_rotation = camera_.view().topLeftCorner<3, 3>().cast<float>();
  content.metres_per_pixel =
      float(2.0 * camera_.distance_m * std::tan(camera_.vertical_fov_rad / 2) / std::max(1, height()));
  addHover(content);
  return content;
}

void Viewport::addLegend(HudContent& content) const {
  const ClassSet& classes = *shown_->classes;
  for (int label = 0; label < classes.size() - 1; ++label) {
    const ClassInfo& info = classes[label];
    HudLegendRow row{std::string(info.id), std::string(info.shortName()),
                     classes.color(label, studio_.view().palette), counts_[std::size_t(label)], true};
    row.shown = !studio_.view().hidden_classes.contains(toQString(info.id));
    content.legend.push_back(std::move(row));
  }
}

void Viewport::addOutcomeLegend(HudContent& content) const {
  struct Row {
    const char* name;
    Role role;
  };
  constexpr std::array<Row, 5> kRows{{{"right", Role::Right},
                                      {"wrong class", Role::WrongClass},
                                      {"phantom", Role::Phantom},
                                      {"missed", Role::Missed},
                                      {"outside mask", Role::OutsideMask}}};
  content.legend_title = "Outcome";
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    content.legend.push_back(
        {{}, kRows[i].name, toRgb(Theme::current().color(kRows[i].role)), outcome_counts_[i], true});
  }
}

void Viewport::addHover(HudContent& content) const {
  const VoxelMark& hover = studio_.hover();
  if (!hover || !shown_ || !shown_->grid.contains(*hover)) return;
  const std::optional<QPointF> pixel = pixelOf(*hover);
  if (!pixel) return;
  content.ring = Eigen::Vector2f(float(pixel->x()), float(pixel->y()));
  if (!underMouse() || drag_ != Qt::NoButton)
    return;  // the tooltip belongs to the viewport under the pointer
  const std::size_t index = shown_->grid.index(*hover);
  const ClassSet& classes = *shown_->classes;
  const int label = shown_->semantics[index];
  content.tooltip.emplace_back(classes[label].name);
  content.tooltip_color = classes.color(label, studio_.view().palette);
  if (const auto opposite = studio_.counterpart(shownSide())) {
    const int other_label = opposite->semantics[index];
    const char* letter = shownSide() == Side::A ? "B" : "A";
    content.tooltip.push_back(other_label == label
                                  ? std::string("same in ") + letter
                                  : std::string(letter) + ": " + std::string(classes[other_label].name));
  }
  const Occupancy& own = *studio_.content(shownSide()).occupancy;
  if (!own.flow.empty() && classes.moves(label)) {
    const double speed = std::hypot(own.flow[2 * index], own.flow[2 * index + 1]);
    content.tooltip.push_back(QStringLiteral("flow %1 m/s").arg(speed, 0, 'f', 1).toStdString());
  }
}

void Viewport::applyHudEvents(const HudEvents& events) {
  // After this frame: a change of the view must not run inside a paint event.
  const auto later = [this](auto change) { QMetaObject::invokeMethod(this, change, Qt::QueuedConnection); };
  if (events.toggled_class)
    later([this, id = QString::fromStdString(*events.toggled_class)] { studio_.toggleClass(id); });
  if (events.soloed_class)
    later([this, id = QString::fromStdString(*events.soloed_class)] { studio_.soloClass(id); });
}

void Viewport::setCamera(const ViewCamera& camera, bool animate) {
  flight_.stop();
  flight_.disconnect(this);
  destination_ = camera;
  const int duration = Theme::current().duration(Theme::current().tokens().motion().camera);
  if (!animate || duration == 0 || !isVisible()) {
    camera_ = camera;
    return redraw();
  }
  flight_.setDuration(duration);
  connect(&flight_, &QVariantAnimation::valueChanged, this,
          [this, from = camera_, camera](const QVariant& t) {
            camera_ = interpolate(from, camera, t.toDouble());
            redraw();
          });
  flight_.start();
}

void Viewport::moveCamera(const ViewCamera& camera) {
  setCamera(camera, false);
  Q_EMIT cameraMoved();
}

void Viewport::frameAll() {
  ViewCamera camera = camera_;
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  const Eigen::Vector3d center = grid.origin + 0.5 * (grid.upperCorner() - grid.origin);
  // To the corners, so that the whole grid is in view from every side.
  camera.frame({center.x(), center.y(), 0.0}, 0.5 * (grid.upperCorner() - grid.origin).head<2>().norm(),
               double(width()) / std::max(1, height()));
  setCamera(camera, true);
  Q_EMIT cameraMoved();
}

void Viewport::frameSelection() {
  if (!studio_.selection()) return frameAll();
  ViewCamera camera = camera_;
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  camera.frame(grid.center(*studio_.selection()), 5.0, double(width()) / std::max(1, height()));
  setCamera(camera, true);
  Q_EMIT cameraMoved();
}

std::optional<QPointF> Viewport::pixelOf(const Eigen::Vector3i& voxel) const {
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  const auto pixel = camera_.project(grid.center(voxel), width(), height());
  if (!pixel) return std::nullopt;
  return QPointF(pixel->x(), pixel->y());
}

std::optional<PickedVoxel> Viewport::pick(const QPointF& pixel) const {
  if (!shown_ || !studio_.view().layer(Layer::Voxels).shown) return std::nullopt;
  const Eigen::Vector3d direction = camera_.rayThrough({pixel.x(), pixel.y()}, width(), height());
  return pickVoxel(*shown_, filter_, camera_.eye(), direction);
}

void Viewport::mousePressEvent(QMouseEvent* event) {
  Q_EMIT activated();
  setFocus(Qt::MouseFocusReason);
  if (!hud_) return;
  hud_->moveMouse(float(event->position().x()), float(event->position().y()));
  if (event->button() == Qt::LeftButton && hud_->wantsMouse()) {
    hud_->pressMouse(0, true, event->modifiers() & Qt::AltModifier);
    return update();
  }
  flight_.stop();
  destination_ = camera_;
  drag_ = event->button();
  press_ = last_ = event->position();
  moved_ = false;
}

void Viewport::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (hud_) hud_->moveMouse(float(at.x()), float(at.y()));
  if (drag_ == Qt::NoButton) {
    const auto picked = hud_ && hud_->wantsMouse() ? std::nullopt : pick(at);
    studio_.setHover(picked ? VoxelMark(picked->voxel) : std::nullopt);
    return update();  // the overlay follows the pointer
  }
  if (!moved_ && (at - press_).manhattanLength() < kDragThreshold_px) return;
  moved_ = true;
  ViewCamera camera = camera_;
  const QPointF delta = at - last_;
  const bool looking = drag_ == Qt::RightButton && !keys_.isEmpty();
  if (drag_ == Qt::LeftButton || looking) {
    camera.orbitBy(-delta.x() * kOrbit_radPerPixel, delta.y() * kOrbit_radPerPixel);
  } else {
    camera.panBy({delta.x(), delta.y()}, height());
  }
  last_ = at;
  moveCamera(camera);
}

void Viewport::mouseReleaseEvent(QMouseEvent* event) {
  if (drag_ == Qt::NoButton) {
    if (hud_) hud_->pressMouse(0, false, event->modifiers() & Qt::AltModifier);
    return update();
  }
  if (event->button() != drag_) return;
  if (!moved_ && drag_ == Qt::LeftButton) {
    const auto picked = pick(event->position());
    studio_.select(picked ? VoxelMark(picked->voxel) : std::nullopt);
  }
  drag_ = Qt::NoButton;
  keys_.clear();
  fly_timer_.stop();
}

void Viewport::mouseDoubleClickEvent(QMouseEvent* event) {
  if (hud_ && hud_->wantsMouse()) return mousePressEvent(event);  // fast clicks in the legend
  const auto picked = pick(event->position());
  if (!picked) return frameAll();
  studio_.select(picked->voxel);
  frameSelection();
}

void Viewport::wheelEvent(QWheelEvent* event) {
  const double steps = event->angleDelta().y() / 120.0;
  if (steps == 0) return;
  if (hud_ && hud_->wantsMouse()) {
    hud_->turnWheel(float(steps));
    return update();
  }
  ViewCamera camera = camera_;
  camera.zoomAt({event->position().x(), event->position().y()}, width(), height(),
                std::pow(kWheelFactor, steps));
  moveCamera(camera);
}

void Viewport::leaveEvent(QEvent*) {
  if (hud_) hud_->leaveMouse();
  studio_.setHover(std::nullopt);
  update();
}

/// While the right button is held, letters steer and are no shortcuts.
bool Viewport::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride && drag_ == Qt::RightButton) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (QByteArrayLiteral("WASDQE").contains(char(key))) {
      event->accept();
      return true;
    }
  }
  return QOpenGLWidget::event(event);
}

void Viewport::keyPressEvent(QKeyEvent* event) {
  if (drag_ != Qt::RightButton || !QByteArrayLiteral("WASDQE").contains(char(event->key()))) {
    return QOpenGLWidget::keyPressEvent(event);
  }
  keys_.insert(event->key());
  moved_ = true;
  if (!fly_timer_.isActive()) {
    since_fly_.start();
    fly_timer_.start();
  }
}

void Viewport::keyReleaseEvent(QKeyEvent* event) {
  if (!event->isAutoRepeat()) keys_.remove(event->key());
  if (keys_.isEmpty()) fly_timer_.stop();
  QOpenGLWidget::keyReleaseEvent(event);
}

void Viewport::focusOutEvent(QFocusEvent* event) {
  keys_.clear();
  fly_timer_.stop();
  setFlipped(false);
  QOpenGLWidget::focusOutEvent(event);
}

void Viewport::fly() {
  const double seconds = double(since_fly_.restart()) * 1e-3;
  const auto held = [this](int key) { return keys_.contains(key) ? 1.0 : 0.0; };
  const Eigen::Vector3d way(held(Qt::Key_D) - held(Qt::Key_A), held(Qt::Key_E) - held(Qt::Key_Q),
                            held(Qt::Key_W) - held(Qt::Key_S));
  ViewCamera camera = camera_;
  camera.flyBy(way * kFlySpeed_mps * seconds);
  moveCamera(camera);
}

}  // namespace hbev::ui
