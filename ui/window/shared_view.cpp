#include "ui/window/shared_view.h"

#include <algorithm>

#include "ui/state/measure.h"
#include "ui/state/text.h"
#include "ui/viewport/swipe_view.h"
#include "ui/viewport/viewport_area.h"

namespace hbev::ui {
namespace {

QString classIdOf(const ClassSet& classes, int label) {
  return toQString(classes[label].id);
}

/// Which errors are meant, in the classes of the side whose errors they are.
void showErrorFilter(const SharedView& shared, Studio& studio, const ClassSet& classes) {
  const auto labelOf = [&](const QString& id) { return classes.findLabel(id.toStdString()); };
  ErrorView& errors = studio.errors();
  errors.clear();
  std::set<int> labels;
  for (const QString& id : shared.errors_of) {
    if (const auto label = labelOf(id)) labels.insert(*label);
  }
  if (!labels.empty()) errors.setClassFilter(labels);
  if (shared.mistaken.size() == 2) {
    const auto truth = labelOf(shared.mistaken[0]), predicted = labelOf(shared.mistaken[1]);
    if (truth && predicted) errors.setPair(ClassPair{*truth, *predicted});
  }
  if (shared.error_range) errors.setRangeBand(shared.error_range);
  for (const RayOutcome outcome : shared.hidden_outcomes)
    errors.toggleOutcome(outcome);
}

void showErrors(const SharedView& shared, Studio& studio) {
  ErrorView& errors = studio.errors();
  errors.setShowsRays(shared.rays);
  errors.setStyle(shared.ray_style);
  errors.setThreshold(shared.threshold);
  errors.setFlowView(shared.arrows);
  errors.chooseOrigin(shared.origin);
  const auto side = errors.side();
  if (side) showErrorFilter(shared, studio, studio.source(*side)->classes());
}

void showViewports(const SharedView& shared, Studio& studio, ViewportArea& viewports) {
  if (studio.sources().size() < 2) return;
  viewports.setSwiping(false);
  viewports.setAlone(false);
  if (shared.alone) {
    viewports.setActive(*shared.alone);
    viewports.toggleMaximised();
  } else if (shared.swipe) {
    viewports.setSwiping(true);
    viewports.swipe().setShare(*shared.swipe);
  }
}

/// The moments that belong to the keyframe that is shown, counted from it: the first and the last.
std::pair<int, int> sweepsAround(const Studio& studio) {
  const auto& moments = studio.sweeps().moments();
  const auto keyframe = studio.current().index;
  const int middle = studio.sweeps().momentOfKeyframe(keyframe);
  std::pair around(0, 0);
  for (int i = 0; i < int(moments.size()); ++i) {
    if (moments[std::size_t(i)].keyframe != keyframe) continue;
    around.first = std::min(around.first, i - middle);
    around.second = std::max(around.second, i - middle);
  }
  return around;
}

std::optional<Problem> showSweep(int sweep, Studio& studio) {
  const auto [first, last] = sweepsAround(studio);
  const bool is_there = sweep >= first && sweep <= last;
  studio.showMoment(studio.sweeps().momentOfKeyframe(studio.current().index) + (is_there ? sweep : 0));
  if (is_there) return std::nullopt;
  if (first == 0 && last == 0)
    return Problem{"There are no pictures around this keyframe", {}, {}, {}, "The keyframe is shown."};
  return Problem{"There is no such picture around this keyframe",
                 {},
                 "a sweep from " + std::to_string(first) + " to " + std::to_string(last),
                 std::to_string(sweep),
                 "The keyframe is shown."};
}

void showMeasured(const SharedView& shared, Measure& measure) {
  measure.setOn(false);
  if (!shared.measured) return;
  measure.setOn(true);
  measure.setPoint(shared.measured->first);
  measure.setPoint(shared.measured->second);
}

}  // namespace

SharedView usualView(const QString& workspace, std::optional<Side> scored) {
  SharedView usual;
  if (workspace != QLatin1String("errors")) return usual;
  usual.rays = true;
  usual.alone = scored;
  usual.view.layer(Layer::Flow).shown = false;
  usual.view.coloring[std::size_t(scored.value_or(Side::A))] = Coloring::Outcome;
  return usual;
}

SharedView sharedView(const Studio& studio, const ViewportArea& viewports) {
  SharedView shared;
  shared.view = studio.view();
  if (!studio.view().linked) shared.camera_b = viewports.viewport(Side::B).destination();
  if (viewports.isSwiping()) {
    shared.swipe = viewports.swipe().share();
  } else if (viewports.isAlone()) {
    shared.alone = viewports.active();
  }
  const ErrorView& errors = studio.errors();
  shared.rays = errors.showsRays();
  shared.ray_style = errors.style();
  shared.threshold = errors.threshold();
  shared.origin = errors.chosenOrigin();
  shared.arrows = errors.flowView();
  const ErrorFilter& filter = errors.filter();
  shared.error_range = filter.range_band;
  shared.hidden_outcomes = filter.hidden;
  if (const auto side = errors.side()) {
    const ClassSet& classes = studio.source(*side)->classes();
    for (const int label : filter.classes)
      shared.errors_of << classIdOf(classes, label);
    if (filter.pair)
      shared.mistaken = {classIdOf(classes, filter.pair->truth), classIdOf(classes, filter.pair->predicted)};
  }
  shared.sweep = studio.sweeps().current() - studio.sweeps().momentOfKeyframe(studio.current().index);
  shared.voxel = studio.selection();
  const Measure& measure = studio.measure();
  if (measure.difference() && !measure.isLive()) shared.measured = {*measure.from(), *measure.to()};
  return shared;
}

std::optional<Problem> showSharedView(const SharedView& shared, Studio& studio, ViewportArea& viewports) {
  showViewports(shared, studio, viewports);
  studio.changeView([&](ViewSettings& view) {
    const auto before = view.layers;
    view = shared.view;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!view.layers[i].shown) view.layers[i].opacity = before[i].opacity;  // no link tells it
    }
    view.linked = !shared.camera_b;
  });
  if (shared.camera_b) viewports.viewport(Side::B).setCamera(*shared.camera_b, false);
  showErrors(shared, studio);
  studio.select(shared.voxel);
  showMeasured(shared, studio.measure());
  return showSweep(shared.sweep, studio);
}

}  // namespace hbev::ui
