#include "ui/inspector/stage_actions.h"

#include "render/viridis.h"
#include "ui/inspector/bev_picture.h"
#include "ui/kit/actions.h"
#include "ui/kit/painting.h"
#include "ui/state/stage_view.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kRampColors = 33;

}  // namespace

void registerStageActions(ActionRegistry& actions, Studio& studio) {
  StageView& stages = studio.stages();
  const QString group = actionText("Network");
  QAction* ground = actions.add(
      {"stage.ground", actionText("Features on the ground"), "layers",
       actionText("How strong the network's features are, as a map below the voxels."), group, true},
      [&stages](bool on) { stages.setShowsGround(on); });
  actions.add({"stage.map_next", actionText("Next map of features"), "layers",
               actionText("The next stage of the network, in the inspector and on the ground."), group},
              [&stages](bool) { stages.nextMap(); });
  QAction* looks = actions.add(
      {"stage.looks", actionText("Where the voxel looked"), "eye",
       actionText("Lines from the cameras to what the picked voxel's query sampled."), group, true},
      [&stages](bool on) { stages.setShowsLooks(on); });
  actions.add({"stage.probe_clear", actionText("Let go of the pixel"), "close",
               actionText("Takes the depth along a pixel's ray out of the viewports."), group},
              [&stages](bool) { stages.clearProbe(); });
  QObject::connect(&stages, &StageView::mapChanged, ground,
                   [ground, &stages] { ground->setChecked(stages.showsGround()); });
  QObject::connect(&stages, &StageView::samplesChanged, looks,
                   [looks, &stages] { looks->setChecked(stages.showsLooks()); });
}

std::optional<HudRamp> groundRamp(const StageView& stages) {
  const BevMap* map = stages.showsGround() ? stages.map() : nullptr;
  if (!map) return std::nullopt;
  const NormRange range = normRange(*map);
  const auto number = [&](double share) {
    return decimal(double(range.low) + share * double(range.high - range.low), 2).toStdString();
  };
  HudRamp ramp;
  ramp.title = map->title.empty() ? map->stage : map->title;
  for (int i = 0; i < kRampColors; ++i)
    ramp.colors.push_back(viridis(double(i) / (kRampColors - 1)));
  ramp.ticks = {{0.0F, number(0)}, {0.5F, number(0.5)}, {1.0F, number(1)}};
  ramp.note = "strength of features, on the ground";
  return ramp;
}

std::vector<std::string> stageLimits(const StageView& stages) {
  std::vector<std::string> limits;
  if (stages.showsLooks() && !stages.samples().empty()) {
    const std::string layer =
        stages.layer() < 0 ? std::string("all layers") : "layer " + std::to_string(stages.layer() + 1);
    limits.push_back(std::to_string(stages.samples().size()) + " looks of " + layer);
  }
  return limits;
}

}  // namespace hbev::ui
