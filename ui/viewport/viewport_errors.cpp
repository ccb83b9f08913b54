// What a viewport says of errors: legends of outcomes with their counts, what restricts them, the ray that is
// looked at.
#include <array>
#include <cmath>
#include <numeric>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/themed_rgb.h"
#include "ui/viewport/ray_drawing.h"
#include "ui/viewport/viewport.h"

namespace hbev::ui {
namespace {

constexpr double kNearest_m = 0.2;

/// The overlay's font has no thin space in every size.
std::string grouped(std::size_t count) {
  return groupedNumber(qint64(count)).replace(QChar(0x2009), QLatin1Char(' ')).toStdString();
}

std::string rowId(RayOutcome outcome) {
  return "outcome:" + std::to_string(int(outcome));
}

std::vector<HudText> hitLine(const ClassSet& classes, const std::string& who, std::uint8_t label,
                             float distance_m) {
  using Font = HudText::Font;
  if (label == classes.free()) return {{Font::Text, who + " hits nothing"}};
  return {{Font::Text, who + " hits "},
          {Font::Bold, std::string(classes[label].shortName())},
          {Font::Text, " at "},
          {Font::Mono, decimal(double(distance_m), 1).toStdString() + " m"}};
}

}  // namespace

bool Viewport::showsRayLegend() const {
  const ErrorView& errors = studio_.errors();
  return errors.showsRays() && errors.rays() && errors.side() == shownSide();
}

void Viewport::addRayLegend(HudContent& content) const {
  const ErrorView& errors = studio_.errors();
  constexpr std::array<RayOutcome, 6> kRows{RayOutcome::Right, RayOutcome::WrongClass, RayOutcome::Missed,
                                            RayOutcome::Far,   RayOutcome::Near,       RayOutcome::Phantom};
  std::size_t all = 0;
  content.legend_title = "Ray outcome";
  for (const RayOutcome outcome : kRows) {
    const std::size_t count = errors.counts()[std::size_t(outcome)];
    content.legend.push_back({rowId(outcome), std::string(rayOutcomeName(outcome)), outcomeColor(outcome),
                              count, !errors.filter().hidden.contains(outcome)});
    all += count;
  }
  content.legend_detail = grouped(all);
  content.legend_shares = true;
}

void Viewport::addOutcomeLegend(HudContent& content) const {
  struct Row {
    const char* name;
    RayOutcome same;  ///< whose filter the voxels share
  };
  constexpr std::array<Row, 5> kRows{{{"right", RayOutcome::Right},
                                      {"wrong class", RayOutcome::WrongClass},
                                      {"phantom", RayOutcome::Phantom},
                                      {"missed", RayOutcome::Missed},
                                      {"outside mask", RayOutcome::Ignored}}};
  content.legend_title = "Outcome";
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    content.legend.push_back({rowId(kRows[i].same), kRows[i].name, outcomeColor(kRows[i].same),
                              outcome_counts_[i], !studio_.errors().filter().hidden.contains(kRows[i].same)});
  }
  content.legend_shares = true;
}

void Viewport::addComparisonLegend(HudContent& content) const {
  struct Row {
    const char* name;
    Role role;
  };
  constexpr std::array<Row, kComparisons> kRows{{{"both right", Role::Right},
                                                 {"only A right", Role::SourceA},
                                                 {"only B right", Role::SourceB},
                                                 {"both wrong", Role::Phantom},
                                                 {"outside mask", Role::OutsideMask}}};
  content.legend_title = "A against B";
  for (std::size_t i = 0; i < kRows.size(); ++i)
    content.legend.push_back({{}, kRows[i].name, themedRgb(kRows[i].role), outcome_counts_[i], true});
  content.legend_shares = true;
}

/// Where rays come from, from when on they are right, and which errors are meant.
void Viewport::addErrorLimits(HudContent& content) const {
  const ErrorView& errors = studio_.errors();
  if (showsRayLegend()) {
    const int count = errors.originCount();
    content.limits.push_back(errors.origin() < 0 ? "All " + std::to_string(count) + " lidar origins"
                                                 : "Lidar origin " + std::to_string(errors.origin() + 1) +
                                                       " / " + std::to_string(count));
    content.limits.push_back("Threshold " + decimal(kRayThresholds_m[errors.threshold()], 0).toStdString() +
                             " m");
  }
  if (errors.flowView() != FlowView::Own && studio_.view().layer(Layer::Flow).shown)
    content.limits.emplace_back(errors.flowView() == FlowView::Truth ? "arrows: true velocities"
                                                                     : "arrows: velocity errors");
  const bool means_errors = showsRayLegend() || meaning_ == Meaning::Outcomes;
  if (!means_errors || !shown_) return;
  const ErrorFilter& filter = errors.filter();
  const ClassSet& classes = *shown_->classes;
  const auto nameOf = [&](int label) {
    return label >= 0 && label < classes.size() ? std::string(classes[label].shortName()) : std::string("?");
  };
  if (filter.pair)
    content.limits.push_back(nameOf(filter.pair->truth) + " → " + nameOf(filter.pair->predicted));
  if (filter.classes.size() > 2) {
    content.limits.push_back(std::to_string(filter.classes.size()) + " classes");
  } else {
    for (const int label : filter.classes)
      content.limits.push_back("only " + nameOf(label));
  }
  if (filter.range_band) {
    const auto band = std::size_t(*filter.range_band);
    content.limits.push_back("errors " + decimal(kRangeEdges_m[band], 0).toStdString() + " to " +
                             decimal(kRangeEdges_m[band + 1], 0).toStdString() + " m away");
  }
}

std::optional<Eigen::Vector2f> Viewport::pixelOf(const Eigen::Vector3d& point) const {
  const auto pixel = cameraInVoxels().project(point, width(), height());
  if (!pixel) return std::nullopt;
  return Eigen::Vector2f(float(pixel->x()), float(pixel->y()));
}

/// What of a segment lies before the camera, in pixels.
std::optional<HudStroke> Viewport::strokeOf(const RaySegment& segment) const {
  const Eigen::Matrix4d view = cameraInVoxels().view();
  const auto depthOf = [&](const Eigen::Vector3d& point) {
    return -(view.row(2).head<3>().dot(point) + view(2, 3));
  };
  Eigen::Vector3d a = segment.from.cast<double>(), b = segment.to.cast<double>();
  const double a_depth = depthOf(a), b_depth = depthOf(b);
  if (a_depth < kNearest_m && b_depth < kNearest_m) return std::nullopt;
  const Eigen::Vector3d cut = a + (b - a) * ((kNearest_m - a_depth) / (b_depth - a_depth));
  if (a_depth < kNearest_m) a = cut;
  if (b_depth < kNearest_m) b = cut;
  const auto from = pixelOf(a), to = pixelOf(b);
  if (!from || !to) return std::nullopt;
  return HudStroke{*from, *to, segment.color, segment.width_px};
}

void Viewport::addRay(HudContent& content) const {
  const ErrorView& errors = studio_.errors();
  const auto ray = errors.lookedAt();
  if (!ray || !errors.rays() || !shown_) return;
  for (const RaySegment& segment : lookedAtRay(errors)) {
    if (const auto stroke = strokeOf(segment)) content.strokes.push_back(*stroke);
  }
  // A voxel that is pointed at has the ring, and the words unless a ray is pointed at, too.
  if (errors.side() != shownSide() || (content.ring && !errors.hovered())) return;
  const RayOutcomes& rays = *errors.rays();
  const RayPair& pair = rays.rays[*ray];
  const bool predicted = pair.predicted != rays.classes->free();
  if (!content.ring) content.ring = pixelOf(Eigen::Vector3d(seenEnd(rays, *ray, predicted).cast<double>()));
  if (!content.ring) return;
  const RayWords words = errors.wordsOf(*ray);
  content.tooltip = {words.outcome};
  content.tooltip_detail = words.angles;
  content.tooltip_color = outcomeColor(rays.outcome(*ray, errors.threshold()));
  content.tooltip_lines = {hitLine(*rays.classes, errors.sideName(), pair.predicted, pair.predicted_m),
                           hitLine(*rays.classes, "Truth", pair.truth, pair.true_m)};
}

}  // namespace hbev::ui
