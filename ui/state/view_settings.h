// How the window draws: shared by both viewports, the cameras and the inspector. Plain values.
#pragma once

#include <array>

#include <QtCore/QSet>
#include <QtCore/QString>

#include "render/coloring.h"
#include "render/overlay.h"

namespace hbev::ui {

/// The layers of a viewport, in the order of the inspector.
enum class Layer { Voxels, Edges, Flow, Lidar, Boxes, Rings, EgoCar, Axes };
inline constexpr int kLayerCount = int(Layer::Axes) + 1;

struct LayerState {
  bool shown = true;
  double opacity = 1.0;  ///< 0 to 1
  bool operator==(const LayerState&) const = default;
};

/// What part of the grid is looked at. A limit that is off keeps its place for the next time.
struct ViewRegion {
  bool slice = false;        ///< the height slice
  int z_min = 3, z_max = 5;  ///< its voxel layers, both included
  bool box = false;          ///< the clip box
  double x_min_m = -20, x_max_m = 20, y_min_m = -20, y_max_m = 20;
  bool range = false;
  double range_min_m = 0, range_max_m = 10;  ///< horizontal distance from the car

  bool isWhole() const { return !slice && !box && !range; }
  /// All classes, with or without a mask: the place alone.
  VoxelFilter filter() const;
  bool operator==(const ViewRegion&) const = default;
};

struct ViewSettings {
  Palette palette = Palette::Studio;
  std::array<Coloring, 2> coloring{Coloring::Class, Coloring::Class};  ///< of A and B
  std::array<LayerState, kLayerCount> layers{{{true, 1.0},
                                              {true, 0.3},
                                              {true, 1.0},
                                              {false, 0.6},
                                              {false, 1.0},
                                              {true, 0.4},
                                              {true, 1.0},
                                              {false, 1.0}}};
  QString probability_class;     ///< id of the class whose probability is shown; empty: each voxel's own
  QSet<QString> hidden_classes;  ///< ids, so that a class stays hidden when the class set changes
  ViewRegion region;
  bool camera_mask_only = false;
  OverlayKind overlay = OverlayKind::Voxels;
  double overlay_opacity = 0.62;
  bool linked = true;
  bool stage_times = true;  ///< the network's, over what it has predicted

  LayerState& layer(Layer which) { return layers[std::size_t(which)]; }
  const LayerState& layer(Layer which) const { return layers[std::size_t(which)]; }
  VoxelFilter filter(const ClassSet& classes) const;
  /// The same filter() for every class set.
  bool showsSameVoxels(const ViewSettings& other) const {
    return hidden_classes == other.hidden_classes && region == other.region &&
           camera_mask_only == other.camera_mask_only;
  }
  bool operator==(const ViewSettings&) const = default;
};

}  // namespace hbev::ui
