#include "ui/inspector/layer_row.h"

#include <array>
#include <cmath>

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>

#include "ui/kit/buttons.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
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

}  // namespace hbev::ui
