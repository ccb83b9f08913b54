// Which network predicts: its configuration, weights, mode and precision, and what is known of it once
// loaded.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QtWidgets/QWidget>

#include "ui/predict/predicting.h"

class QCheckBox;

namespace hbev::ui {

class ComboBox;
class NoticeLine;
class SegmentedControl;
class WrappingLabel;

class NetworkChooser : public QWidget {
  Q_OBJECT
 public:
  explicit NetworkChooser(Predicting& predicting, QWidget* parent = nullptr);
  /// A checkpoint or a configuration that was dropped or picked; chosen at once.
  void chooseFile(const QString& path);
  void refresh();
  /// Nothing else is chosen while a run over scenes goes on.
  void setChoosable(bool choosable);

 private:
  void browseWeights();
  void browseConfig();
  void makeControls();
  void placeControls();
  void change(const std::function<void(NetworkChoice&)>& change);
  void fillConfigs();
  void fillWeights();
  void showConfig();
  void showConfigRead();
  void showConfigProblem(const Problem& problem);
  void showFit();
  void showHalf();

  Predicting& predicting_;
  ComboBox* config_;
  WrappingLabel* about_;
  ComboBox* weights_;
  NoticeLine* untrained_;
  WrappingLabel* fit_;
  SegmentedControl* mode_;
  QCheckBox* half_;
  WrappingLabel* half_hint_;
  QString device_;                            ///< what a network ran on last
  QString shown_config_;                      ///< whose description is shown
  std::shared_ptr<ModelConfig> config_read_;  ///< of that; written by the job until it has finished
  BackgroundJob reading_config_;              ///< where the configuration is somebody's file
  std::optional<NetworkChoice> listed_;       ///< the lists were made for this choice
};

}  // namespace hbev::ui
