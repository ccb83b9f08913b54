// The line above a viewport: which source it shows, how it is coloured, and what can be done with it.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/state/studio.h"

class QMenu;
class QToolButton;

namespace hbev::ui {

class ActionRegistry;
class Badge;
class ComboBox;

/// 30 px: badge, source, colouring, link, view, picture, maximise, more. Where room is short colouring,
/// picture and maximise are in the menu of the last.
class ViewportHeader : public QWidget {
  Q_OBJECT
 public:
  ViewportHeader(Studio& studio, Side side, ActionRegistry& actions, QWidget* parent = nullptr);
  void setActive(bool active);
  /// The other viewport is not there: its source is chosen here, too.
  void setAlone(bool alone);

 Q_SIGNALS:
  /// A button was used: this viewport is meant.
  void used();
  /// Of the predictions that are shown here.
  void importReportRequested(const QString& path);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fillSources();
  void fill(ComboBox& list, Side side);
  QWidget* makeAgainst();
  void showColoring();
  void enableColorings();
  void openViewMenu();
  void openMoreMenu();
  QMenu* makeMenu();

  Studio& studio_;
  Side side_;
  ActionRegistry& actions_;
  Badge* badge_;
  ComboBox* source_;
  QWidget* against_;  ///< "against", badge and source of the other side, while that has no viewport
  ComboBox* opposite_;
  ComboBox* coloring_;
  QToolButton* rays_;
  QToolButton* view_;
  QToolButton* picture_;
  QToolButton* maximise_;
  QToolButton* more_;
};

}  // namespace hbev::ui
