#include "ui/state/stage_view.h"

#include <algorithm>
#include <cmath>

#include "render/sample_rays.h"
#include "render/viridis.h"
#include "ui/inspector/bev_picture.h"
#include "ui/state/studio.h"

namespace hbev::ui {

void StageView::follow(Studio& studio) {
  const auto look = [this, &studio] {
    std::shared_ptr<const StageInspection> inspection;
    for (const Side side : {Side::A, Side::B}) {
      const auto prediction = studio.predicted(side);
      if (!inspection && prediction) inspection = prediction->inspection;
    }
    show(studio.isFrameCurrent() ? studio.frame() : nullptr, std::move(inspection));
  };
  for (const auto signal : {&Studio::frameChanged, &Studio::currentChanged, &Studio::sourcesChanged})
    connect(&studio, signal, this, look);
  connect(&studio, &Studio::predictedChanged, this, look);
  connect(&studio, &Studio::selectionChanged, this, [this, &studio] {
    const VoxelMark& voxel = studio.selection();
    setPlace(voxel ? std::optional<Eigen::Vector2d>(GridSpec{}.center(*voxel).head<2>()) : std::nullopt);
  });
}

void StageView::show(std::shared_ptr<const Frame> frame, std::shared_ptr<const StageInspection> inspection) {
  if (frame == frame_ && inspection == inspection_) return;
  const bool same_maps =
      inspection && inspection_ &&
      std::ranges::equal(inspection->bev, inspection_->bev, {}, &BevMap::stage, &BevMap::stage);
  frame_ = std::move(frame);
  inspection_ = std::move(inspection);
  // The map that the image branch gives to the rest is the one to begin with: the first.
  if (inspection_ && !same_maps) map_ = 0;
  if (layer_ >= layerCount()) layer_ = -1;
  Q_EMIT inspectionChanged();
  Q_EMIT mapChanged();
  updateCurve();
  updateSamples();
}

void StageView::probe(const ProbedPixel& pixel) {
  if (probed_ == pixel) return;
  probed_ = pixel;
  updateCurve();
}

void StageView::stepProbe(int columns, int rows) {
  if (!probed_ || !inspection_) return;
  const auto cell = inspection_->cellAt(probed_->camera, probed_->pixel);
  if (!cell) return;
  const int row = std::clamp((*cell)[0] + rows, 0, inspection_->depth.rows - 1);
  const int column = std::clamp((*cell)[1] + columns, 0, inspection_->depth.columns - 1);
  probe({probed_->camera, inspection_->picturePixelOf(probed_->camera, row, column)});
}

void StageView::clearProbe() {
  if (!probed_) return;
  probed_.reset();
  updateCurve();
}

void StageView::updateCurve() {
  curve_.reset();
  ray_.clear();
  if (probed_ && inspection_ && frame_) {
    const Camera camera = probed_->camera;
    curve_ = depthCurve(*inspection_, *frame_, camera, probed_->pixel);
    if (curve_ && frame_->keyframe.cameras[std::size_t(camera)])
      ray_ = depthRay(*curve_, frame_->keyframe, camera, probed_->pixel);
  }
  Q_EMIT probeChanged();
}

void StageView::setMap(int map) {
  if (map == map_ || map < 0) return;
  map_ = map;
  Q_EMIT mapChanged();
}

const BevMap* StageView::map() const {
  if (!inspection_ || map_ >= int(inspection_->bev.size())) return nullptr;
  return &inspection_->bev[std::size_t(map_)];
}

void StageView::nextMap() {
  if (inspection_ && !inspection_->bev.empty()) setMap((map_ + 1) % int(inspection_->bev.size()));
}

void StageView::setShowsGround(bool on) {
  if (on == shows_ground_) return;
  shows_ground_ = on;
  Q_EMIT mapChanged();
}

GroundMap StageView::ground() const {
  const BevMap* shown = shows_ground_ ? map() : nullptr;
  if (!shown) return {};
  const NormRange range = normRange(*shown);
  GroundMap ground{shown->rows,
                   shown->columns,
                   {float(shown->x.lower), float(shown->y.lower)},
                   {float(shown->x.upper), float(shown->y.upper)},
                   0,  // on the street: lower it would lie beside what it belongs to, seen from aside
                   {}};
  ground.colors.reserve(shown->norms.size());
  for (const float norm : shown->norms)
    ground.colors.push_back(
        viridis(std::isfinite(norm) ? double((norm - range.low) / (range.high - range.low)) : 0.0));
  return ground;
}

void StageView::setShowsLooks(bool on) {
  if (on == shows_looks_) return;
  shows_looks_ = on;
  Q_EMIT samplesChanged();
}

std::vector<RaySegment> StageView::strokes() const {
  std::vector<RaySegment> strokes;
  if (shows_looks_ && place_ && frame_) strokes = sampleRays(samples_, *place_, frame_->keyframe);
  strokes.insert(strokes.end(), ray_.begin(), ray_.end());
  return strokes;
}

void StageView::setPlace(const std::optional<Eigen::Vector2d>& ego_xy) {
  if (ego_xy == place_) return;
  place_ = ego_xy;
  updateSamples();
}

void StageView::setLayer(int layer) {
  if (layer == layer_) return;
  layer_ = layer;
  updateSamples();
}

int StageView::layerCount() const {
  int last = -1;
  for (std::size_t i = 0; inspection_ && i < inspection_->attention.size(); ++i)
    last = std::max(last, inspection_->attention[i].layer);
  return last + 1;
}

void StageView::setShowsSamples(bool on) {
  if (on == shows_samples_) return;
  shows_samples_ = on;
  Q_EMIT samplesChanged();
}

void StageView::updateSamples() {
  samples_.clear();
  if (inspection_ && place_) {
    samples_ = inspection_->samplesOf(*place_);
    std::erase_if(samples_, [this](const SamplePoint& sample) {
      const InspectedCamera& seen = inspection_->cameras[std::size_t(sample.camera)];
      const Eigen::Vector2d& at = sample.picture_pixel;
      const bool inside =
          at.x() >= -0.5 && at.y() >= -0.5 && at.x() < seen.width - 0.5 && at.y() < seen.height - 0.5;
      return !inside || (layer_ >= 0 && sample.layer != layer_);
    });
  }
  Q_EMIT samplesChanged();
}

}  // namespace hbev::ui
