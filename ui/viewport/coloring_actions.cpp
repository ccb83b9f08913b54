#include "ui/viewport/coloring_actions.h"

#include <utility>

#include <QtCore/QCoreApplication>
#include <QtWidgets/QMenu>

#include "render/certainty.h"
#include "ui/kit/actions.h"
#include "ui/state/error_view.h"
#include "ui/state/text.h"
#include "ui/viewport/color_legend.h"
#include "ui/viewport/viewport_area.h"

namespace hbev::ui {
namespace {

QString nameOf(Coloring coloring) {
  const std::string_view name = coloringName(coloring);
  return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

QString idOf(Coloring coloring) {
  return QStringLiteral("colour.") + nameOf(coloring).toLower();
}

QString helpOf(Coloring coloring) {
  switch (coloring) {
    case Coloring::Class:
      return actionText("Every class in its colour of the palette.");
    case Coloring::Outcome:
      return actionText("Right, wrong class, phantom and missed against the other side's truth.");
    case Coloring::Height:
      return actionText("Height above the ground.");
    case Coloring::Flow:
      return actionText("Direction and speed.");
    case Coloring::Probability:
      return actionText(
          "How probable the network finds the voxel's class, or the one chosen in the inspector.");
    case Coloring::Entropy:
      return actionText("How undecided the network is among all classes.");
    case Coloring::Margin:
      return actionText("How far the likeliest class is ahead of the second.");
    case Coloring::Compare:
      return actionText("Where A is right and B is wrong, and the other way round, against the truth.");
  }
  return {};
}

/// The active side, or the other one where only that can be coloured so.
Side sideFor(const Studio& studio, Side active, Coloring coloring) {
  return canColor(studio, active, coloring) || !canColor(studio, other(active), coloring) ? active
                                                                                          : other(active);
}

void step(Studio& studio, Side side, int delta) {
  studio.changeView([&](ViewSettings& view) {
    constexpr int kCount = int(kColorings.size());
    Coloring& coloring = view.coloring[std::size_t(side)];
    do {
      coloring = Coloring((int(coloring) + delta + kCount) % kCount);
    } while (!canColor(studio, side, coloring));
  });
}

}  // namespace

bool canColor(const Studio& studio, Side side, Coloring coloring) {
  if (coloring == Coloring::Compare) return studio.errors().canCompare();
  if (coloring == Coloring::Outcome) return studio.errors().side().has_value();
  return !needsProbabilities(coloring) || studio.probabilities(side) != nullptr;
}

void registerColoringActions(ActionRegistry& actions, Studio& studio, std::function<ViewportArea&()> area) {
  const QString look = actionText("Look");
  for (const Coloring coloring : kColorings) {
    QAction* action = actions.add(
        {idOf(coloring), actionText("Colour by: %1").arg(nameOf(coloring).toLower()),
         QStringLiteral("palette"), helpOf(coloring), look, true},
        [&studio, area, coloring](bool) {
          const Side side = sideFor(studio, area().active(), coloring);
          studio.changeView([&](ViewSettings& view) { view.coloring[std::size_t(side)] = coloring; });
        });
    const auto show = [action, &studio, coloring] {
      const auto& shown = studio.view().coloring;
      action->setChecked(shown[0] == coloring || shown[1] == coloring);
    };
    QObject::connect(&studio, &Studio::viewChanged, action, show);
    QObject::connect(action, &QAction::triggered, action, show);  // choosing it again does not uncheck it
    show();
  }
  const auto next = [&](const char* id, const char* name, int delta) {
    actions.add({QString::fromLatin1(id), actionText(name), QStringLiteral("palette"),
                 actionText("Class, outcome, height, flow; what needs probabilities or two predictions where "
                            "there are some."),
                 look},
                [&studio, area, delta](bool) { step(studio, area().active(), delta); });
  };
  next("colour.next", QT_TRANSLATE_NOOP("Actions", "Next colouring"), 1);
  next("colour.previous", QT_TRANSLATE_NOOP("Actions", "Previous colouring"), -1);
  const auto enable = [&actions, &studio] { enableColoringActions(actions, studio); };
  QObject::connect(&studio, &Studio::sideChanged, &actions, enable);
  QObject::connect(&studio, &Studio::predictedChanged, &actions, enable);
  QObject::connect(&studio, &Studio::sourcesChanged, &actions, enable);
}

void enableColoringActions(ActionRegistry& actions, const Studio& studio) {
  for (const Coloring coloring : kColorings) {
    const bool can = canColor(studio, Side::A, coloring) || canColor(studio, Side::B, coloring);
    QAction* action = actions[idOf(coloring)];
    action->setEnabled(studio.dataset() && can);
    action->setToolTip(ActionRegistry::tooltip(action->text(), action->shortcut(),
                                               can ? helpOf(coloring) : absenceReason(coloring)));
  }
}

QMenu* makeColoringMenu(ActionRegistry& actions, QWidget* parent) {
  auto* menu = new QMenu(actionText("Colour by"), parent);
  menu->setToolTipsVisible(true);
  for (const Coloring coloring : kColorings)
    menu->addAction(actions[idOf(coloring)]);
  return menu;
}

}  // namespace hbev::ui
