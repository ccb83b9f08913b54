#include "ui/viewport/scene_canvas.h"

#include <algorithm>
#include <utility>

#include <QtCore/QElapsedTimer>
#include <QtGui/QOpenGLContext>
#include <QtGui/QOpenGLExtraFunctions>
#include <QtOpenGL/QOpenGLFramebufferObject>

namespace hbev::ui {
namespace {

/// For rays in a picture of a moving camera, and for a part of the picture of a resting one.
constexpr double kMoving_ms = 12, kPart_ms = 20;
/// Fewer strokes than this tell nothing of how fast they are.
constexpr std::size_t kTellingStrokes = 500;
constexpr double kSlowest = 20, kFastest = 1e6, kFaster = 8;  ///< strokes a ms, and times as many at once

QOpenGLExtraFunctions& gl() {
  return *QOpenGLContext::currentContext()->extraFunctions();
}

std::unique_ptr<QOpenGLFramebufferObject> makeFramebuffer(const Shot& shot) {
  return std::make_unique<QOpenGLFramebufferObject>(shot.width, shot.height, QOpenGLFramebufferObject::Depth);
}

/// What was asked for before is finished first, or its time would count, too.
template <class Draw>
void measure(StrokePacer& pacer, std::size_t strokes, const Draw& draw) {
  gl().glFinish();
  QElapsedTimer timer;
  timer.start();
  draw();
  gl().glFinish();
  pacer.measured(strokes, double(timer.nsecsElapsed()) * 1e-6);
}

}  // namespace

std::size_t StrokePacer::strokesIn(double milliseconds) const {
  return std::size_t(strokes_per_ms_ * milliseconds);
}

void StrokePacer::measured(std::size_t strokes, double milliseconds) {
  if (strokes < kTellingStrokes) return;
  const double rate = double(strokes) / std::max(1e-3, milliseconds);
  // Down by half the way, for one slow picture may be another program's fault; up in steps.
  const double next = std::min(0.5 * (strokes_per_ms_ + rate), kFaster * strokes_per_ms_);
  strokes_per_ms_ = std::clamp(next, kSlowest, kFastest);
}

SceneCanvas::SceneCanvas() = default;
SceneCanvas::~SceneCanvas() = default;

bool SceneCanvas::hasSize(int width, int height) const {
  return shown_ && shown_->size() == QSize(width, height);
}

void SceneCanvas::draw(FrameScene& scene, const Shot& shot) {
  if (!hasSize(shot.width, shot.height)) shown_ = makeFramebuffer(shot);
  shot_.reset();
  next_stroke_.reset();
  shown_->bind();
  scene.beginDraw(shot);
  const std::size_t all = shot.style.rays ? scene.rayStrokes() : 0;
  const std::size_t few = std::min(all, moving_.strokesIn(kMoving_ms));
  if (few < all) shot_ = shot;
  if (few > 0) {
    measure(moving_, few, [&] {
      few < all ? scene.drawRayShare(shot, double(few) / double(all)) : scene.drawRays(shot, 0, all);
    });
  }
  scene.endDraw(shot);
}

void SceneCanvas::refine(FrameScene& scene) {
  if (!shot_) return;
  if (!finer_ || finer_->size() != shown_->size()) {
    finer_ = makeFramebuffer(*shot_);
    next_stroke_.reset();
  }
  finer_->bind();
  if (!next_stroke_) {  // voxels alone, which take their time
    scene.beginDraw(*shot_);
    next_stroke_ = 0;
    return;
  }
  const std::size_t all = scene.rayStrokes();
  const std::size_t part = std::min(all - std::min(all, *next_stroke_), resting_.strokesIn(kPart_ms));
  measure(resting_, part, [&] { scene.drawRays(*shot_, *next_stroke_, part); });
  *next_stroke_ += part;
  if (*next_stroke_ < all) return;
  scene.endDraw(*shot_);
  std::swap(shown_, finer_);
  finer_.reset();
  shot_.reset();
  next_stroke_.reset();
}

void SceneCanvas::copyTo(unsigned target) const {
  const int width = shown_->width(), height = shown_->height();
  gl().glBindFramebuffer(GL_READ_FRAMEBUFFER, shown_->handle());
  gl().glBindFramebuffer(GL_DRAW_FRAMEBUFFER, target);
  gl().glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  gl().glBindFramebuffer(GL_FRAMEBUFFER, target);
}

}  // namespace hbev::ui
