// The colours of depths with their metres, for a header.
#pragma once

#include <QtWidgets/QWidget>

namespace hbev::ui {

class DepthLegend : public QWidget {
  Q_OBJECT
 public:
  explicit DepthLegend(QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
};

}  // namespace hbev::ui
