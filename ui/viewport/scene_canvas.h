// The picture of a viewport's scene without its overlay: kept while nothing of it changes, and drawn in two
// goes where the metric's rays are too many for one.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "render/frame_scene.h"

class QOpenGLFramebufferObject;

namespace hbev::ui {

/// How many strokes of rays can be drawn in a given time, as measured from picture to picture.
class StrokePacer {
 public:
  std::size_t strokesIn(double milliseconds) const;
  void measured(std::size_t strokes, double milliseconds);

 private:
  double strokes_per_ms_ = 150;  ///< of software OpenGL; a card shows at once that it is faster
};

/// Needs the same (or a sharing) OpenGL context current for every call, the destructor included.
class SceneCanvas {
 public:
  SceneCanvas();
  ~SceneCanvas();
  SceneCanvas(const SceneCanvas&) = delete;
  SceneCanvas& operator=(const SceneCanvas&) = delete;

  /// Draws the scene. Of rays that would take longer than a moment only a share, spread evenly, and
  /// isComplete() is false then.
  void draw(FrameScene& scene, const Shot& shot);
  /// True as well before anything was drawn.
  bool isComplete() const { return !shot_; }
  /// Draws on, beside the picture that is shown, for a moment: all rays as draw() was asked for them. The
  /// call that finishes puts the new picture in place of the old one.
  void refine(FrameScene& scene);

  /// Copies the picture into the framebuffer `target`, which has its size.
  void copyTo(unsigned target) const;
  bool hasSize(int width, int height) const;

 private:
  std::unique_ptr<QOpenGLFramebufferObject> shown_, finer_;
  std::optional<Shot> shot_;                ///< of shown_, while that has not all rays
  std::optional<std::size_t> next_stroke_;  ///< of finer_, once its voxels are drawn
  StrokePacer moving_, resting_;            ///< strokes of a share are of all kinds, those of a part of one
};

}  // namespace hbev::ui
