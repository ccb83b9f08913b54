#include "ui/viewport/viewport_header.h"

#include <QtGui/QPainter>
#include <QtGui/QStandardItemModel>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>

#include "ui/kit/actions.h"
#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/combo_box.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/viewport/color_legend.h"
#include "ui/viewport/coloring_actions.h"
#include "ui/viewport/ray_actions.h"

namespace hbev::ui {
namespace {

/// Narrower headers keep source, link, view and more.
constexpr int kRoomForAll_px = 440;
/// Names of sources are squeezed to so many where room is short.
constexpr int kFewestLetters = 5;

}  // namespace

ViewportHeader::ViewportHeader(Studio& studio, Side side, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), studio_(studio), side_(side), actions_(actions) {
  setFixedHeight(Theme::current().sizes().viewport_header);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(8, 0, 4, 0);
  layout->setSpacing(6);
  badge_ = new Badge(side == Side::A ? Source::A : Source::B, this);
  source_ = new ComboBox(this);
  source_->setAccessibleName(tr("Source of viewport %1").arg(side == Side::A ? "A" : "B"));
  source_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  source_->setMinimumContentsLength(kFewestLetters);
  coloring_ = new ComboBox(this);
  coloring_->setAccessibleName(tr("Colouring of viewport %1").arg(side == Side::A ? "A" : "B"));
  for (const Coloring coloring : kColorings) {
    const std::string_view name = coloringName(coloring);
    coloring_->addItem(QString::fromUtf8(name.data(), qsizetype(name.size())));
  }
  layout->addWidget(badge_);
  layout->addWidget(source_, 1);
  layout->addWidget(makeAgainst());
  layout->addWidget(coloring_);
  rays_ = makeIconButton(actions["layer.rays"], this);
  layout->addWidget(rays_);
  layout->addWidget(makeIconButton(actions["view.link"], this));
  view_ = makeIconButton(QStringLiteral("orbit"), tr("Where to look from"), this);
  picture_ = makeIconButton(actions["picture.save"], this);
  maximise_ = makeIconButton(actions["view.maximise"], this);
  more_ = makeIconButton(QStringLiteral("more"), tr("More of this viewport"), this);
  for (QToolButton* button : {view_, picture_, maximise_, more_})
    layout->addWidget(button);
  connect(view_, &QToolButton::clicked, this, &ViewportHeader::openViewMenu);
  connect(more_, &QToolButton::clicked, this, &ViewportHeader::openMoreMenu);
  connect(maximise_, &QToolButton::pressed, this, &ViewportHeader::used);
  connect(source_, &QComboBox::activated, this, [this](int index) { studio_.setSource(side_, index); });
  connect(coloring_, &QComboBox::activated, this, [this](int index) {
    studio_.changeView([&](ViewSettings& view) { view.coloring[std::size_t(side_)] = Coloring(index); });
  });
  connect(&studio, &Studio::sourcesChanged, this, &ViewportHeader::fillSources);
  connect(&studio, &Studio::datasetChanged, this, &ViewportHeader::fillSources);
  connect(&studio, &Studio::viewChanged, this, &ViewportHeader::showColoring);
  const auto enable = [this](Side changed) {
    if (changed == side_) enableColorings();
  };
  connect(&studio, &Studio::sideChanged, this, enable);
  connect(&studio, &Studio::predictedChanged, this, enable);
  connect(&studio, &Studio::sourcesChanged, this, &ViewportHeader::enableColorings);
  enableColorings();
  fillSources();
  showColoring();
}

void ViewportHeader::setActive(bool active) {
  badge_->setFilled(active);
}

void ViewportHeader::setAlone(bool alone) {
  against_->setVisible(alone);
}

QWidget* ViewportHeader::makeAgainst() {
  against_ = new QWidget(this);
  auto* row = new QHBoxLayout(against_);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(6);
  opposite_ = new ComboBox(against_);
  const QString letter = side_ == Side::A ? QStringLiteral("B") : QStringLiteral("A");
  opposite_->setAccessibleName(tr("Source of %1, which is compared with").arg(letter));
  opposite_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  opposite_->setMinimumContentsLength(kFewestLetters);
  auto* badge = new Badge(side_ == Side::A ? Source::B : Source::A, against_);
  badge->setFilled(true);
  row->addWidget(makeLabel(tr("against"), Role::Text3, TextSize::Body, Weight::Normal, against_));
  row->addWidget(badge);
  row->addWidget(opposite_, 1);
  against_->hide();
  connect(opposite_, &QComboBox::activated, this,
          [this](int index) { studio_.setSource(other(side_), index); });
  return against_;
}

void ViewportHeader::fillSources() {
  fill(*source_, side_);
  fill(*opposite_, other(side_));
}

void ViewportHeader::fill(ComboBox& list, Side side) {
  list.clear();
  for (const OccupancySource& source : studio_.sources()) {
    list.addItem(source.title());
    const QString detail = source.isTruth() ? tr("Labels of the data set")
                                            : QStringLiteral("%1 · %2").arg(
                                                  QString::fromStdString(source.prediction->formatName()),
                                                  QString::fromStdString(source.prediction->path().string()));
    list.setItemData(list.count() - 1, detail, Qt::ToolTipRole);
  }
  list.setCurrentIndex(studio_.sourceIndex(side));
  list.setEnabled(list.count() > 0);
  // A long name is cut off in the list.
  list.setToolTip(list.currentText() + QLatin1Char('\n') + list.currentData(Qt::ToolTipRole).toString());
}

void ViewportHeader::showColoring() {
  coloring_->setCurrentIndex(int(studio_.view().coloring[std::size_t(side_)]));
}

/// What this side cannot be coloured by is off in the list, and says why.
void ViewportHeader::enableColorings() {
  auto* model = qobject_cast<QStandardItemModel*>(coloring_->model());
  for (const Coloring coloring : kColorings) {
    QStandardItem* item = model->item(int(coloring));
    const bool can = canColor(studio_, side_, coloring);
    item->setEnabled(can);
    item->setToolTip(can ? QString() : absenceReason(coloring));
  }
}

void ViewportHeader::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::current().color(Role::Surface));
  paintBottomLine(painter, rect(), Theme::current().color(Role::Border));
}

void ViewportHeader::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const bool roomy = width() >= kRoomForAll_px;
  coloring_->setVisible(roomy);
  rays_->setVisible(roomy);
  picture_->setVisible(roomy);
  maximise_->setVisible(roomy);
}

QMenu* ViewportHeader::makeMenu() {
  Q_EMIT used();  // actions mean the active viewport
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  return menu;
}

void ViewportHeader::openViewMenu() {
  QMenu* menu = makeMenu();
  for (const char* id :
       {"view.orbit", "view.top", "view.follow_ego", "view.frame_all", "view.frame_selection"})
    menu->addAction(actions_[QString::fromLatin1(id)]);
  menu->popup(view_->mapToGlobal(QPoint(0, view_->height())));
}

void ViewportHeader::openMoreMenu() {
  QMenu* menu = makeMenu();
  if (coloring_->isHidden()) {
    QMenu* colors = menu->addMenu(tr("Colour by"));
    colors->setToolTipsVisible(true);
    for (int i = 0; i < coloring_->count(); ++i) {
      QAction* action = colors->addAction(coloring_->itemText(i));
      action->setCheckable(true);
      action->setEnabled(canColor(studio_, side_, Coloring(i)));
      if (!action->isEnabled()) action->setToolTip(absenceReason(Coloring(i)));
      action->setChecked(i == coloring_->currentIndex());
      connect(action, &QAction::triggered, this, [this, i] {
        studio_.changeView([&](ViewSettings& view) { view.coloring[std::size_t(side_)] = Coloring(i); });
      });
    }
    menu->addAction(actions_["picture.save"]);
    menu->addAction(actions_["view.maximise"]);
    menu->addSeparator();
  }
  menu->addMenu(makeRayMenu(actions_, menu));
  menu->addMenu(makeFlowMenu(actions_, menu));
  menu->addSeparator();
  menu->addAction(actions_["compare.swap"]);
  menu->addAction(actions_["predictions.open"]);
  const OccupancySource* source = studio_.source(side_);
  QAction* report = menu->addAction(icon("info"), tr("Import report"));
  report->setEnabled(source && !source->isTruth());
  if (report->isEnabled()) {
    const QString path = QString::fromStdString(source->prediction->path().string());
    connect(report, &QAction::triggered, this, [this, path] { Q_EMIT importReportRequested(path); });
  }
  menu->popup(more_->mapToGlobal(QPoint(0, more_->height())));
}

}  // namespace hbev::ui
