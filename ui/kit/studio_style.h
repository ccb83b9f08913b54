// Fusion with the measures of the design: what a style sheet cannot draw.
#pragma once

#include <QtWidgets/QProxyStyle>

class QStyleOptionComboBox;
class QStyleOptionMenuItem;
class QStyleOptionSlider;

namespace hbev::ui {

class StudioStyle : public QProxyStyle {
  Q_OBJECT
 public:
  StudioStyle();

  void polish(QWidget* widget) override;
  using QProxyStyle::polish;
  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* result) const override;
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget) const override;
  QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                       const QWidget* widget) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                         const QWidget* widget) const override;

 private:
  void drawMenuItem(const QStyleOptionMenuItem& item, QPainter& painter) const;
  void drawSlider(const QStyleOptionSlider& slider, QPainter& painter) const;
  void drawScrollBar(const QStyleOptionSlider& bar, QPainter& painter, const QWidget* widget) const;
  void drawComboBox(const QStyleOptionComboBox& combo, QPainter& painter) const;
  void drawComboLabel(const QStyleOptionComboBox& combo, QPainter& painter) const;
};

}  // namespace hbev::ui
