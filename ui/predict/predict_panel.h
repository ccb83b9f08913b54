// The network of the window: which one, with which weights, what to predict with it, how far it is, and what
// went wrong.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/predict/predicting.h"

class QCheckBox;
class QPushButton;
class QVBoxLayout;

namespace hbev::ui {

class ActionRegistry;
class ErrorNotice;
class NetworkChooser;
class PanelHeader;
class PanelStack;
class ProgressLine;
class ScrollColumn;
class Section;
class SegmentedControl;
class WrappingLabel;

class PredictPanel : public QWidget {
  Q_OBJECT
 public:
  PredictPanel(Studio& studio, Predicting& predicting, ActionRegistry& actions, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {320, 400}; }
  NetworkChooser& chooser() { return *chooser_; }

 Q_SIGNALS:
  void closeRequested();

 private:
  QWidget* makeWork(ActionRegistry& actions);
  QWidget* makeLast();
  void refresh();
  void showProblem();
  void showStatus();
  void showLast();

  Studio& studio_;
  Predicting& predicting_;
  PanelHeader* header_;
  ProgressLine* progress_;
  PanelStack* stack_;
  ScrollColumn* column_;
  ErrorNotice* error_;
  QPushButton* use_anyway_;
  NetworkChooser* chooser_;
  SegmentedControl* target_;
  QCheckBox* as_i_go_;
  WrappingLabel* count_;
  QPushButton* save_;
  Section* last_;
  QVBoxLayout* times_;
};

}  // namespace hbev::ui
