// The metric's rays as lines, marks and points for a viewport, and as the pixels of the panorama.
#pragma once

#include <array>

#include <QtGui/QColor>
#include <QtGui/QImage>

#include "render/frame_scene.h"
#include "ui/kit/tokens.h"
#include "ui/state/error_view.h"

namespace hbev::ui {

/// The outcome's role in the theme: what voxels, rays, legends and the panorama share.
Role roleOf(RayOutcome outcome);
/// Of the current theme.
Rgb outcomeColor(RayOutcome outcome);

/// Where a ray's end is drawn: where it enters the voxel that it met (m, ego), so that it lies on what is
/// seen.
Eigen::Vector3f seenEnd(const RayOutcomes& rays, std::size_t ray, bool predicted);

/// What `errors` shows of its rays in its style. Right rays are quiet: a dot where they end.
RayBundle drawnRays(const ErrorView& errors);
/// The one ray that is looked at: white, over everything, with the stretch between its ends in its outcome's
/// colour.
std::vector<RaySegment> lookedAtRay(const ErrorView& errors);

/// What the panorama's pixels say.
enum class PanoramaMode { Outcome, Distance, Error };
/// Errors run through their colours up to this, m.
inline constexpr double kPanoramaError_m = 4.0;
inline constexpr double kPanoramaDistance_m = 57.0;

/// 360 x 39 pixels of one origin: left and right edge look back, the middle ahead, the highest ring on top.
/// Rays that the filter hides recede. Empty without rays.
QImage panoramaImage(const ErrorView& errors, std::size_t origin, PanoramaMode mode);
/// Colour of an error of -kPanoramaError_m (too near) to kPanoramaError_m (too far).
QColor errorColor(double error_m);

/// Columns and rows of the image, and back.
inline constexpr int kPanoramaColumns = 360, kPanoramaRows = 39;
int panoramaColumnOf(const RayOutcomes& rays, std::size_t ray);
int panoramaRowOf(const RayOutcomes& rays, std::size_t ray);
std::size_t panoramaRay(const RayOutcomes& rays, std::size_t origin, int column, int row);

}  // namespace hbev::ui
