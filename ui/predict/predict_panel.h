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
class ComboBox;
class ErrorNotice;
class NoticeLine;
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
  /// A checkpoint or a configuration that was dropped or picked; chosen at once.
  void chooseFile(const QString& path);
  void browseWeights();
  void browseConfig();

 Q_SIGNALS:
  void closeRequested();

 private:
  QWidget* makeNetwork();
  QWidget* makeWork(ActionRegistry& actions);
  QWidget* makeLast();
  void fillConfigs();
  void fillWeights();
  void change(const std::function<void(NetworkChoice&)>& change);
  void refresh();
  void showConfig();
  void showConfigRead();
  void showConfigProblem(const Problem& problem);
  void showFit();
  void showHalf();
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
  Section* network_;
  ComboBox* config_;
  WrappingLabel* about_;
  ComboBox* weights_;
  NoticeLine* untrained_;
  WrappingLabel* fit_;
  SegmentedControl* mode_;
  QCheckBox* half_;
  WrappingLabel* half_hint_;
  SegmentedControl* target_;
  QCheckBox* as_i_go_;
  WrappingLabel* count_;
  QPushButton* save_;
  Section* last_;
  QVBoxLayout* times_;
  QString device_;                            ///< what a network ran on last
  QString shown_config_;                      ///< whose description is shown
  std::shared_ptr<ModelConfig> config_read_;  ///< of that; written by the job until it has finished
  BackgroundJob reading_config_;              ///< where the configuration is somebody's file
  std::optional<NetworkChoice> listed_;       ///< the lists were made for this choice
};

/// "12 ms", "1.9 s", "2 min 5 s": how long something took.
QString durationText(double seconds);

}  // namespace hbev::ui
