#include "ui/inspector/stage_section.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QtGui/QAction>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/inspector/bev_picture.h"
#include "ui/inspector/depth_plot.h"
#include "ui/inspector/fact_list.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

QString metres(double value_m) {
  return QStringLiteral("%1 m").arg(decimal(value_m, 1));
}

/// A column without margins under a heading that may have something at its right.
QVBoxLayout* makeBlock(QWidget* block, const QString& heading, QWidget* right = nullptr) {
  auto* column = new QVBoxLayout(block);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  auto* line = new QHBoxLayout;
  line->setSpacing(8);
  line->addWidget(makeLabel(heading, Role::Text2, TextSize::Body, Weight::Normal, block));
  line->addStretch();
  if (right) line->addWidget(right);
  column->addLayout(line);
  return column;
}

QLabel* makeHint(QWidget* parent) {
  QLabel* hint = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, parent);
  hint->setWordWrap(true);
  return hint;
}

}  // namespace

StageSection::StageSection(Studio& studio, QWidget* parent)
    : QWidget(parent), studio_(studio), stages_(studio.stages()) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  empty_ = new EmptyState(QStringLiteral("predict"), {}, {}, this);
  predict_ = empty_->setPrimary(tr("Predict this keyframe"));
  predict_->setEnabled(false);
  content_ = new QWidget(this);
  auto* blocks = new QVBoxLayout(content_);
  blocks->setContentsMargins(0, 0, 0, 0);
  blocks->setSpacing(12);
  blocks->addWidget(makeDepth());
  blocks->addWidget(makeMap());
  blocks->addWidget(makeSamples());
  column->addWidget(empty_);
  column->addWidget(content_);
  connect(&stages_, &StageView::inspectionChanged, this, &StageSection::showState);
  connect(&stages_, &StageView::inspectionChanged, this, &StageSection::showMaps);
  connect(&stages_, &StageView::probeChanged, this, &StageSection::showDepth);
  connect(&stages_, &StageView::mapChanged, this, &StageSection::showMaps);
  connect(&stages_, &StageView::samplesChanged, this, &StageSection::showSamples);
  connect(&studio, &Studio::sourcesChanged, this, &StageSection::showState);
  connect(&studio, &Studio::selectionChanged, this, &StageSection::showSamples);
  showState();
  showDepth();
  showMaps();
  showSamples();
}

QWidget* StageSection::makeDepth() {
  auto* block = new QWidget(content_);
  depth_clear_ = makeIconButton(QStringLiteral("close"), tr("Let go of the pixel"), block);
  QVBoxLayout* column = makeBlock(block, tr("Depth of a pixel"), depth_clear_);
  depth_hint_ = makeHint(block);
  depth_facts_ = new FactList(block);
  depth_facts_->setAccessibleName(tr("Depth of the pixel"));
  depth_plot_ = new DepthPlot(block);
  column->addWidget(depth_hint_);
  column->addWidget(depth_facts_);
  column->addWidget(depth_plot_);
  connect(depth_clear_, &QToolButton::clicked, &stages_, &StageView::clearProbe);
  return block;
}

QWidget* StageSection::makeMap() {
  auto* block = new QWidget(content_);
  QVBoxLayout* column = makeBlock(block, tr("Feature strength from above"));
  maps_ = new ComboBox(block);
  maps_->setAccessibleName(tr("Stage of the network"));
  maps_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  map_picture_ = new BevPicture(block);
  column->addWidget(maps_);
  column->addWidget(map_picture_);
  ground_on_ = new QCheckBox(tr("Show on the ground"), block);
  ground_on_->setObjectName(QStringLiteral("ground"));
  ground_on_->setToolTip(tr("Lays the map below the voxels of both viewports, at its place."));
  column->addWidget(ground_on_);
  connect(ground_on_, &QCheckBox::toggled, &stages_, &StageView::setShowsGround);
  connect(maps_, &QComboBox::activated, &stages_, &StageView::setMap);
  return block;
}

QWidget* StageSection::makeSamples() {
  auto* block = new QWidget(content_);
  layers_ = new ComboBox(block);
  layers_->setAccessibleName(tr("Attention layer"));
  QVBoxLayout* column = makeBlock(block, tr("Where the voxel looked"), layers_);
  samples_on_ = new QCheckBox(tr("Show in the cameras"), block);
  samples_on_->setToolTip(
      tr("Draws the places that the picked voxel's query sampled, the larger the more they weigh."));
  samples_text_ = makeHint(block);
  samples_text_->setObjectName(QStringLiteral("samplesText"));
  column->addWidget(samples_text_);
  looks_on_ = new QCheckBox(tr("Show in the viewports"), block);
  looks_on_->setObjectName(QStringLiteral("looks"));
  looks_on_->setToolTip(
      tr("Draws lines from the cameras to these places, and how far beside the voxel's column they are."));
  column->addWidget(samples_on_);
  column->addWidget(looks_on_);
  connect(looks_on_, &QCheckBox::toggled, &stages_, &StageView::setShowsLooks);
  connect(samples_on_, &QCheckBox::toggled, &stages_, &StageView::setShowsSamples);
  connect(layers_, &QComboBox::activated, this, [this](int index) { stages_.setLayer(index - 1); });
  return block;
}

void StageSection::setPredictAction(QAction* action) {
  const auto show = [this, action] {
    predict_->setEnabled(action->isEnabled());
    predict_->setToolTip(action->toolTip());
  };
  connect(predict_, &QPushButton::clicked, action, &QAction::trigger);
  connect(action, &QAction::changed, this, show);
  show();
}

void StageSection::showState() {
  const bool there = stages_.inspection() != nullptr;
  content_->setVisible(there);
  empty_->setVisible(!there);
  empty_->setText(tr("No look inside the network"),
                  tr("Predict this keyframe to see depths, maps and where voxels looked."));
}

void StageSection::showDepth() {
  const auto& probed = stages_.probed();
  const auto& curve = stages_.curve();
  depth_clear_->setVisible(probed.has_value());
  depth_facts_->setVisible(curve.has_value());
  depth_plot_->setVisible(curve.has_value());
  depth_hint_->setVisible(!curve);
  depth_hint_->setText(probed ? tr("The network did not see this pixel: it is cropped away.")
                              : tr("Click a camera picture under the overlay Depth; under another one hold "
                                   "Ctrl."));
  depth_plot_->setCurve(curve);
  if (!curve) return depth_facts_->setFacts({});
  std::vector<FactList::Fact> facts;
  const auto add = [&](const QString& name, const QString& value, bool mono = true) {
    facts.push_back({name, value, {}, mono, {}});
  };
  add(tr("Pixel"),
      QStringLiteral("%1 %2, %3")
          .arg(toQString(cameraTitle(probed->camera)))
          .arg(std::lround(probed->pixel.x()))
          .arg(std::lround(probed->pixel.y())),
      false);
  add(tr("Expected"), metres(curve->expected_m));
  add(tr("Likeliest"),
      tr("%1, probability %2")
          .arg(metres(curve->depthOf(curve->peak)), decimal(double(curve->probabilities[curve->peak]), 2)));
  if (curve->lidar_m) {
    const double error_m = curve->expected_m - *curve->lidar_m;
    add(tr("Lidar"),
        tr("%1, expected %2%3")
            .arg(metres(*curve->lidar_m), error_m >= 0 ? QStringLiteral("+") : QString(), metres(error_m)));
    facts.back().swatch = Theme::current().color(Role::SourceB);
  } else {
    add(tr("Lidar"), tr("no point in this cell"), false);
  }
  depth_facts_->setFacts(std::move(facts));
}

void StageSection::showMaps() {
  const auto& inspection = stages_.inspection();
  maps_->clear();
  for (std::size_t i = 0; inspection && i < inspection->bev.size(); ++i) {
    const BevMap& map = inspection->bev[i];
    maps_->addItem(QString::fromStdString(map.title.empty() ? map.stage : map.title));
    maps_->setItemData(int(i), QString::fromStdString(map.stage), Qt::ToolTipRole);
  }
  maps_->setCurrentIndex(stages_.map() ? stages_.mapNumber() : -1);
  map_picture_->setMap(stages_.map());
  ground_on_->setChecked(stages_.showsGround());
}

void StageSection::showSamples() {
  if (layers_->count() != stages_.layerCount() + 1) {
    layers_->clear();
    layers_->addItem(tr("All layers"));
    for (int layer = 0; layer < stages_.layerCount(); ++layer)
      layers_->addItem(tr("Layer %1").arg(layer + 1));
  }
  layers_->setCurrentIndex(stages_.layer() + 1);
  samples_on_->setChecked(stages_.showsSamples());
  looks_on_->setChecked(stages_.showsLooks());
  const auto& selection = studio_.selection();
  std::optional<Eigen::Vector2d> place;
  if (selection) place = GridSpec{}.center(*selection).head<2>();
  map_picture_->setPlace(place);
  std::set<Camera> cameras;
  for (const SamplePoint& sample : stages_.samples())
    cameras.insert(sample.camera);
  if (!selection) {
    samples_text_->setText(tr("Click a voxel in a viewport."));
  } else if (cameras.empty()) {
    samples_text_->setText(tr("No camera sees this voxel's column."));
  } else {
    const QString where = cameras.size() == 1 ? tr("one camera") : tr("%1 cameras").arg(cameras.size());
    samples_text_->setText(
        tr("%1 samples in %2").arg(groupedNumber(qint64(stages_.samples().size())), where));
  }
}

}  // namespace hbev::ui
