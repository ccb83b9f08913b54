// New run: what to train, on what, from which weights, how long; what speaks against it; and the start.
#pragma once

#include <memory>

#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

#include "ui/predict/predicting.h"
#include "ui/state/background_job.h"
#include "ui/training/train_preflight.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace hbev::ui {

class ComboBox;
class FindingList;
class ProgressLine;
class TrainSettings;

class TrainDialog : public QDialog {
  Q_OBJECT
 public:
  TrainDialog(Studio& studio, Predicting& predicting, RunStore& store, TrainBackend backend,
              QWidget* parent = nullptr);

  TrainRequest request() const;
  /// Fills the fields: "more of these in training", a run's own settings.
  void setRequest(const TrainRequest& request);
  void setBoost(const QString& file);
  /// What was found about request() as it is now; null while it is looked at.
  const Preflight* preflight() const;

 Q_SIGNALS:
  /// Nothing speaks against it, and somebody wants it. The dialog closes.
  void startRequested(const hbev::ui::TrainRequest& request);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QWidget* makeForm();
  QWidget* makeFindings();
  QWidget* makeAdvanced();
  QWidget* makeFooter();
  void addRow(const QString& name, QWidget* control, const QString& help, QWidget* more = nullptr);
  void addGroup(const QString& title);
  void fillConfigs();
  /// One that is not in the list is added to it.
  static void choose(ComboBox& list, const QString& file);
  void fillWeights();
  void fillSplits();
  /// The configuration's own values, where nobody has written others. A file is read in the background.
  void takeConfig();
  /// Nobody writes where the configuration that is read will write.
  void enableFields();
  void showConfig();
  void showConfigProblem(const Problem& problem);
  /// Those that come with the configuration, unless somebody has chosen others.
  void takeShippedWeights();
  void changed();
  void inspect();
  void showFindings();
  void start();
  /// Red is what somebody must write anew.
  void markFields();
  /// A number that fits the configuration, unless somebody has chosen another.
  static void suggest(QSpinBox& box, int value);
  void suggestRate();
  QString freeName() const;
  QPushButton* makeBrowse(const QString& help, const std::function<QString()>& choose, QLineEdit* field);

  /// What has no field: as the run that this one is to be like.
  TrainRequest without_field_;
  Studio& studio_;
  Predicting& predicting_;
  RunStore& store_;
  TrainBackend backend_;
  QVBoxLayout* rows_ = nullptr;
  QLineEdit* name_;
  QLineEdit* data_;
  ComboBox* split_;
  ComboBox* evaluate_split_;
  ComboBox* config_;
  QLabel* about_;
  ComboBox* weights_;
  QSpinBox* steps_;
  QSpinBox* batch_;
  QLineEdit* rate_;
  QSpinBox* seed_;
  QSpinBox* checkpoint_every_;
  QSpinBox* evaluate_every_;
  QLineEdit* boost_;
  TrainSettings* settings_;
  FindingList* findings_;
  ProgressLine* progress_;
  QLabel* summary_;
  QPushButton* start_;
  QTimer soon_;
  BackgroundJob reading_config_;
  std::shared_ptr<ModelConfig> config_read_;  ///< written by the job until it has finished
  bool takes_values_ = true;                  ///< of the configuration: no request has others
  BackgroundJob job_;
  std::shared_ptr<Preflight> result_;  ///< written by the job until it has finished
  bool is_inspected_ = false;
  bool starts_when_inspected_ = false;  ///< somebody pressed Return while it is looked at
};

}  // namespace hbev::ui
