// A filter that is on or off: 20 px high, round ends, with a cross when on.
#pragma once

#include <QtWidgets/QAbstractButton>

namespace hbev::ui {

class Chip : public QAbstractButton {
  Q_OBJECT
 public:
  /// Checkable; `checked` chips show the cross, and clicking them anywhere takes them off.
  explicit Chip(const QString& text, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;
};

}  // namespace hbev::ui
