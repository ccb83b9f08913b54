// What the New run dialog offers to choose from: configurations, weights, splits.
#include <algorithm>

#include <QtCore/QFileInfo>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSpinBox>

#include "ui/kit/combo_box.h"
#include "ui/predict/predict_choice.h"
#include "ui/training/train_dialog.h"
#include "ui/training/train_settings.h"

namespace hbev::ui {

void TrainDialog::fillConfigs() {
  const QSignalBlocker quiet(config_);
  try {
    for (const NamedConfig& each : predicting_.backend().configs()) {
      config_->addItem(QString::fromStdString(each.name), QString::fromStdString(each.name));
      config_->setItemData(config_->count() - 1, QString::fromStdString(each.about), Qt::ToolTipRole);
    }
  } catch (const Error&) {
    config_->clear();  // the check before the start says what is wrong
  }
  for (const QString& file : recentConfigs())
    config_->addItem(QFileInfo(file).fileName(), file);
  config_->setCurrentIndex(std::max(0, config_->findData(QStringLiteral("demo"))));
}

void TrainDialog::choose(ComboBox& list, const QString& file) {
  if (list.findData(file) < 0) {
    list.addItem(QFileInfo(file).fileName(), file);
    list.setItemData(list.count() - 1, file, Qt::ToolTipRole);
  }
  list.setCurrentIndex(list.findData(file));
}

void TrainDialog::suggest(QSpinBox& box, int value) {
  const QVariant before = box.property("suggested");
  if (before.isValid() && before.toInt() != box.value()) return;
  const QSignalBlocker quiet(&box);
  box.setValue(value);
  box.setProperty("suggested", value);
}

void TrainDialog::fillWeights() {
  const QSignalBlocker quiet(weights_);
  const QString chosen = weights_->currentData().toString();
  weights_->clear();
  weights_->addItem(tr("Random weights"), QString());
  try {
    for (const NamedConfig& each : predicting_.backend().configs()) {
      if (each.weights.empty()) continue;
      weights_->addItem(tr("%1: comes with the program").arg(QString::fromStdString(each.name)),
                        QString::fromStdString(each.weights.string()));
    }
  } catch (const Error&) {
    weights_->setCurrentIndex(0);  // as above
  }
  for (const QString& file : recentWeights()) {
    weights_->addItem(QFileInfo(file).fileName(), file);
    weights_->setItemData(weights_->count() - 1, file, Qt::ToolTipRole);
  }
  // The newest checkpoints of runs.
  for (const auto& each : store_.runs()) {
    const RunCheckpoint* best = each->bestCheckpoint() ? each->bestCheckpoint() : each->newestCheckpoint();
    if (!best || weights_->count() > 24) continue;
    weights_->addItem(tr("%1, step %2").arg(each->name()).arg(best->step),
                      QString::fromStdString(best->file.string()));
  }
  weights_->setCurrentIndex(std::max(0, weights_->findData(chosen)));
}

void TrainDialog::fillSplits() {
  constexpr const char* kAll = "all";
  std::vector<std::string> names{"train", "val"};
  const auto& dataset = studio_.dataset();
  if (dataset && data_->text() == QString::fromStdString(dataset->root().string())) {
    names.clear();  // where splits.json is damaged, the check before the start says so
    for (const SplitSize& each : studio_.splits()) {
      if (each.name != kAll) names.push_back(each.name);
    }
  }
  names.emplace_back(kAll);
  for (ComboBox* each : {split_, evaluate_split_}) {
    const QSignalBlocker quiet(each);
    const QString before = each->currentText();
    each->clear();
    for (const std::string& name : names)
      each->addItem(QString::fromStdString(name));
    const QString wanted = !before.isEmpty() ? before
                           : each == split_  ? QStringLiteral("train")
                                             : QStringLiteral("val");
    const bool known = each->findText(wanted) >= 0;
    each->setCurrentText(known || !before.isEmpty() ? wanted : each->itemText(0));
  }
}

void TrainDialog::takeShippedWeights() {
  QString wanted;
  bool is_ours = weights_->currentData().toString().isEmpty();
  try {
    for (const NamedConfig& each : predicting_.backend().configs()) {
      const QString weights = QString::fromStdString(each.weights.string());
      if (weights.isEmpty()) continue;
      is_ours = is_ours || weights_->currentData().toString() == weights;
      if (each.name == config_->currentData().toString().toStdString()) wanted = weights;
    }
  } catch (const Error&) {
    return;  // the check before the start says what is wrong
  }
  if (is_ours) weights_->setCurrentIndex(std::max(0, weights_->findData(wanted)));
}

void TrainDialog::takeConfig() {
  takeShippedWeights();
  takes_values_ = true;
  config_read_ = std::make_shared<ModelConfig>();
  const auto read = [config = config_->currentData().toString().toStdString(), backend = backend_,
                     out = config_read_] { *out = backend.config(config, {}); };
  if (isConfigFile(config_->currentData().toString())) {
    reading_config_.startLoose([read](Progress&) { read(); });
    about_->setText(tr("The configuration is being read."));
    about_->show();
    return enableFields();
  }
  reading_config_.abandon();
  enableFields();
  try {
    read();
    showConfig();
  } catch (const Error& error) {
    showConfigProblem(error.problem());
  }
}

void TrainDialog::enableFields() {
  const bool is_read = !reading_config_.isRunning();
  settings_->setEnabled(is_read);
  for (QWidget* each :
       std::initializer_list<QWidget*>{rate_, batch_, steps_, checkpoint_every_, evaluate_every_})
    each->setEnabled(is_read || !takes_values_);
}

void TrainDialog::showConfig() {
  const ModelConfig& config = *config_read_;
  if (takes_values_) {
    const QSignalBlocker quiet_batch(batch_);
    rate_->setProperty("suggested", {});
    suggestRate();
    batch_->setValue(config.training.batch_size);
    // The demo network is there to be watched.
    const bool is_demo = config_->currentData().toString() == QStringLiteral("demo");
    suggest(*steps_, is_demo ? 400 : 2000);
    suggest(*checkpoint_every_, is_demo ? 20 : 200);
    suggest(*evaluate_every_, is_demo ? 100 : 200);
  }
  about_->setText(config_->currentData(Qt::ToolTipRole).toString());
  settings_->setConfig(config);
  about_->setVisible(!about_->text().isEmpty());
}

/// The configuration's is for random weights: those that come with the program would be lost in a few steps.
void TrainDialog::suggestRate() {
  if (!takes_values_ || !config_read_ || reading_config_.isRunning()) return;
  const QVariant before = rate_->property("suggested");
  if (before.isValid() && before.toString() != rate_->text()) return;
  const QString weights = weights_->currentData().toString();
  const bool goes_on = !weights.isEmpty() &&
                       weights == shippedWeights(predicting_.backend(), config_->currentData().toString());
  const QString rate = settingNumber(config_read_->training.learning_rate * (goes_on ? 0.1 : 1.0));
  const QSignalBlocker quiet(rate_);
  rate_->setText(rate);
  rate_->setProperty("suggested", rate);
}

void TrainDialog::showConfigProblem(const Problem& problem) {
  about_->setText(QString::fromStdString(toString(problem)));
  about_->show();
}

}  // namespace hbev::ui
