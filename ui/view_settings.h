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
  int z_min = 0, z_max = 15;     ///< height slice, voxel layers
  bool camera_mask_only = false;
  OverlayKind overlay = OverlayKind::Voxels;
  double overlay_opacity = 0.62;
  bool linked = true;
  bool stage_times = true;  ///< the network's, over what it has predicted

  LayerState& layer(Layer which) { return layers[std::size_t(which)]; }
  const LayerState& layer(Layer which) const { return layers[std::size_t(which)]; }
  VoxelFilter filter(const ClassSet& classes) const;
  bool operator==(const ViewSettings&) const = default;
};

}  // namespace hbev::ui
