#include "ui/kit/studio_style.h"

#include <algorithm>

#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFocusFrame>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QStyleFactory>
#include <QtWidgets/QStyleOption>

#include "ui/kit/badge.h"
#include "ui/kit/focus_ring.h"
#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/round_popup.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kCheckBox = 14, kMenuIcon = 14, kChevron = 12;
constexpr int kMenuPadding = 12, kMenuGap = 10, kMenuMargin = 4, kMenuSeparator = 9;
constexpr int kSliderHeight = 16, kComboPadding = 9;

bool has(const QStyleOption* option, QStyle::StateFlag flag) {
  return option->state.testFlag(flag);
}

/// The tick, as in icons/check.svg but heavier, for a box of 14 px.
void paintTick(QPainter& painter, const QRectF& box, const QColor& color) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(color, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.translate(box.topLeft());
  painter.drawPolyline(QPolygonF{{3.5, 7.5}, {6.0, 10.0}, {10.75, 4.5}});
  painter.restore();
}

void drawCheckBox(const QStyleOption* option, QPainter* painter) {
  const Theme& theme = Theme::current();
  const QRectF box(option->rect.left(),
                   option->rect.center().y() - kCheckBox / 2 + 1 - (option->rect.height() % 2), kCheckBox,
                   kCheckBox);
  const bool enabled = has(option, QStyle::State_Enabled), on = has(option, QStyle::State_On);
  const double radius = theme.tokens().radii().chip_square;
  if (on || has(option, QStyle::State_NoChange)) {
    paintBox(*painter, box, radius, theme.color(enabled ? Role::AccentFill : Role::Raised), {});
    const QColor mark = theme.color(enabled ? Role::OnAccent : Role::Disabled);
    if (on)
      paintTick(*painter, box, mark);
    else
      painter->fillRect(QRectF(box.left() + 4, box.center().y() - 0.75, 6, 1.5), mark);
    return;
  }
  const bool hover = enabled && has(option, QStyle::State_MouseOver);
  paintBox(*painter, box, radius, theme.color(hover ? Role::Hover : Role::Input),
           theme.color(enabled ? Role::BorderStrong : Role::Border));
}

void drawRadioButton(const QStyleOption* option, QPainter* painter) {
  const Theme& theme = Theme::current();
  const QRectF box(option->rect.left(), option->rect.center().y() - 6, kCheckBox, kCheckBox);
  const bool enabled = has(option, QStyle::State_Enabled), on = has(option, QStyle::State_On);
  paintBox(*painter, box, kCheckBox / 2.0, theme.color(on && enabled ? Role::AccentFill : Role::Input),
           on && enabled ? QColor() : theme.color(enabled ? Role::BorderStrong : Role::Border));
  if (on)
    paintBox(*painter, box.adjusted(4.5, 4.5, -4.5, -4.5), 2.5,
             theme.color(enabled ? Role::OnAccent : Role::Disabled), {});
}

/// "Save picture\tCtrl+Shift+S" in its two halves, mnemonics still in the first.
std::pair<QString, QString> splitMenuText(const QString& text) {
  const qsizetype tab = text.indexOf('\t');
  if (tab < 0) return {text, {}};
  return {text.left(tab), keyText(QKeySequence(text.mid(tab + 1), QKeySequence::NativeText))};
}

}  // namespace

StudioStyle::StudioStyle() : QProxyStyle(QStyleFactory::create("Fusion")) {}

void StudioStyle::polish(QWidget* widget) {
  QProxyStyle::polish(widget);
  if (qobject_cast<QMenu*>(widget)) {
    widget->setWindowFlag(Qt::FramelessWindowHint);
    widget->setWindowFlag(Qt::NoDropShadowWindowHint);
    roundCorners(widget);
  }
  if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
      qobject_cast<QScrollBar*>(widget) || qobject_cast<QAbstractSlider*>(widget))
    widget->setAttribute(Qt::WA_Hover);
}

int StudioStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  const Sizes& sizes = Theme::current().sizes();
  switch (metric) {
    case PM_HeaderDefaultSectionSizeVertical:
      return sizes.table_row;
    case PM_DockWidgetSeparatorExtent:
      return sizes.separator;
    case PM_SplitterWidth:
      return sizes.splitter;
    case PM_SliderThickness:
    case PM_SliderControlThickness:
      return kSliderHeight;
    case PM_SliderLength:
      return sizes.slider_knob;
    case PM_ScrollBarExtent:
      return sizes.scrollbar;
    case PM_ScrollView_ScrollBarOverlap:
      return sizes.scrollbar;
    case PM_ScrollView_ScrollBarSpacing:
      return 0;
    case PM_ScrollBarSliderMin:
      return 24;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
      return kCheckBox;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
      return 6;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
    case PM_TabBarIconSize:
      return sizes.icon;
    case PM_MenuPanelWidth:
      return 1;
    case PM_MenuVMargin:
      return kMenuMargin;
    case PM_MenuHMargin:
      return 0;
    case PM_ToolTipLabelFrameWidth:
      return 5;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
      return widget ? focusRingMargin(widget) : 3;
    case PM_DockWidgetFrameWidth:
    case PM_ToolBarFrameWidth:
    case PM_MenuBarPanelWidth:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
      return 0;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int StudioStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                           QStyleHintReturn* result) const {
  switch (hint) {
    case SH_ToolTip_WakeUpDelay:
      return Theme::current().tokens().motion().tooltip_delay;
    case SH_ToolTip_FallAsleepDelay:
      return 2000;
    case SH_ScrollBar_LeftClickAbsolutePosition:
    case SH_FocusFrame_AboveWidget:
      return 1;
    case SH_Slider_AbsoluteSetButtons:
      return Qt::LeftButton;
    case SH_ComboBox_Popup:
    case SH_UnderlineShortcut:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_FocusFrame_Mask:
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration:
    case SH_Menu_Mask:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, result);
  }
}

void StudioStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const {
  const Theme& theme = Theme::current();
  switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
      return drawCheckBox(option, painter);
    case PE_IndicatorRadioButton:
      return drawRadioButton(option, painter);
    case PE_PanelMenu:
      return paintPopup(*painter, option->rect);
    case PE_PanelTipLabel:
      painter->fillRect(option->rect, theme.color(Role::Raised));
      return paintBox(*painter, option->rect, 0, {}, theme.color(Role::BorderStrong));
    case PE_IndicatorDockWidgetResizeHandle:
      return painter->fillRect(option->rect, theme.color(Role::Window));
    case PE_IndicatorBranch:
      if (has(option, State_Children)) {
        QRect box(0, 0, kChevron, kChevron);
        box.moveCenter(option->rect.center());
        paintIcon(*painter, has(option, State_Open) ? "chevron-down" : "chevron-right", box,
                  theme.color(Role::Text3));
      }
      return;
    case PE_FrameFocusRect:  // The ring is FocusRing's; item views mark the current row by its selection.
    case PE_FrameMenu:       // PE_PanelMenu has drawn it.
    case PE_PanelScrollAreaCorner:
      return;
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void StudioStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
  const Theme& theme = Theme::current();
  switch (element) {
    case CE_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
        drawMenuItem(*item, *painter);
      return;
    case CE_MenuEmptyArea:
    case CE_SizeGrip:  // The window's edge is enough.
      return;
    case CE_ComboBoxLabel:
      if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
        drawComboLabel(*combo, *painter);
      return;
    case CE_Splitter:
      return painter->fillRect(option->rect, theme.color(Role::Window));
    case CE_FocusFrame: {
      // `widget` is the frame itself: its margin tells what it surrounds.
      const auto* frame = qobject_cast<const QFocusFrame*>(widget);
      const int margin = frame && frame->widget() ? focusRingMargin(frame->widget()) : 3;
      const int width = margin == 1 ? 1 : theme.sizes().focus_ring;
      const double inset = width / 2.0, radius = theme.tokens().radii().button + margin - inset;
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(QPen(theme.color(Role::Focus), width));
      painter->setBrush(Qt::NoBrush);
      painter->drawRoundedRect(QRectF(option->rect).adjusted(inset, inset, -inset, -inset), radius, radius);
      painter->restore();
      return;
    }
    default:
      QProxyStyle::drawControl(element, option, painter, widget);
  }
}

void StudioStyle::drawMenuItem(const QStyleOptionMenuItem& item, QPainter& painter) const {
  const Theme& theme = Theme::current();
  if (item.menuItemType == QStyleOptionMenuItem::Separator) {
    const int y = item.rect.center().y();
    if (item.text.isEmpty())
      return painter.fillRect(QRect(item.rect.left(), y, item.rect.width(), 1), theme.color(Role::Border));
    painter.setFont(theme.font(TextSize::Tiny));
    painter.setPen(theme.color(Role::Text2));
    return painter.drawText(item.rect.adjusted(kMenuPadding, 0, -kMenuPadding, 0), Qt::AlignVCenter,
                            item.text);
  }
  const bool enabled = has(&item, State_Enabled), selected = enabled && has(&item, State_Selected);
  if (selected) painter.fillRect(item.rect.adjusted(1, 0, -1, 0), theme.color(Role::Selection));

  QRect mark(item.rect.left() + kMenuPadding, 0, kMenuIcon, kMenuIcon);
  mark.moveTop(item.rect.top() + (item.rect.height() - kMenuIcon) / 2);
  const QColor color = theme.color(enabled ? Role::Text : Role::Disabled);
  if (item.checkType != QStyleOptionMenuItem::NotCheckable) {
    if (item.checked) paintIcon(painter, "check", mark, theme.color(enabled ? Role::Accent : Role::Disabled));
  } else if (!item.icon.isNull()) {
    item.icon.paint(&painter, mark, Qt::AlignCenter, !enabled ? QIcon::Disabled : QIcon::Active);
  }
  const auto [name, keys] = splitMenuText(item.text);
  QRect text = item.rect.adjusted(kMenuPadding + kMenuIcon + kMenuGap, 0, -kMenuPadding, 0);
  painter.setFont(item.font);
  painter.setPen(color);
  painter.drawText(text, Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextHideMnemonic, name);
  if (item.menuItemType == QStyleOptionMenuItem::SubMenu) {
    const QRect arrow(item.rect.right() - kMenuPadding - kChevron + 1,
                      item.rect.center().y() - kChevron / 2 + 1, kChevron, kChevron);
    paintIcon(painter, "chevron-right", arrow, theme.color(enabled ? Role::Text2 : Role::Disabled));
  } else if (!keys.isEmpty()) {
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(enabled ? Role::Text2 : Role::Disabled));
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignRight, keys);
  }
}

void StudioStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                     QPainter* painter, const QWidget* widget) const {
  if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
    if (control == CC_Slider) return drawSlider(*slider, *painter);
    if (control == CC_ScrollBar) return drawScrollBar(*slider, *painter, widget);
  }
  if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option))
    if (control == CC_ComboBox) return drawComboBox(*combo, *painter);
  QProxyStyle::drawComplexControl(control, option, painter, widget);
}

void StudioStyle::drawSlider(const QStyleOptionSlider& slider, QPainter& painter) const {
  const Theme& theme = Theme::current();
  const bool horizontal = slider.orientation == Qt::Horizontal;
  const int knob = theme.sizes().slider_knob, track = theme.sizes().slider_track;
  const int length = horizontal ? slider.rect.width() : slider.rect.height();
  const int offset = sliderPositionFromValue(slider.minimum, slider.maximum, slider.sliderPosition,
                                             length - knob, slider.upsideDown);
  const double centre = offset + knob / 2.0;
  const bool enabled = has(&slider, State_Enabled);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.translate(slider.rect.topLeft());
  if (!enabled) painter.setOpacity(0.5);
  const QColor rest = theme.color(Role::BorderStrong), done = theme.color(Role::Accent);
  const double across = ((horizontal ? slider.rect.height() : slider.rect.width()) - track) / 2.0;
  const auto line = [&](double from, double to, const QColor& color) {
    painter.fillRect(
        horizontal ? QRectF(from, across, to - from, track) : QRectF(across, from, track, to - from), color);
  };
  line(0, centre, slider.upsideDown ? rest : done);
  line(centre, length, slider.upsideDown ? done : rest);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.color(Role::Text));
  const double middle = across + track / 2.0;
  painter.drawEllipse(horizontal ? QPointF(centre, middle) : QPointF(middle, centre), knob / 2.0, knob / 2.0);
  painter.restore();
}

void StudioStyle::drawScrollBar(const QStyleOptionSlider& bar, QPainter& painter,
                                const QWidget* widget) const {
  if (bar.minimum == bar.maximum) return;
  const Theme& theme = Theme::current();
  const QRectF thumb = proxy()->subControlRect(CC_ScrollBar, &bar, SC_ScrollBarSlider, widget);
  const bool active = has(&bar, State_MouseOver) || has(&bar, State_Sunken);
  const QColor color = theme.color(active ? Role::Text3 : Role::BorderStrong);
  paintBox(painter, thumb.adjusted(1, 1, -1, -1), std::min(thumb.width(), thumb.height()) / 2 - 1, color, {});
}

void StudioStyle::drawComboBox(const QStyleOptionComboBox& combo, QPainter& painter) const {
  const Theme& theme = Theme::current();
  const bool enabled = has(&combo, State_Enabled), hover = enabled && has(&combo, State_MouseOver);
  const bool open = has(&combo, State_On);
  paintBox(painter, combo.rect, theme.tokens().radii().control,
           theme.color(combo.editable  ? Role::Input
                       : hover || open ? Role::Hover
                                       : Role::Raised),
           theme.color(Role::Border));
  QRect chevron(0, 0, kChevron, kChevron);
  chevron.moveCenter({combo.rect.right() - kComboPadding - kChevron / 2 + 2, combo.rect.center().y()});
  paintIcon(painter, "chevron-down", chevron, theme.color(enabled ? Role::Text2 : Role::Disabled));
}

void StudioStyle::drawComboLabel(const QStyleOptionComboBox& combo, QPainter& painter) const {
  if (combo.editable) return;
  const Theme& theme = Theme::current();
  const bool enabled = has(&combo, State_Enabled);
  QRect text = combo.rect.adjusted(kComboPadding, 0, -(kComboPadding + kChevron + 2), 0);
  if (!combo.currentIcon.isNull()) {
    QRect mark(text.left(), 0, kMenuIcon, kMenuIcon);
    mark.moveTop(text.top() + (text.height() - kMenuIcon) / 2);
    combo.currentIcon.paint(&painter, mark, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    text.setLeft(mark.right() + 7);
  }
  painter.setPen(theme.color(enabled ? Role::Text : Role::Disabled));
  painter.drawText(text, Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(combo.currentText, Qt::ElideRight, text.width()));
}

QRect StudioStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                                  const QWidget* widget) const {
  if (control == CC_ComboBox) {
    if (sub == SC_ComboBoxEditField)
      return option->rect.adjusted(kComboPadding - 4, 1, -(kComboPadding + kChevron + 2), -1);
    if (sub == SC_ComboBoxArrow)
      return {option->rect.right() - kComboPadding - kChevron, option->rect.top(), kComboPadding + kChevron,
              option->rect.height()};
  }
  const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
  if (control == CC_ScrollBar && slider) {
    // No arrows: the groove is everything.
    const bool horizontal = slider->orientation == Qt::Horizontal;
    const int length = horizontal ? slider->rect.width() : slider->rect.height();
    const qint64 range = qint64(slider->maximum) - slider->minimum;
    const int thumb =
        range == 0 ? length
                   : std::max<int>(int(length * qint64(slider->pageStep) / (range + slider->pageStep)),
                                   std::min(length, pixelMetric(PM_ScrollBarSliderMin, option, widget)));
    const int at = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition,
                                           length - thumb, slider->upsideDown);
    const auto part = [&](int from, int size) {
      const QRect rect = horizontal ? QRect(from, 0, size, slider->rect.height())
                                    : QRect(0, from, slider->rect.width(), size);
      return visualRect(slider->direction, slider->rect, rect);
    };
    switch (sub) {
      case SC_ScrollBarSlider:
        return part(at, thumb);
      case SC_ScrollBarSubPage:
        return part(0, at);
      case SC_ScrollBarAddPage:
        return part(at + thumb, length - at - thumb);
      case SC_ScrollBarGroove:
        return part(0, length);
      default:
        return {};
    }
  }
  return QProxyStyle::subControlRect(control, option, sub, widget);
}

QSize StudioStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                    const QWidget* widget) const {
  const Theme& theme = Theme::current();
  if (type == CT_MenuItem) {
    const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (!item) return QProxyStyle::sizeFromContents(type, option, size, widget);
    if (item->menuItemType == QStyleOptionMenuItem::Separator && item->text.isEmpty())
      return {size.width(), kMenuSeparator};
    const auto [name, keys] = splitMenuText(item->text);
    int width = 2 * kMenuPadding + kMenuIcon + kMenuGap +
                QFontMetrics(item->font).size(Qt::TextShowMnemonic, name).width();
    if (!keys.isEmpty()) width += 24;  // QMenu adds the width of the widest keys itself.
    if (item->menuItemType == QStyleOptionMenuItem::SubMenu) width += 8 + kChevron;
    return {width, theme.sizes().menu_item};
  }
  if (type == CT_ComboBox) return {size.width() + 2 * kComboPadding + kChevron + 6, theme.sizes().combo};
  return QProxyStyle::sizeFromContents(type, option, size, widget);
}

}  // namespace hbev::ui
