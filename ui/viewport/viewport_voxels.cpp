// The voxels of a viewport: which are shown, what their colours say, and the arrows of their velocities.
#include <array>
#include <utility>

#include "render/certainty.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/text.h"
#include "ui/state/themed_rgb.h"
#include "ui/viewport/color_legend.h"
#include "ui/viewport/ray_drawing.h"
#include "ui/viewport/viewport.h"

namespace hbev::ui {
namespace {

constexpr std::uint8_t kNothing = 255;  ///< in a paint: there is no voxel

OutcomeFilter outcomeFilter(const ErrorFilter& errors) {
  OutcomeFilter filter;
  if (!errors.classes.empty()) {
    filter.classes = 0;
    for (const int label : errors.classes)
      filter.classes |= 1U << unsigned(label);
  }
  if (errors.pair) filter.pair = {errors.pair->truth, errors.pair->predicted};
  if (errors.range_band) {
    filter.range_from_m = kRangeEdges_m[std::size_t(*errors.range_band)];
    filter.range_to_m = kRangeEdges_m[std::size_t(*errors.range_band) + 1];
  }
  return filter;
}

bool hidesOutcome(const ErrorFilter& errors, std::uint8_t index) {
  constexpr std::array<RayOutcome, 5> kSame{RayOutcome::Right, RayOutcome::WrongClass, RayOutcome::Phantom,
                                            RayOutcome::Missed, RayOutcome::Ignored};
  return index < kSame.size() && errors.hidden.contains(kSame[index]);
}

}  // namespace

std::shared_ptr<const Occupancy> Viewport::truthOf(Side side) const {
  const auto& own = studio_.content(side).occupancy;
  const OccupancySource *source = studio_.source(side), *opposite = studio_.source(other(side));
  if (!source || !opposite || (source->isTruth() && opposite->isTruth())) return nullptr;
  if (source->isTruth() || opposite->isTruth()) return studio_.counterpart(side);
  // Of two predictions neither is the other's truth; where theirs is on its way, nothing is known yet.
  const auto& truth = studio_.errors().truth();
  const bool fits = own && truth && own->classes == truth->classes && own->grid == truth->grid;
  return fits ? truth : nullptr;
}

/// Colours that mean something in themselves. What cannot be shown as wished for is shown by class.
VoxelPaint Viewport::makePaint(const Occupancy& occupancy, Coloring coloring) {
  const ViewSettings& view = studio_.view();
  if (needsProbabilities(coloring)) {
    if (const auto probabilities = studio_.probabilities(shownSide())) {
      const auto label = occupancy.classes->findLabel(view.probability_class.toStdString());
      CertaintyPaint certainty = paintCertainty(occupancy, *probabilities, coloring, label);
      ramp_ = certaintyRamp(coloring, certainty,
                            label ? toQString((*occupancy.classes)[*label].shortName()) : QString());
      return std::move(certainty.paint);
    }
    ramp_ = absentRamp(coloring);
    coloring = Coloring::Class;
  }
  if (coloring == Coloring::Height) ramp_ = heightRamp(occupancy.grid);
  if (coloring == Coloring::Outcome || coloring == Coloring::Compare) coloring = Coloring::Class;
  return paintVoxels(occupancy, coloring, view.palette, {});
}

/// Right, wrong, phantom and missed; hidden outcomes are not there, what the filters do not mean recedes.
VoxelPaint Viewport::showOutcomes(const Occupancy& prediction, const Occupancy& truth) {
  const OutcomeColors colors{themedRgb(Role::Right),       themedRgb(Role::WrongClass),
                             themedRgb(Role::Phantom),     themedRgb(Role::Missed),
                             themedRgb(Role::OutsideMask), themedRgb(Role::OutsideMask)};
  const ErrorFilter& errors = studio_.errors().filter();
  VoxelPaint paint = paintVoxels(prediction, Coloring::Outcome, studio_.view().palette, colors, &truth,
                                 outcomeFilter(errors));
  Occupancy merged = withMissed(prediction, truth);
  for (std::size_t i = 0; i < paint.index.size(); ++i) {
    if (merged.isFree(i)) {
      paint.index[i] = kNothing;
    } else if (hidesOutcome(errors, paint.index[i])) {
      merged.semantics[i] = merged.classes->free();
    }
  }
  shown_ = std::make_shared<const Occupancy>(std::move(merged));
  meaning_ = Meaning::Outcomes;
  return paint;
}

VoxelPaint Viewport::showComparison(const Occupancy& own, const Occupancy& opposite, const Occupancy& truth) {
  const bool own_is_a = shownSide() == Side::A;
  const ComparisonColors colors{themedRgb(Role::Right), themedRgb(Role::SourceA), themedRgb(Role::SourceB),
                                themedRgb(Role::Phantom), themedRgb(Role::OutsideMask)};
  shown_ = std::make_shared<const Occupancy>(withAny(own, opposite, truth));
  meaning_ = Meaning::Comparison;
  return paintComparison(own_is_a ? own : opposite, own_is_a ? opposite : own, truth, colors);
}

/// Decides what is shown of `occupancy`, and its colours.
VoxelPaint Viewport::showVoxels(const std::shared_ptr<const Occupancy>& occupancy) {
  const Coloring coloring = studio_.view().coloring[std::size_t(shownSide())];
  ramp_.reset();
  meaning_ = Meaning::Colors;
  if (coloring == Coloring::Outcome) {
    const auto opposite = truthOf(shownSide());
    // The truth's own side shows the outcome of what is beside it.
    const OccupancySource* source = studio_.source(shownSide());
    const OccupancySource* beside = studio_.source(other(shownSide()));
    const bool swapped = source && source->isTruth() && beside && !beside->isTruth();
    if (opposite) return swapped ? showOutcomes(*opposite, *occupancy) : showOutcomes(*occupancy, *opposite);
    if (!studio_.errors().side()) ramp_ = absentRamp(coloring);
  }
  if (coloring == Coloring::Compare && studio_.errors().canCompare()) {
    const auto truth = truthOf(shownSide()), opposite = studio_.counterpart(shownSide());
    if (truth && opposite) return showComparison(*occupancy, *opposite, *truth);
  }
  shown_ = occupancy;
  return makePaint(*occupancy, coloring);
}

void Viewport::uploadVoxels() {
  const auto& occupancy = studio_.content(shownSide()).occupancy;
  if (!occupancy) {
    shown_.reset();
    ramp_.reset();
    counts_.clear();
    meaning_ = Meaning::Colors;
    scene_->setOccupancy(nullptr);
    scene_->setFlow({}, {});
    return;
  }
  if (dirty_.voxels || dirty_.paint) {
    VoxelPaint paint = showVoxels(occupancy);
    scene_->setOccupancy(shown_);
    paint_index_ = meaning_ == Meaning::Colors ? std::vector<std::uint8_t>() : paint.index;
    scene_->setPaint(std::move(paint));
  }
  filter_ = studio_.view().filter(*occupancy->classes);
  scene_->setFilter(filter_);
  countClasses(*occupancy);
  countOutcomes();
  uploadFlow(*occupancy);
}

/// Of what is looked at; hidden classes keep their number, too.
void Viewport::countClasses(const Occupancy& occupancy) {
  if (studio_.view().region.isWhole() && !filter_.camera_mask_only) {
    counts_ = occupancy.classCounts();
    return;
  }
  VoxelFilter place = filter_;
  place.visible_classes = ~0U;
  counts_.assign(std::size_t(occupancy.classes->size()), 0);
  const auto layers = std::size_t(occupancy.grid.dims.z());
  for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
    if (isShown(occupancy, place, i, int(i % layers))) ++counts_[occupancy.semantics[i]];
  }
}

/// Of what the filter lets be seen; what recedes is not counted. Hidden outcomes keep their number, so that
/// the legend says what would come back.
void Viewport::countOutcomes() {
  outcome_counts_ = {};
  if (meaning_ == Meaning::Colors) return;
  const auto layers = std::size_t(shown_->grid.dims.z());
  for (std::size_t i = 0; i < paint_index_.size(); ++i) {
    const std::uint8_t index = paint_index_[i];
    if (index >= outcome_counts_.size()) continue;
    const bool hidden = meaning_ == Meaning::Outcomes && hidesOutcome(studio_.errors().filter(), index);
    const bool counts = hidden ? filter_.admits(shown_->grid, shown_->grid.voxel(i))
                               : isShown(*shown_, filter_, i, int(i % layers));
    if (counts) ++outcome_counts_[index];
  }
}

/// The shown side's velocities, the truth's, or the difference of both.
void Viewport::uploadFlow(const Occupancy& occupancy) {
  constexpr Rgb kArrowColor{255, 255, 255};  // in both themes: arrows lie on objects
  const FlowView flow = studio_.errors().flowView();
  const auto truth = flow == FlowView::Own ? nullptr : truthOf(shownSide());
  if (!truth) return scene_->setFlow(flowArrows(occupancy, filter_), kArrowColor);
  if (flow == FlowView::Truth) return scene_->setFlow(flowArrows(*truth, filter_), themedRgb(Role::SourceB));
  scene_->setFlow(flowArrows(flowErrors(occupancy, *truth), filter_), themedRgb(Role::WrongClass));
}

}  // namespace hbev::ui
