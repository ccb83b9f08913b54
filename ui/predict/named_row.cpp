#include "ui/predict/named_row.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include "ui/kit/label.h"

namespace hbev::ui {
namespace {

constexpr int kNameWidth_px = 60, kNameGap_px = 8;

}  // namespace

QHBoxLayout* makeNamedRow(const QString& name, QWidget* control, QWidget* parent, QWidget* more) {
  auto* row = new QHBoxLayout;
  row->setSpacing(kNameGap_px);
  QLabel* label = makeLabel(name, Role::Text2, TextSize::Body, Weight::Normal, parent);
  label->setFixedWidth(kNameWidth_px);
  label->setBuddy(control);
  control->setAccessibleName(name);
  row->addWidget(label);
  row->addWidget(control, 1);
  if (more) {
    row->addWidget(more);
  } else {
    row->addStretch();
  }
  return row;
}

QHBoxLayout* makeUnnamedRow(QWidget* control) {
  auto* row = new QHBoxLayout;
  row->setContentsMargins(kNameWidth_px + kNameGap_px, 0, 0, 0);
  row->addWidget(control);
  return row;
}

}  // namespace hbev::ui
