// What of the network's thinking is looked at: the pixel that was probed, the map, the picked voxel's
// samples. No widgets.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <QtCore/QObject>

#include "core/data/frame.h"
#include "core/model/inspection.h"
#include "render/depth_view.h"
#include "render/ground_map.h"

namespace hbev::ui {

class Studio;

/// A pixel of a camera's picture, in the data set's own pixels.
struct ProbedPixel {
  Camera camera = Camera::Front;
  Eigen::Vector2d pixel{0, 0};
  bool operator==(const ProbedPixel&) const = default;
};

/// Panels and viewports observe it. It follows a studio, or is told by show() and setPlace().
class StageView : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  /// Shows the studio's keyframe, its picked voxel, and what was predicted for A, else for B.
  void follow(Studio& studio);
  /// Both of one keyframe; either may be null. What was probed stays probed in the next keyframe.
  void show(std::shared_ptr<const Frame> frame, std::shared_ptr<const StageInspection> inspection);
  const std::shared_ptr<const StageInspection>& inspection() const { return inspection_; }

  /// The curve is absent where there is no inspection, or the network did not see the pixel.
  void probe(const ProbedPixel& pixel);
  /// Moves the probe by feature cells; at the picture's border it stays.
  void stepProbe(int columns, int rows);
  void clearProbe();
  const std::optional<ProbedPixel>& probed() const { return probed_; }
  const std::optional<DepthCurve>& curve() const { return curve_; }
  /// The curve along its ray, in the voxels' frame.
  const std::vector<RaySegment>& ray() const { return ray_; }

  /// Number into inspection()->bev.
  void setMap(int map);
  /// Null when there is none.
  const BevMap* map() const;
  int mapNumber() const { return map_; }
  /// The next one, after the last the first.
  void nextMap();
  /// The map lies on the ground in the viewports.
  void setShowsGround(bool on);
  bool showsGround() const { return shows_ground_; }
  /// The map as it lies there; empty when it does not.
  GroundMap ground() const;

  /// The place whose query is asked where it looked, m in ego; nothing for none.
  void setPlace(const std::optional<Eigen::Vector2d>& ego_xy);
  /// -1: all layers.
  void setLayer(int layer);
  int layer() const { return layer_; }
  int layerCount() const;
  void setShowsSamples(bool on);
  bool showsSamples() const { return shows_samples_; }
  /// Those within the pictures and of the layer that is shown.
  const std::vector<SamplePoint>& samples() const { return samples_; }
  /// They are drawn in the viewports, too.
  void setShowsLooks(bool on);
  bool showsLooks() const { return shows_looks_; }

  /// What the viewports draw of all this: the curve along its ray and the samples, in the voxels' frame.
  std::vector<RaySegment> strokes() const;

 Q_SIGNALS:
  void inspectionChanged();
  void probeChanged();
  void mapChanged();
  void samplesChanged();

 private:
  void updateCurve();
  void updateSamples();

  std::shared_ptr<const Frame> frame_;
  std::shared_ptr<const StageInspection> inspection_;
  std::optional<ProbedPixel> probed_;
  std::optional<DepthCurve> curve_;
  std::vector<RaySegment> ray_;
  int map_ = 0;
  std::optional<Eigen::Vector2d> place_;
  int layer_ = -1;
  bool shows_samples_ = true, shows_ground_ = false, shows_looks_ = false;
  std::vector<SamplePoint> samples_;
};

}  // namespace hbev::ui
