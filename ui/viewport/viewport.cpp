#include "ui/viewport/viewport.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QOpenGLContext>
#include <QtGui/QOpenGLFunctions>

#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/stage_view.h"
#include "ui/state/themed_rgb.h"
#include "ui/viewport/ray_drawing.h"

namespace hbev::ui {
namespace {

constexpr int kNarrow_px = 440;
constexpr int kRest_ms = 150;

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
  rest_timer_.setSingleShot(true);
  connect(&rest_timer_, &QTimer::timeout, this, &Viewport::refine);
  connect(&studio, &Studio::sideChanged, this, [this](Side changed) {
    const SideContent& content = studio_.content(changed);
    // The voxels of the keyframe before stay.
    if (content.state == SideContent::State::Loading && content.occupancy) return;
    // The other side matters too: outcomes are coloured against it.
    dirty_.voxels |= changed == shownSide();
    dirty_.paint = true;
    redraw();
  });
  connect(&studio, &Studio::predictedChanged, this, [this](Side changed) {
    if (changed != shownSide()) return;
    dirty_.paint = true;
    redraw();
  });
  for (const auto signal : {&StageView::probeChanged, &StageView::mapChanged, &StageView::samplesChanged}) {
    connect(&studio.stages(), signal, this, [this] {
      dirty_.ray = true;
      redraw();
    });
  }
  connect(&studio, &Studio::sourcesChanged, this, [this] {
    dirty_.voxels = true;
    redraw();
  });
  for (const auto signal : {&ErrorView::changed, &ErrorView::raysChanged}) {
    connect(&studio.errors(), signal, this, [this] {
      dirty_.rays = dirty_.flow = true;
      dirty_.paint |= studio_.view().coloring[std::size_t(shownSide())] != Coloring::Class;
      redraw();
    });
  }
  for (const auto signal : {&ErrorView::hoveredChanged, &ErrorView::pickedChanged})  // the overlay's
    connect(&studio.errors(), signal, this, qOverload<>(&Viewport::update));
  connect(&studio, &Studio::frameChanged, this, [this] {
    dirty_.frame = true;
    redraw();
  });
  connect(&studio.sweeps(), &SweepView::currentChanged, this, &Viewport::redraw);
  connect(&studio, &Studio::viewChanged, this, &Viewport::onViewChanged);
  connect(&studio, &Studio::selectionChanged, this, [this] {
    dirty_.selection = true;
    redraw();
  });
  connect(&studio, &Studio::hoverChanged, this, qOverload<>(&Viewport::update));  // the ring is the overlay's
  connect(&studio.measure(), &Measure::changed, this, &Viewport::showMeasure);
  connect(&Theme::current(), &Theme::changed, this, [this] {
    dirty_.paint = true;
    dirty_.flow = true;
    dirty_.rays = true;
    redraw();
  });
}

Viewport::~Viewport() {
  // The context goes after our members: it must not tell us.
  if (context()) disconnect(context(), nullptr, this, nullptr);
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
    canvas_ = std::make_unique<SceneCanvas>();
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

void Viewport::setInsets(int left, int right) {
  if (left == inset_left_ && right == inset_right_) return;
  inset_left_ = left;
  inset_right_ = right;
  update();
}

void Viewport::setOverlay(Overlay overlay) {
  overlay_ = overlay;
  update();
}

void Viewport::setTellsSpeed(bool tells) {
  tells_speed_ = tells;
  update();
}

void Viewport::onViewChanged(const ViewSettings& before) {
  const ViewSettings& now = studio_.view();
  const bool filter = !now.showsSameVoxels(before);
  dirty_.filter |= filter;
  dirty_.flow |= filter;
  const auto side = std::size_t(shownSide());
  const bool coloring = now.coloring[side] != before.coloring[side];
  dirty_.voxels |= coloring;  // outcomes show missed voxels too, so that the mesh may differ
  const bool palette = now.palette != before.palette;
  const bool paint = coloring || palette || now.probability_class != before.probability_class;
  dirty_.paint |= paint;
  dirty_.frame |= palette;
  // All else is the overlay's, the cameras' or the other viewport's.
  filter || paint || now.layers != before.layers ? redraw() : update();
}

/// Brings to the GPU what has changed. Runs in paintGL, where the context is current.
void Viewport::upload() {
  if (dirty_.voxels || dirty_.filter || dirty_.paint || dirty_.flow) uploadVoxels();
  if (dirty_.frame) uploadFrame();
  if (dirty_.selection) scene_->setSelection(studio_.selection());
  if (dirty_.ray) {
    scene_->setRay(studio_.stages().strokes());
    scene_->setGround(studio_.stages().ground());
  }
  if (dirty_.rays) scene_->setRays(drawnRays(studio_.errors()));
  dirty_ = {false, false, false, false, false, false, false, false};
}

/// Lidar and boxes; a keyframe without them must not keep those of the one before.
void Viewport::uploadFrame() {
  const auto& frame = studio_.frame();
  if (frame && frame->keyframe.lidar) {
    scene_->setLidar(frame->lidar, frame->keyframe.lidar->ego_from_sensor);
  } else {
    scene_->setLidar({}, {});
  }
  frame ? uploadBoxes() : scene_->setBoxes({});
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
  style.rays = studio_.errors().showsRays();
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
  if (!canvas_->hasSize(size.width(), size.height())) scene_stale_ = true;
  if (scene_stale_) {
    upload();
    // While the voxels of the next keyframe load, those of the one before stay where they are.
    if (studio_.content(shownSide()).state != SideContent::State::Loading)
      voxels_from_ego_ = studio_.voxels_from_ego();
    scene_->setEgoPose(voxels_from_ego_);
    canvas_->draw(*scene_, {cameraInVoxels(), size.width(), size.height(), drawStyle()});
    scene_stale_ = false;
    rest_timer_.start(kRest_ms);
  } else if (!canvas_->isComplete() && !rest_timer_.isActive()) {
    rest_timer_.start(kRest_ms);  // the viewport was hidden meanwhile
  }
  canvas_->copyTo(defaultFramebufferObject());
  context()->functions()->glViewport(0, 0, size.width(), size.height());
}

void Viewport::refine() {
  if (!scene_ || scene_stale_ || canvas_->isComplete() || !isVisible()) return;
  makeCurrent();
  canvas_->refine(*scene_);
  doneCurrent();
  if (canvas_->isComplete()) return update();
  rest_timer_.start(0);  // input that has arrived meanwhile comes first
}

void Viewport::paintGL() {
  if (!scene_ || !hud_) return;
  QElapsedTimer timer;
  timer.start();
  const bool drew = scene_stale_;
  drawScene();
  const double seconds = double(since_frame_.nsecsElapsed()) * 1e-9;
  measureRate();
  hud_->suggestLegend(side_ == Side::A && width() - inset_left_ - inset_right_ >= kNarrow_px);
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

}  // namespace hbev::ui
