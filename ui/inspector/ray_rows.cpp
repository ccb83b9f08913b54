#include "ui/inspector/ray_rows.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"

namespace hbev::ui {

RayRows::RayRows(ErrorView& errors, QWidget* parent) : QWidget(parent), errors_(errors) {
  const Sizes& sizes = Theme::current().sizes();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  const auto list = [this](const QString& name, const QStringList& choices) {
    auto* made = new ComboBox(this);
    made->setAccessibleName(name);
    made->addItems(choices);
    return made;
  };
  eye_ = makeIconButton(QStringLiteral("eye"), tr("Show or hide: %1").arg(tr("Rays")), this);
  eye_->setIconSize({sizes.icon_small, sizes.icon_small});
  eye_->setFixedSize(18, 22);
  auto* picture = new QLabel(this);
  const auto paint = [picture] {
    picture->setPixmap(icon(QStringLiteral("ray")).pixmap(Theme::current().sizes().icon_small));
  };
  connect(&Theme::current(), &Theme::changed, picture, paint);
  paint();
  name_ = makeLabel(tr("Rays"), Role::Text, TextSize::Body, Weight::Normal, this);
  style_ = list(tr("How rays are drawn"), {tr("Lines"), tr("End points"), tr("Error bars")});
  auto* rays = new QHBoxLayout;
  rays->setSpacing(8);
  rays->addWidget(eye_);
  rays->addWidget(picture);
  rays->addWidget(name_, 1);
  rays->addWidget(style_);
  column->addLayout(rays);
  flow_ = list(tr("Which velocities the arrows show"),
               {tr("of the source"), tr("of the truth"), tr("error of both")});
  auto* flow = new QHBoxLayout;
  flow->setSpacing(8);
  flow->addWidget(makeLabel(tr("Flow arrows show"), Role::Text2, TextSize::Body, Weight::Normal, this));
  flow->addStretch();
  flow->addWidget(flow_);
  column->addLayout(flow);
  connect(eye_, &QToolButton::clicked, this, [this] { errors_.setShowsRays(!errors_.showsRays()); });
  connect(style_, &QComboBox::activated, this, [this](int index) { errors_.setStyle(RayStyle(index)); });
  connect(flow_, &QComboBox::activated, this, [this](int index) { errors_.setFlowView(FlowView(index)); });
  connect(&errors, &ErrorView::changed, this, &RayRows::show);
  show();
}

void RayRows::show() {
  eye_->setIcon(icon(errors_.showsRays() ? QStringLiteral("eye") : QStringLiteral("eye-off")));
  name_->setEnabled(errors_.showsRays());
  style_->setEnabled(errors_.showsRays());
  style_->setCurrentIndex(int(errors_.style()));
  flow_->setCurrentIndex(int(errors_.flowView()));
}

}  // namespace hbev::ui
