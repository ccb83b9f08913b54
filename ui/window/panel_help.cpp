#include "ui/window/panel_help.h"

#include <algorithm>

#include <QtGui/QAction>
#include <QtGui/QPainter>
#include <QtGui/QScreen>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/round_popup.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kHelpWidth_px = 320, kHelpMargin_px = 12, kHelpInset_px = 8;

}  // namespace

PanelHelpPopup::PanelHelpPopup(const PanelHelp& help, QAction* all_keys, QWidget* parent)
    : QWidget(parent, Qt::Popup | Qt::FramelessWindowHint) {
  setObjectName(QStringLiteral("panelHelp"));
  setAccessibleName(help.title);
  roundCorners(this);
  setAttribute(Qt::WA_DeleteOnClose);
  setFixedWidth(kHelpWidth_px);
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(kHelpMargin_px, kHelpMargin_px, kHelpMargin_px, kHelpMargin_px);
  rows->setSpacing(4);
  rows->addWidget(makeLabel(help.title, Role::Text, TextSize::Body, Weight::Semibold, this));
  QLabel* text = makeLabel(help.text, Role::Text2, TextSize::Small, Weight::Normal, this);
  text->setWordWrap(true);
  rows->addWidget(text);
  rows->addSpacing(4);
  for (QAction* action : help.actions) {
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(makeLabel(action->text(), Role::Text, TextSize::Small, Weight::Normal, this), 1);
    if (!action->shortcut().isEmpty()) row->addWidget(new KeyHint(action->shortcut(), this));
    rows->addLayout(row);
  }
  rows->addSpacing(4);
  auto* all = makeButton(tr("All actions and keys"), ButtonKind::Link, {}, this, true);
  rows->addWidget(all, 0, Qt::AlignLeft);
  connect(all, &QPushButton::clicked, this, [this, all_keys] {
    close();
    all_keys->trigger();
  });
}

void PanelHelpPopup::openIn(const QWidget& panel) {
  adjustSize();
  const QRect screen = panel.screen()->availableGeometry();
  const QPoint wanted = panel.mapToGlobal(QPoint(kHelpInset_px, kHelpInset_px));
  move(std::clamp(wanted.x(), screen.left(), std::max(screen.left(), screen.right() - width())),
       std::clamp(wanted.y(), screen.top(), std::max(screen.top(), screen.bottom() - height())));
  show();
}

void PanelHelpPopup::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  paintPopup(painter, rect());
}

void PanelHelpPopup::keyPressEvent(QKeyEvent*) {
  close();
}

}  // namespace hbev::ui
