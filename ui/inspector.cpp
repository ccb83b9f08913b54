#include "ui/inspector.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/range_slider.h"
#include "ui/kit/score_tile.h"
#include "ui/kit/section.h"
#include "ui/kit/theme.h"
#include "ui/kit/value_slider.h"

namespace hbev::ui {
namespace {

struct LayerInfo {
  const char* name;
  const char* icon;
  bool has_opacity;
};

constexpr std::array<LayerInfo, kLayerCount> kLayers{
    {{QT_TRANSLATE_NOOP("Layer", "Voxels"), "voxel", true},
     {QT_TRANSLATE_NOOP("Layer", "Voxel edges"), "layers", true},
     {QT_TRANSLATE_NOOP("Layer", "Flow arrows"), "flow", true},
     {QT_TRANSLATE_NOOP("Layer", "Lidar"), "lidar", true},
     {QT_TRANSLATE_NOOP("Layer", "Boxes"), "box", true},
     {QT_TRANSLATE_NOOP("Layer", "Range rings"), "orbit", true},
     {QT_TRANSLATE_NOOP("Layer", "Ego car"), "scene", false},
     {QT_TRANSLATE_NOOP("Layer", "Axes"), "measure", false}}};

constexpr int kSliderWidth_px = 150, kNarrowSliderWidth_px = 106;

QString toQString(std::string_view text) {
  return QString::fromUtf8(text.data(), qsizetype(text.size()));
}
QString percent(double share) {
  return std::isfinite(share) ? decimal(share * 100.0, 1) : QString();
}

}  // namespace

LayerRow::LayerRow(Studio& studio, Layer layer, QWidget* parent)
    : QWidget(parent), studio_(studio), layer_(layer) {
  const Theme& theme = Theme::current();
  const LayerInfo& info = kLayers[std::size_t(layer)];
  setFixedHeight(theme.sizes().layer_row);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  const QString name = QCoreApplication::translate("Layer", info.name);
  eye_ = makeIconButton(QStringLiteral("eye"), tr("Show or hide: %1").arg(name), this);
  eye_->setIconSize({theme.sizes().icon_small, theme.sizes().icon_small});
  eye_->setFixedSize(18, 22);
  auto* picture = new QLabel(this);
  picture->setPixmap(icon(QString::fromLatin1(info.icon)).pixmap(theme.sizes().icon_small));
  connect(&Theme::current(), &Theme::changed, picture, [picture, info] {
    picture->setPixmap(icon(QString::fromLatin1(info.icon)).pixmap(Theme::current().sizes().icon_small));
  });
  name_ = makeLabel(name, Role::Text, TextSize::Body, Weight::Normal, this);
  row->addWidget(eye_);
  row->addWidget(picture);
  row->addWidget(name_, 1);
  if (info.has_opacity) {
    const double initial = std::round(studio.view().layer(layer).opacity * 100);
    opacity_ = new ValueSlider(0, 100, initial, this);
    opacity_->setName(tr("Opacity: %1").arg(name));
    row->addWidget(opacity_);
    setSliderWidth(kNarrowSliderWidth_px);  // until the inspector has its size
    connect(opacity_, &ValueSlider::valueChanged, this, [this](double value) {
      studio_.changeView([&](ViewSettings& view) { view.layer(layer_).opacity = value / 100.0; });
    });
  }
  connect(eye_, &QToolButton::clicked, this, [this] {
    studio_.changeView([&](ViewSettings& view) { view.layer(layer_).shown = !view.layer(layer_).shown; });
  });
  connect(&studio, &Studio::viewChanged, this, &LayerRow::show);
  show();
}

void LayerRow::setSliderWidth(int width_px) {
  if (opacity_) opacity_->setFixedWidth(width_px);
}

void LayerRow::show() {
  const LayerState& state = studio_.view().layer(layer_);
  eye_->setIcon(icon(state.shown ? QStringLiteral("eye") : QStringLiteral("eye-off")));
  name_->setEnabled(state.shown);
  if (opacity_) opacity_->setEnabled(state.shown);
}

Inspector::Inspector(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  outer->addWidget(scroll);
  auto* content = new QWidget(scroll);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeKeyframeSection());
  column->addWidget(makeLayerSection());
  column->addWidget(makeVoxelSection());
  column->addStretch();
  scroll->setWidget(content);

  connect(&studio, &Studio::currentChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::frameChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::scoringChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::reportArrived, this, [this](std::size_t scene, std::size_t index) {
    if (FrameKey{scene, index} == studio_.current()) showScores();
  });
  connect(&studio, &Studio::viewChanged, this, &Inspector::showLayers);
  connect(&studio, &Studio::viewChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::selectionChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::sideChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::frameChanged, this, &Inspector::showVoxel);
  showScores();
  showLayers();
  showVoxel();
}

void Inspector::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  constexpr int kRoomForFourTiles_px = 300;
  const bool roomy = width() >= kRoomForFourTiles_px;
  miou_->setVisible(roomy);  // else captions would be cut off
  // One width for all rows, whatever their names: the sliders stand below each other.
  for (LayerRow* row : findChildren<LayerRow*>())
    row->setSliderWidth(roomy ? kSliderWidth_px : kNarrowSliderWidth_px);
}

QWidget* Inspector::makeKeyframeSection() {
  keyframe_ = new Section(tr("Keyframe"), this);
  auto* content = new QWidget(keyframe_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);  // the section has margins
  column->setSpacing(8);
  auto* tiles = new QHBoxLayout;
  tiles->setSpacing(4);
  const auto tile = [&](const QString& caption, const QString& help) {
    auto* made = new ScoreTile(caption, content);
    made->setToolTip(help);
    tiles->addWidget(made, 1);
    return made;
  };
  ray_iou_ = tile(tr("RayIoU"), tr("Mean over classes and 1, 2 and 4 m of the rays that hit the right class "
                                   "at the right distance, %."));
  mave_ = tile(tr("mAVE"), tr("Mean velocity error of rays that are right within 2 m, m/s."));
  occ_score_ = tile(tr("OccScore"), tr("0.9 RayIoU + 0.1 max(1 - mAVE, 0), %."));
  miou_ = tile(tr("mIoU"),
               tr("Mean over classes of voxel IoU, %; within the camera mask where the truth has one."));
  column->addLayout(tiles);
  score_hint_ = makeLabel({}, Role::Text2, TextSize::Small, Weight::Normal, content);
  score_hint_->setWordWrap(true);
  column->addWidget(score_hint_);
  problems_ = new FactList(content);
  column->addWidget(problems_);
  keyframe_->setContent(content);
  return keyframe_;
}

QWidget* Inspector::makeLayerSection() {
  layers_ = new Section(tr("Layers"), this);
  auto* content = new QWidget(layers_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);  // the section has margins
  column->setSpacing(2);
  auto* colors = new QHBoxLayout;
  colors->setSpacing(8);
  auto* label = makeLabel(tr("Colours"), Role::Text2, TextSize::Body, Weight::Normal, content);
  palette_ = new ComboBox(content);
  palette_->setAccessibleName(tr("Class palette"));
  for (const Palette palette : kPalettes)
    palette_->addItem(tr("%1 palette").arg(toQString(paletteName(palette))));
  colors->addWidget(label);
  colors->addStretch();
  colors->addWidget(palette_);
  column->addLayout(colors);
  column->addSpacing(4);
  for (int layer = 0; layer < kLayerCount; ++layer)
    column->addWidget(new LayerRow(studio_, Layer(layer), content));
  auto* mask = new QCheckBox(tr("Camera mask only"), content);
  mask->setToolTip(tr("Shows only voxels that a camera sees, where the labels have a camera mask."));
  column->addSpacing(4);
  column->addWidget(mask);
  column->addSpacing(4);
  auto* height_row = new QHBoxLayout;
  height_row->setSpacing(8);
  height_ = new RangeSlider(0, 16, content);
  height_->setRange(0, 16);
  height_->setStep(1);
  height_->setAccessibleName(tr("Height slice"));
  height_value_ = makeMonoLabel({}, Role::Text2, TextSize::Small, content);
  height_value_->setMinimumWidth(76);
  height_value_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  height_row->addWidget(makeLabel(tr("Height"), Role::Text2, TextSize::Body, Weight::Normal, content));
  height_row->addWidget(height_, 1);
  height_row->addWidget(height_value_);
  column->addLayout(height_row);
  layers_->setContent(content);

  connect(palette_, &QComboBox::activated, this, [this](int index) {
    studio_.changeView([&](ViewSettings& view) { view.palette = Palette(index); });
  });
  connect(mask, &QCheckBox::toggled, this,
          [this](bool on) { studio_.changeView([&](ViewSettings& view) { view.camera_mask_only = on; }); });
  connect(&studio_, &Studio::viewChanged, mask,
          [this, mask] { mask->setChecked(studio_.view().camera_mask_only); });
  connect(height_, &RangeSlider::rangeChanged, this, [this](double lower, double upper) {
    studio_.changeView([&](ViewSettings& view) {
      view.z_min = std::min(15, int(std::lround(lower)));
      view.z_max = std::max(view.z_min, int(std::lround(upper)) - 1);
    });
  });
  return layers_;
}

QWidget* Inspector::makeVoxelSection() {
  voxel_ = new Section(tr("Voxel"), this);
  auto* content = new QWidget(voxel_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);  // the section has margins
  voxel_facts_ = new FactList(content);
  column->addWidget(voxel_facts_);
  voxel_->setContent(content);
  auto* copy = makeIconButton(QStringLiteral("copy"), tr("Copy the voxel's facts"), voxel_);
  voxel_->setHeaderWidget(copy);
  connect(copy, &QToolButton::clicked, this, [this] {
    QStringList lines;
    for (const FactList::Fact& fact : voxel_facts_->facts())
      lines << fact.name + QLatin1Char('\t') + fact.value;
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
  });
  return voxel_;
}

void Inspector::showScores() {
  const auto report = studio_.report(studio_.current().scene, studio_.current().index);
  const auto set = [](ScoreTile* tile, const QString& text) { tile->setValue(text); };
  if (report) {
    const RayScores rays = report->rayScores();
    const auto camera = report->cameraVoxelScores();
    set(ray_iou_, percent(rays.ray_iou));
    set(mave_,
        report->truth_has_flow && std::isfinite(rays.mave_mps) ? decimal(rays.mave_mps, 2) : QString());
    set(occ_score_, report->truth_has_flow ? percent(rays.occ_score) : QString());
    set(miou_, percent(camera ? camera->mean_iou : report->voxelScores().mean_iou));
  } else {
    for (ScoreTile* tile : {ray_iou_, mave_, occ_score_, miou_})
      set(tile, {});
  }
  const OccupancySource* scored = studio_.canScore() ? studio_.source(*studio_.scoredSide()) : nullptr;
  keyframe_->setSummary(scored ? scored->title() : QString());
  score_hint_->setText(
      scored ? (report ? QString()
                       : tr("Not evaluated: this keyframe lacks a prediction, labels or the lidar's place."))
             : tr("Show a prediction beside a truth of the same class set to see scores."));
  score_hint_->setVisible(!score_hint_->text().isEmpty() && studio_.dataset());
  std::vector<FactList::Fact> problems;
  if (studio_.frame()) {
    for (const Problem& problem : studio_.frame()->problems) {
      problems.push_back({tr("Problem"), QString::fromStdString(problem.summary), {}, false, {}});
    }
  }
  problems_->setVisible(!problems.empty());
  problems_->setFacts(std::move(problems));
}

void Inspector::showLayers() {
  const ViewSettings& view = studio_.view();
  int shown = 0;
  for (const LayerState& layer : view.layers)
    shown += layer.shown;
  layers_->setSummary(tr("%1 of %2 on").arg(shown).arg(kLayerCount));
  palette_->setCurrentIndex(int(view.palette));
  const QSignalBlocker blocker(height_);
  height_->setRange(view.z_min, view.z_max + 1);
  const GridSpec grid;
  height_value_->setText(
      QStringLiteral("%1 … %2").arg(decimal(grid.origin.z() + view.z_min * grid.voxel_m, 1),
                                    decimal(grid.origin.z() + (view.z_max + 1) * grid.voxel_m, 1)));
}

void Inspector::showVoxel() {
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
  if (a && b && !a->flow.empty() && !b->flow.empty()) {
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
    fact.verdict = truth->semantics[index] == label;
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
