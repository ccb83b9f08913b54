#include "ui/viewport/ray_actions.h"

#include <array>

#include <QtCore/QCoreApplication>
#include <QtWidgets/QMenu>

#include "ui/kit/actions.h"
#include "ui/state/error_view.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr std::array<RayOutcome, 6> kShownOutcomes{RayOutcome::Right,  RayOutcome::WrongClass,
                                                   RayOutcome::Near,   RayOutcome::Far,
                                                   RayOutcome::Missed, RayOutcome::Phantom};

QString nameOf(RayOutcome outcome) {
  const std::string_view name = rayOutcomeName(outcome);
  return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

QString idOf(RayOutcome outcome) {
  return QStringLiteral("errors.only_") + nameOf(outcome).replace(QLatin1Char(' '), QLatin1Char('_'));
}

QString rangeId(std::size_t band) {
  return QStringLiteral("errors.range_%1").arg(int(kRangeEdges_m[band]));
}

/// One of a few: checked while it is the one.
template <class Choice, class Get, class Set>
void addChoice(ActionRegistry& actions, ErrorView& errors, const ActionSpec& spec, Choice choice, Get get,
               Set set) {
  QAction* action = actions.add(spec, [&errors, choice, set](bool) { (errors.*set)(choice); });
  const auto show = [action, &errors, choice, get] { action->setChecked((errors.*get)() == choice); };
  QObject::connect(&errors, &ErrorView::changed, action, show);
  QObject::connect(action, &QAction::triggered, action, show);  // choosing it again does not uncheck it
  show();
}

void registerOrigins(ActionRegistry& actions, ErrorView& errors, const QString& group) {
  actions.add({"ray.origin_next", actionText("Next lidar origin"), "ray",
               actionText("Rays from the next place of the lidar; past the last one from all."), group},
              [&errors](bool) { errors.stepOrigin(1); });
  actions.add({"ray.origin_previous", actionText("Previous lidar origin"), "ray",
               actionText("Rays from the place of the lidar before this one."), group},
              [&errors](bool) { errors.stepOrigin(-1); });
  QAction* all =
      actions.add({"ray.origin_all", actionText("All lidar origins"), "ray",
                   actionText("All rays that the metric casts, or those of the first origin."), group, true},
                  [&errors](bool on) { errors.setOrigin(on ? -1 : 0); });
  QObject::connect(&errors, &ErrorView::changed, all,
                   [all, &errors] { all->setChecked(errors.origin() < 0); });
  actions.add({"ray.threshold", actionText("Next threshold"), "measure",
               actionText("A ray is right when it is off by less than 1, 2 or 4 m."), group},
              [&errors](bool) { errors.nextThreshold(); });
}

void registerFilters(ActionRegistry& actions, ErrorView& errors) {
  const QString group = actionText("Errors");
  for (const RayOutcome outcome : kShownOutcomes) {
    actions.add({idOf(outcome), actionText("Only: %1").arg(nameOf(outcome)), "filter",
                 actionText("Rays and voxels of this outcome only, or all again."), group},
                [&errors, outcome](bool) { errors.soloOutcome(outcome); });
  }
  for (std::size_t band = 0; band < kRangeBands; ++band) {
    QAction* action = actions.add(
        {rangeId(band),
         actionText("Only from %1 to %2 m").arg(int(kRangeEdges_m[band])).arg(int(kRangeEdges_m[band + 1])),
         "filter", actionText("Errors at this horizontal distance from the car only, or all again."), group,
         true},
        [&errors, band](bool on) { errors.setRangeBand(on ? std::optional(int(band)) : std::nullopt); });
    QObject::connect(&errors, &ErrorView::changed, action, [action, &errors, band] {
      action->setChecked(errors.filter().range_band == int(band));
    });
  }
}

}  // namespace

void registerRayActions(ActionRegistry& actions, Studio& studio) {
  ErrorView& errors = studio.errors();
  const QString layers = actionText("Layers"), rays = actionText("Rays");
  QAction* shown = actions.add({"layer.rays", actionText("Rays"), "ray",
                                actionText("The metric's rays, coloured by what they met."), layers, true},
                               [&errors](bool on) { errors.setShowsRays(on); });
  QObject::connect(&errors, &ErrorView::changed, shown,
                   [shown, &errors] { shown->setChecked(errors.showsRays()); });
  registerOrigins(actions, errors, rays);
  const auto style = [&](const char* id, const char* name, const char* help, RayStyle choice) {
    addChoice(actions, errors, {id, actionText(name), "ray", actionText(help), rays, true}, choice,
              &ErrorView::style, &ErrorView::setStyle);
  };
  style("ray.lines", QT_TRANSLATE_NOOP("Actions", "Rays as lines"),
        QT_TRANSLATE_NOOP("Actions",
                          "From the lidar to the first hit, and strongly between prediction and truth."),
        RayStyle::Lines);
  style("ray.end_points", QT_TRANSLATE_NOOP("Actions", "Rays as end points"),
        QT_TRANSLATE_NOOP("Actions", "A dot where each ray of the prediction ends."), RayStyle::EndPoints);
  style("ray.error_bars", QT_TRANSLATE_NOOP("Actions", "Rays as error bars"),
        QT_TRANSLATE_NOOP("Actions", "Only the stretch between prediction and truth."), RayStyle::ErrorBars);
  registerFilters(actions, errors);
  const auto flow = [&](const char* id, const char* name, const char* help, FlowView choice) {
    addChoice(actions, errors, {id, actionText(name), "flow", actionText(help), layers, true}, choice,
              &ErrorView::flowView, &ErrorView::setFlowView);
  };
  flow("flow.own", QT_TRANSLATE_NOOP("Actions", "Flow of the source"),
       QT_TRANSLATE_NOOP("Actions", "Arrows show the velocities of what the viewport shows."), FlowView::Own);
  flow("flow.truth", QT_TRANSLATE_NOOP("Actions", "Flow of the truth"),
       QT_TRANSLATE_NOOP("Actions", "Arrows show the true velocities."), FlowView::Truth);
  flow("flow.difference", QT_TRANSLATE_NOOP("Actions", "Flow error"),
       QT_TRANSLATE_NOOP("Actions",
                         "Arrows show the predicted less the true velocity, where the class is right."),
       FlowView::Difference);
}

QMenu* makeRayMenu(ActionRegistry& actions, QWidget* parent) {
  auto* menu = new QMenu(actionText("Rays"), parent);
  for (const char* id : {"layer.rays", "", "ray.lines", "ray.end_points", "ray.error_bars", "",
                         "ray.origin_next", "ray.origin_previous", "ray.origin_all", "ray.threshold", ""}) {
    if (*id) {
      menu->addAction(actions[QString::fromLatin1(id)]);
    } else {
      menu->addSeparator();
    }
  }
  for (const RayOutcome outcome : kShownOutcomes)
    menu->addAction(actions[idOf(outcome)]);
  QMenu* ranges = menu->addMenu(actionText("Range"));
  for (std::size_t band = 0; band < kRangeBands; ++band)
    ranges->addAction(actions[rangeId(band)]);
  menu->addAction(actions["errors.clear"]);
  return menu;
}

QMenu* makeFlowMenu(ActionRegistry& actions, QWidget* parent) {
  auto* menu = new QMenu(actionText("Flow arrows show"), parent);
  for (const char* id : {"flow.own", "flow.truth", "flow.difference"})
    menu->addAction(actions[QString::fromLatin1(id)]);
  return menu;
}

}  // namespace hbev::ui
