// The ring around what has the focus: 2 px, 1 px away, for keyboard users; 1 px around a text field always.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>

class QFocusFrame;
class QWidget;

namespace hbev::ui {

class FocusRing : public QObject {
  Q_OBJECT
 public:
  /// Watches all of `app`, its owner.
  explicit FocusRing(QObject* app);
  ~FocusRing() override;

  /// The widget that wears the ring now, or nullptr.
  QWidget* widget() const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void put(QWidget* widget);
  QPointer<QFocusFrame> frame_;
};

/// Pixels between the widget's edge and the outer edge of its ring.
int focusRingMargin(const QWidget* widget);

}  // namespace hbev::ui
