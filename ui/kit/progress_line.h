// Work that goes on: a 6 px bar with how many of how many, the time left, and a cross that stops it.
#pragma once

#include <QtWidgets/QWidget>

#include "core/base/progress.h"

class QToolButton;

namespace hbev::ui {

/// "6 s left", "2 min left", "1 h 5 min left"
QString timeLeftText(double seconds);

class ProgressLine : public QWidget {
  Q_OBJECT
 public:
  explicit ProgressLine(QWidget* parent = nullptr);

  /// In the window's thread; a Progress reports from its own threads, so queue it. `what` is shown at left
  /// when setShowsWhat(true).
  void setState(const Progress::State& state);
  const Progress::State& state() const { return state_; }
  void setShowsWhat(bool shows);
  void setCancellable(bool cancellable);
  /// "45 %" in place of "9 / 20".
  void setShowsPercent(bool percent);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void cancelled();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  QString countText() const;
  QString leftText() const;
  int textWidth() const;  ///< Everything right of the bar.
  int whatWidth() const;

  Progress::State state_;
  QToolButton* cancel_;
  bool shows_what_ = false;
  bool percent_ = false;
};

}  // namespace hbev::ui
