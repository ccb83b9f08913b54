// One of a few, side by side: 22 px segments in a 24 px frame. Arrow keys move the choice.
#pragma once

#include <QtWidgets/QWidget>

class QButtonGroup;
class QHBoxLayout;
class QToolButton;

namespace hbev::ui {

class SegmentedControl : public QWidget {
  Q_OBJECT
 public:
  explicit SegmentedControl(QWidget* parent = nullptr);

  /// Returns its index. The first one added is the current one.
  int addSegment(const QString& text, const QString& icon_name = {}, const QString& tooltip = {});
  int count() const;
  int currentIndex() const;
  /// Emits currentChanged() when it changes.
  void setCurrentIndex(int index);
  void setSegmentEnabled(int index, bool enabled);
  QToolButton* segment(int index) const;

 Q_SIGNALS:
  void currentChanged(int index);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void step(int direction);

  QButtonGroup* group_;
  QHBoxLayout* layout_;
  int current_ = -1;
};

}  // namespace hbev::ui
