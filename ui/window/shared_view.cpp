#include "ui/window/shared_view.h"

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
  return shared;
}

void showSharedView(const SharedView& shared, Studio& studio, ViewportArea& viewports) {
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
}

}  // namespace hbev::ui
