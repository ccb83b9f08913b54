// The combo box of the design: 24 px, chevron 12, rows 24; rows may carry a swatch.
#pragma once

#include <QtWidgets/QComboBox>

namespace hbev::ui {

/// Qt::DecorationRole of an item may hold a QColor: it is drawn as a swatch.
class ComboBox : public QComboBox {
  Q_OBJECT
 public:
  explicit ComboBox(QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;  ///< Closed it moves by arrows only.
  void wheelEvent(QWheelEvent* event) override;   ///< Only with focus: scrolling a panel must not change it.
};

}  // namespace hbev::ui
