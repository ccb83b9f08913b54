// How the window draws what it shows, as words that a link carries: "hide=car,truck", "clip=-20,20,-10,10".
#pragma once

#include <optional>
#include <set>
#include <utility>

#include <Eigen/Core>
#include <QtCore/QStringList>

#include "ui/state/error_view.h"
#include "ui/state/studio.h"

namespace hbev::ui {

class ViewportArea;

/// All of the picture but data, keyframe, sources and the first camera; what is picked and measured, too.
/// Classes are named by their ids, which both class sets share.
struct SharedView {
  ViewSettings view;
  std::optional<ViewCamera> camera_b;  ///< B's own, while the cameras are not linked
  std::optional<Side> alone;           ///< this viewport fills the room
  std::optional<double> swipe;         ///< both over each other; where the line is, 0 to 1

  bool rays = false;
  RayStyle ray_style = RayStyle::Lines;
  std::size_t threshold = kFlowThreshold;
  std::optional<int> origin;  ///< chosen by somebody; -1: all
  FlowView arrows = FlowView::Own;
  QStringList errors_of;  ///< ids of classes; empty: all
  QStringList mistaken;   ///< nothing, or the true class and what it was taken for
  std::optional<int> error_range;
  std::set<RayOutcome> hidden_outcomes;

  int sweep = 0;    ///< which picture after the keyframe (positive) or before it is shown; 0: the keyframe
  VoxelMark voxel;  ///< the picked one
  std::optional<std::pair<Eigen::Vector3d, Eigen::Vector3d>>
      measured;  ///< from and to, m, as Measure has them
};

/// How a workspace looks before somebody changes it. `scored`: the side whose errors are shown.
SharedView usualView(const QString& workspace, std::optional<Side> scored);
/// What is shown now.
SharedView sharedView(const Studio& studio, const ViewportArea& viewports);
/// Makes the window draw so. What needs sources that are not there changes nothing. Returns what was wrong
/// with the sweep: then the keyframe is shown.
std::optional<Problem> showSharedView(const SharedView& shared, Studio& studio, ViewportArea& viewports);

/// Where `shared` differs from what is usual.
QStringList viewWords(const SharedView& shared, const SharedView& usual);
/// Puts the words into `shared`; returns those that are not known here, as they are.
QStringList readViewWords(const QStringList& words, SharedView& shared);

}  // namespace hbev::ui
