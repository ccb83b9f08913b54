// The inspector's section on the picked voxel: place, classes and flow on both sides, probabilities, cameras.
#include <algorithm>
#include <cmath>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/inspector/class_bars.h"
#include "ui/inspector/inspector.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/section.h"
#include "ui/state/text.h"
#include "ui/viewport/color_legend.h"

namespace hbev::ui {
QWidget* Inspector::makeVoxelSection() {
  voxel_ = new Section(tr("Voxel"), this);
  auto* content = new QWidget(voxel_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);  // the section has margins
  voxel_facts_ = new FactList(content);
  voxel_facts_->setAccessibleName(tr("Picked voxel"));
  column->addWidget(voxel_facts_);
  class_bars_ = new ClassBars(content);
  column->addWidget(class_bars_);
  class_hint_ = makeLabel(noProbabilitiesReason(), Role::Text2, TextSize::Small, Weight::Normal, content);
  class_hint_->setWordWrap(true);
  column->addWidget(class_hint_);
  voxel_->setContent(content);
  auto* copy = makeIconButton(QStringLiteral("copy"), tr("Copy the voxel's facts"), voxel_);
  voxel_->setHeaderWidget(copy);
  connect(copy, &QToolButton::clicked, this, [this] {
    QStringList lines;
    for (const FactList::Fact& fact : voxel_facts_->facts())
      lines << fact.name + QLatin1Char('\t') + fact.value;
    for (const ClassShare& share : class_bars_->shares())
      lines << share.name + QLatin1Char('\t') + decimal(share.probability, 4);
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
  return voxel_;
}

namespace {

/// In the words of the outcomes' legend.
void judge(FactList::Fact& fact, int wanted, int label, int free) {
  fact.verdict = wanted == label;
  if (wanted != label)
    fact.verdict_word = label == free    ? Inspector::tr("missed")
                        : wanted == free ? Inspector::tr("phantom")
                                         : Inspector::tr("wrong class");
}

}  // namespace

/// Of the side that has probabilities; A's before B's.
void Inspector::showClassBars() {
  const VoxelMark& mark = studio_.selection();
  class_bars_->hide();
  const auto isPrediction = [this](Side side) {
    const OccupancySource* source = studio_.source(side);
    return source && !source->isTruth();
  };
  class_hint_->setVisible(mark && (isPrediction(Side::A) || isPrediction(Side::B)));
  for (const Side side : {Side::A, Side::B}) {
    const auto probabilities = studio_.probabilities(side);
    if (!mark || !probabilities || !probabilities->grid.contains(*mark)) continue;
    const std::size_t index = probabilities->grid.index(*mark);
    const auto truth = studio_.counterpart(side);
    const OccupancySource* opposite = studio_.source(other(side));
    std::optional<int> label;
    if (truth && opposite && opposite->isTruth()) label = truth->semantics[index];
    class_bars_->setShares(classShares(*probabilities, index, studio_.view().palette, label));
    class_bars_->show();
    return class_hint_->hide();
  }
  class_bars_->setShares({});
}

void Inspector::showVoxel() {
  showClassBars();
  const VoxelMark& mark = studio_.selection();
  std::vector<FactList::Fact> facts;
  if (!mark || !GridSpec{}.contains(*mark)) {
    voxel_->setTitle(tr("Voxel"));
    facts.push_back({tr("None"), tr("Click a voxel in a viewport."), {}, false, {}});
    return voxel_facts_->setFacts(std::move(facts));
  }
  const GridSpec grid;
  const Eigen::Vector3d center = grid.center(*mark);
  voxel_->setTitle(QStringLiteral("Voxel [%1, %2, %3]").arg(mark->x()).arg(mark->y()).arg(mark->z()));
  facts.push_back({tr("Centre"),
                   QStringLiteral("%1, %2, %3 m")
                       .arg(decimal(center.x(), 2), decimal(center.y(), 2), decimal(center.z(), 2)),
                   {},
                   true,
                   {}});
  facts.push_back(
      {tr("Range"), QStringLiteral("%1 m").arg(decimal(center.head<2>().norm(), 2)), {}, true, {}});
  const std::size_t index = grid.index(*mark);
  addSide(facts, Side::A, index);
  addSide(facts, Side::B, index);
  const auto& a = studio_.content(Side::A).occupancy;
  const auto b = studio_.counterpart(Side::A);
  const auto moves = [index](const Occupancy& side) {
    return !side.flow.empty() && side.classes->moves(side.semantics[index]);
  };
  if (studio_.canScore() && a && b && moves(*a) && moves(*b)) {
    const double error =
        std::hypot(a->flow[2 * index] - b->flow[2 * index], a->flow[2 * index + 1] - b->flow[2 * index + 1]);
    facts.push_back({tr("Flow error"), QStringLiteral("%1 m/s").arg(decimal(error, 2)), {}, true, {}});
  }
  facts.push_back({tr("Seen by"), seenBy(), {}, false, {}});
  voxel_facts_->setFacts(std::move(facts));
}

/// Class and flow of a voxel on one side; on the prediction's side also whether it is right.
void Inspector::addSide(std::vector<FactList::Fact>& facts, Side side, std::size_t index) const {
  const auto& occupancy = studio_.content(side).occupancy;
  const OccupancySource* source = studio_.source(side);
  if (!occupancy || !source || index >= occupancy->semantics.size()) return;
  const QString letter = side == Side::A ? QStringLiteral("A") : QStringLiteral("B");
  const int label = occupancy->semantics[index];
  const Rgb color = occupancy->classes->color(label, studio_.view().palette);
  FactList::Fact fact{source->isTruth() ? tr("Truth") : tr("Prediction"),
                      toQString((*occupancy->classes)[label].name),
                      {},
                      false,
                      {}};
  if (source->isTruth() == (studio_.source(other(side)) && studio_.source(other(side))->isTruth()))
    fact.name += QStringLiteral(" ") + letter;
  if (label != occupancy->classes->free()) fact.swatch = QColor(color.r, color.g, color.b);
  const auto truth = studio_.counterpart(side);
  if (!source->isTruth() && truth && studio_.source(other(side))->isTruth())
    judge(fact, truth->semantics[index], label, truth->classes->free());
  facts.push_back(std::move(fact));
  if (occupancy->flow.empty() || !occupancy->classes->moves(label)) return;
  facts.push_back(
      {tr("Flow %1").arg(letter),
       QStringLiteral("%1, %2 m/s")
           .arg(decimal(occupancy->flow[2 * index], 2), decimal(occupancy->flow[2 * index + 1], 2)),
       {},
       true,
       {}});
}

/// "Front right 412, 238": the cameras whose picture the voxel's centre falls into, whatever stands before
/// it.
QString Inspector::seenBy() const {
  QStringList places;
  const auto& frame = studio_.frame();
  for (std::size_t i = 0; frame && i < kCameraCount; ++i) {
    const auto& camera = frame->keyframe.cameras[i];
    if (!camera) continue;
    const auto pixel = camera->model.project(
        frame->keyframe.camera_from_ego(Camera(i)) * GridSpec{}.center(*studio_.selection()), 0.5);
    if (!pixel || !camera->model.contains(*pixel)) continue;
    places << QStringLiteral("%1 %2, %3")
                  .arg(toQString(cameraTitle(Camera(i))))
                  .arg(std::lround(pixel->x()))
                  .arg(std::lround(pixel->y()));
  }
  return places.isEmpty() ? tr("no camera") : places.join(QStringLiteral(" · "));
}

}  // namespace hbev::ui
