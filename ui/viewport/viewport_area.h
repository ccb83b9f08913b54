// The two viewports side by side, each under its header; linked cameras, swapping, flipping, maximising.
#pragma once

#include <array>

#include <QtWidgets/QWidget>

#include "ui/state/studio.h"
#include "ui/viewport/viewport.h"

class QSplitter;

namespace hbev::ui {

class ActionRegistry;
class EmptyState;
class PanelStack;
class Predicting;
class SwipeView;
class ViewportHeader;

class ViewportArea : public QWidget {
  Q_OBJECT
 public:
  ViewportArea(Studio& studio, ActionRegistry& actions, QWidget* parent = nullptr);

  Viewport& viewport(Side side) const { return *viewports_[std::size_t(side)]; }
  /// The one that was used last: actions of the scope "viewport" mean it.
  Side active() const { return active_; }
  void setActive(Side side);

  /// Flies the active viewport there (and the other one, when linked).
  void flyTo(const ViewCamera& camera);
  void frameAll();
  void frameSelection();
  void setLinked(bool linked);
  /// Shows the active viewport alone, or both again.
  void toggleMaximised();
  /// One viewport fills the room: that of the scored prediction, else the active one. Or both are there.
  void setAlone(bool alone);
  bool isAlone() const { return alone_.has_value(); }
  /// Above each other, without headers and with little over the picture: where they are a column of
  /// something else.
  void setStacked(bool stacked);
  void setFlipped(bool flipped);
  /// Both viewports over each other with linked cameras, A left of a line that is dragged and B right of it;
  /// begins when there are two sources. Alone or stacked viewports have no line.
  void setSwiping(bool on);
  /// Wished for; seen once there are two sources.
  bool isSwiping() const { return swipes_; }
  SwipeView& swipe() const { return *swipe_; }
  /// Says of keyframes without a prediction that they are predicted now, or how they can be.
  void followPredicting(const Predicting& predicting);
  /// What both viewports show now, side by side or at both sides of the line, without the window around them.
  QImage picture();

 Q_SIGNALS:
  void cameraChanged();
  void swipingChanged(bool on);
  void glFailed(const hbev::Problem& problem);
  /// The buttons of the empty state.
  void openPredictionsRequested();
  void importReportRequested(const QString& path);

 private:
  void followCamera(Side mover);
  void showColumns();
  void showSwipe(bool on);
  void placeInsets();
  void showPictured();
  EmptyState* makeEmptyState();
  void showState(Side side);
  void showContent(Side side);
  QImage swipedPicture();
  void showAbsent(Side side);

  Studio& studio_;
  ActionRegistry& actions_;
  const Predicting* predicting_ = nullptr;
  std::array<Viewport*, 2> viewports_;
  std::array<ViewportHeader*, 2> headers_;
  std::array<PanelStack*, 2> stacks_;
  std::array<QWidget*, 2> columns_;
  QSplitter* splitter_;
  SwipeView* swipe_;
  bool swipes_ = false, is_stacked_ = false;
  std::optional<Side> alone_before_swipe_;  ///< comes back with its end
  Side active_ = Side::A;
  std::optional<Side> alone_;  ///< this side fills the room
};

}  // namespace hbev::ui
