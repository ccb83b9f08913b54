// Settings of a training that have no field of their own in the New run dialog: a table with help, and a line
// for any other key.
#pragma once

#include <QtCore/QStringList>
#include <QtWidgets/QWidget>

#include "core/model/config.h"

class QLineEdit;
class QTableWidget;

namespace hbev::ui {

/// As settings have it: "0.0002".
QString settingNumber(double value);

class TrainSettings : public QWidget {
  Q_OBJECT
 public:
  explicit TrainSettings(QWidget* parent = nullptr);
  /// The configuration's own values.
  void setConfig(const ModelConfig& config);
  /// "training.clip_norm=2": what somebody has written, the table's first.
  QStringList settings() const;
  void setOthers(const QStringList& settings);

 Q_SIGNALS:
  void changed();

 private:
  QTableWidget* table_;
  QLineEdit* other_;
};

}  // namespace hbev::ui
