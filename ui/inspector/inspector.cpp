#include "ui/inspector/inspector.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/inspector/class_bars.h"
#include "ui/inspector/class_list.h"
#include "ui/inspector/layer_row.h"
#include "ui/inspector/ray_rows.h"
#include "ui/inspector/ray_section.h"
#include "ui/inspector/region_rows.h"
#include "ui/inspector/stage_section.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/score_tile.h"
#include "ui/kit/section.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/text.h"
#include "ui/viewport/color_legend.h"
#include "ui/window/import_panel.h"

namespace hbev::ui {
namespace {

QString sharePercent(double share) {
  return std::isfinite(share) ? decimal(share * 100.0, 1) : QString();
}

constexpr int kSliderWidth_px = 150, kNarrowSliderWidth_px = 106;

/// Rows below each other as a section's content, which has margins of its own.
QVBoxLayout* makeRows(QWidget* content, int spacing_px) {
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(spacing_px);
  return column;
}

}  // namespace

Inspector::Inspector(Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  scroll_ = new QScrollArea(this);
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setFocusPolicy(Qt::NoFocus);  // the controls in it have it, and it follows them
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  outer->addWidget(scroll_);
  auto* content = new QWidget(scroll_);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeKeyframeSection());
  column->addWidget(makeLayerSection());
  column->addWidget(makeClassSection());
  column->addWidget(makeVoxelSection());
  column->addWidget(makeRaySection());
  column->addWidget(makeNetworkSection());
  column->addStretch();
  scroll_->setWidget(content);

  connect(&studio, &Studio::currentChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::frameChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::scoringChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::sourcesChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::sideChanged, this, &Inspector::showScores);
  connect(&studio, &Studio::reportArrived, this, [this](std::size_t scene, std::size_t index) {
    if (FrameKey{scene, index} == studio_.current()) showScores();
  });
  connect(&studio, &Studio::viewChanged, this, &Inspector::showLayers);
  connect(&studio, &Studio::sourcesChanged, this, &Inspector::showLayers);
  connect(&studio, &Studio::viewChanged, this, &Inspector::showProbabilityRow);
  connect(&studio, &Studio::sourcesChanged, this, &Inspector::showProbabilityRow);
  connect(&studio, &Studio::viewChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::predictedChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::selectionChanged, this, &Inspector::showVoxel);
  // Once all sections tell of it and have their new heights.
  connect(&studio, &Studio::selectionChanged, this,
          [this] { QTimer::singleShot(0, this, &Inspector::revealPicked); });
  connect(&studio, &Studio::sideChanged, this, &Inspector::showVoxel);
  connect(&studio, &Studio::frameChanged, this, &Inspector::showVoxel);
  showScores();
  showLayers();
  showProbabilityRow();
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
  auto* column = makeRows(content, 8);
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
  problems_->setObjectName(QStringLiteral("problems"));
  column->addWidget(problems_);
  keyframe_->setContent(content);
  return keyframe_;
}

QWidget* Inspector::makeLayerSection() {
  layers_ = new Section(tr("Layers"), this);
  auto* content = new QWidget(layers_);
  auto* column = makeRows(content, 2);
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
  column->addWidget(makeProbabilityRow());
  column->addSpacing(4);
  for (int layer = 0; layer < kLayerCount; ++layer) {
    auto* row = new LayerRow(studio_, Layer(layer), content);
    row->setSliderWidth(kNarrowSliderWidth_px);  // until the inspector has its size
    column->addWidget(row);
  }
  column->addWidget(new RayRows(studio_.errors(), content));
  auto* mask = new QCheckBox(tr("Camera mask only"), content);
  mask->setToolTip(tr("Shows only voxels that a camera sees, where the labels have a camera mask."));
  column->addSpacing(4);
  column->addWidget(mask);
  column->addSpacing(4);
  column->addWidget(new RegionRows(studio_, content));
  layers_->setContent(content);
  whole_ = makeIconButton(QStringLiteral("clip"), tr("Whole grid: no slice, box or range"), layers_);
  layers_->setHeaderWidget(whole_);

  connect(palette_, &QComboBox::activated, this, [this](int index) {
    studio_.changeView([&](ViewSettings& view) { view.palette = Palette(index); });
  });
  connect(whole_, &QToolButton::clicked, this, [this] {
    studio_.changeView(
        [](ViewSettings& view) { view.region.slice = view.region.box = view.region.range = false; });
  });
  connect(mask, &QCheckBox::toggled, this,
          [this](bool on) { studio_.changeView([&](ViewSettings& view) { view.camera_mask_only = on; }); });
  connect(&studio_, &Studio::viewChanged, mask,
          [this, mask] { mask->setChecked(studio_.view().camera_mask_only); });
  return layers_;
}

/// Folded at first: the viewport's legend is nearer to the pointer.
QWidget* Inspector::makeClassSection() {
  classes_ = new Section(tr("Classes"), this);
  class_list_ = new ClassList(studio_, classes_);
  classes_->setContent(class_list_);
  classes_->setExpanded(false);
  return classes_;
}

void Inspector::focusClasses() {
  classes_->setExpanded(true);
  class_list_->setFocus(Qt::ShortcutFocusReason);
  // Once it has its place.
  QTimer::singleShot(0, this, [this] { scroll_->ensureWidgetVisible(classes_, 0, 0); });
}

/// Whose probability the colouring Probability shows; there while a viewport is coloured so.
QWidget* Inspector::makeProbabilityRow() {
  probability_row_ = new QWidget(layers_);
  auto* row = new QHBoxLayout(probability_row_);
  row->setContentsMargins(0, 4, 0, 0);
  row->setSpacing(8);
  probability_class_ = new ComboBox(probability_row_);
  probability_class_->setAccessibleName(tr("Class whose probability is shown"));
  row->addWidget(
      makeLabel(tr("Probability of"), Role::Text2, TextSize::Body, Weight::Normal, probability_row_));
  row->addStretch();
  row->addWidget(probability_class_);
  connect(probability_class_, &QComboBox::activated, this, [this](int index) {
    studio_.changeView(
        [&](ViewSettings& view) { view.probability_class = probability_class_->itemData(index).toString(); });
  });
  return probability_row_;
}

QWidget* Inspector::makeRaySection() {
  ray_ = new Section(tr("Ray"), this);
  ray_section_ = new RaySection(studio_, *ray_);
  ray_->setContent(ray_section_);
  return ray_;
}

QWidget* Inspector::makeNetworkSection() {
  network_ = new Section(tr("Network"), this);
  stage_section_ = new StageSection(studio_, network_);
  network_->setContent(stage_section_);
  return network_;
}

void Inspector::showScores() {
  const auto report = studio_.report(studio_.current().scene, studio_.current().index);
  const auto set = [](ScoreTile* tile, const QString& text) { tile->setValue(text); };
  if (report) {
    const RayScores rays = report->rayScores();
    const auto camera = report->cameraVoxelScores();
    set(ray_iou_, sharePercent(rays.ray_iou));
    set(mave_,
        report->truth_has_flow && std::isfinite(rays.mave_mps) ? decimal(rays.mave_mps, 2) : QString());
    set(occ_score_, report->truth_has_flow ? sharePercent(rays.occ_score) : QString());
    set(miou_, sharePercent(camera ? camera->mean_iou : report->voxelScores().mean_iou));
  } else {
    for (ScoreTile* tile : {ray_iou_, mave_, occ_score_, miou_})
      set(tile, {});
  }
  const OccupancySource* scored = studio_.canScore() ? studio_.source(*studio_.scoredSide()) : nullptr;
  keyframe_->setSummary(scored ? scored->title() : QString());
  score_hint_->setText(report ? QString() : whyNoScores());
  score_hint_->setVisible(!score_hint_->text().isEmpty() && studio_.dataset());
  showProblems();
}

/// Whether scores are on their way, cannot be for this keyframe, or cannot be for what A and B show.
QString Inspector::whyNoScores() const {
  const FrameKey key = studio_.current();
  const OccupancySource *a = studio_.source(Side::A), *b = studio_.source(Side::B);
  if (!studio_.canScore()) {
    if (!a || !b || &a->classes() == &b->classes() || a->isTruth() == b->isTruth())
      return tr("Show a prediction beside a truth of the same class set to see scores.");
    return tr("A is of %1, B of %2: scores need a prediction and a truth of the same class set.")
        .arg(classSetTitle(a->classes()), classSetTitle(b->classes()));
  }
  if (!studio_.isReported(key.scene, key.index)) return tr("Scoring…");
  const Side side = *studio_.scoredSide();
  const auto isThere = [this](Side each) { return studio_.content(each).state == SideContent::State::Ready; };
  if (!isThere(side)) return tr("Not scored: this keyframe has no usable prediction.");
  if (!isThere(other(side))) return tr("Not scored: this keyframe has no usable truth.");
  return tr("Not scored: it is not known where the lidar was.");
}

/// What of the keyframe could not be loaded: files that are missing together, others one by one.
void Inspector::showProblems() {
  std::vector<FactList::Fact> facts;
  QStringList missing, names;
  const auto& frame = studio_.isFrameCurrent() ? studio_.frame() : nullptr;
  for (std::size_t i = 0; frame && i < frame->problems.size(); ++i) {
    const Problem& problem = frame->problems[i];
    const QString name = toQString(problem.file.filename().string());
    names << name;
    if (frame->missing.contains(problem.file)) {
      missing << name;
    } else {
      facts.push_back({tr("Problem"), toQString(problem.summary), {}, false, {}});
    }
  }
  if (!missing.isEmpty()) {
    const QString text =
        missing.size() == 1 ? tr("1 file is missing") : tr("%1 files are missing").arg(missing.size());
    facts.insert(facts.begin(), {tr("Problem"), text, {}, false, {}});
  }
  problems_->setToolTip(names.join(QLatin1Char('\n')));
  problems_->setVisible(!facts.empty());
  problems_->setFacts(std::move(facts));
}

void Inspector::showLayers() {
  const ViewSettings& view = studio_.view();
  int shown = 0;
  for (const LayerState& layer : view.layers)
    shown += layer.shown;
  layers_->setSummary(tr("%1 of %2 on").arg(shown).arg(kLayerCount));
  palette_->setCurrentIndex(int(view.palette));
  whole_->setEnabled(!view.region.isWhole());
  classes_->setSummary(class_list_->summary());
}

/// What was just picked comes into view; in a low window it is below the layers.
void Inspector::revealPicked() {
  if (!studio_.selection()) return;
  const QWidget* last = ray_->isVisible() ? ray_ : voxel_;
  const int top = voxel_->y(), bottom = last->y() + last->height();
  scroll_->ensureVisible(0, bottom, 0, 0);
  scroll_->ensureVisible(0, std::min(bottom, top + scroll_->viewport()->height() - 1), 0, 0);
  scroll_->ensureVisible(0, top, 0, 0);
}

void Inspector::showProbabilityRow() {
  const ViewSettings& view = studio_.view();
  const auto shown = std::ranges::find(view.coloring, Coloring::Probability);
  probability_row_->setVisible(shown != view.coloring.end());
  if (shown == view.coloring.end()) return;
  const OccupancySource* source = studio_.source(Side(shown - view.coloring.begin()));
  const ClassSet& classes = source ? source->classes() : ClassSet::openocc();
  probability_class_->clear();
  probability_class_->addItem(tr("predicted class"), QString());
  for (int label = 0; label < classes.size(); ++label) {
    const Rgb color = classes.color(label, view.palette);
    probability_class_->addItem(toQString(classes[label].name), toQString(classes[label].id));
    if (label != classes.free())
      probability_class_->setItemData(label + 1, QColor(color.r, color.g, color.b), Qt::DecorationRole);
  }
  probability_class_->setCurrentIndex(std::max(0, probability_class_->findData(view.probability_class)));
}

}  // namespace hbev::ui
