// One figure of a report: caption and value.
#pragma once

#include <QtWidgets/QWidget>

namespace hbev::ui {

class ScoreTile : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreTile(const QString& caption, QWidget* parent = nullptr);

  /// As it shall be written; empty is shown as a middle dot.
  void setValue(const QString& text);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void clicked();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  void describe();

  QString caption_, value_;
};

}  // namespace hbev::ui
