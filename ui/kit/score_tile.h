// One figure of a report: caption, value, and its change against what it is compared with.
#pragma once

#include <optional>

#include <QtWidgets/QWidget>

namespace hbev::ui {

class ScoreTile : public QWidget {
  Q_OBJECT
 public:
  explicit ScoreTile(const QString& caption, QWidget* parent = nullptr);

  void setCaption(const QString& caption);
  /// As it shall be written; empty is shown as a middle dot.
  void setValue(const QString& text);
  /// `change` in the value's unit with `decimals`; drawn as a triangle and a figure without sign, in ok when
  /// it is an improvement, else in error. Nothing removes it.
  void setChange(std::optional<double> change, bool higher_is_better = true, int decimals = 1);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void clicked();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  void describe();

  QString caption_, value_, change_;
  bool moves_ = false, rises_ = false, improves_ = false;
};

}  // namespace hbev::ui
