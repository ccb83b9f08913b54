// Ctrl+,: what the window keeps from one time to the next. Changes apply at once.
#pragma once

#include <functional>

#include <QtWidgets/QDialog>

#include "ui/state/stream_settings.h"

class QLabel;
class QVBoxLayout;

namespace hbev::ui {

class Predicting;
class Studio;
struct NetworkSettings;

class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  SettingsDialog(Studio& studio, Predicting& predicting, QWidget* parent = nullptr);

 private:
  /// A heading; rows that are added later stand below it.
  void addGroup(const QString& title);
  /// A name at the left, the control at the right, and one line below that says what it does.
  void addRow(const QString& name, QWidget* control, const QString& hint);
  void addLook();
  void addLoading();
  void addPlay();
  void addNetwork();
  void addKept();
  void change(const std::function<void(StreamSettings&)>& change);
  void changeNetwork(const std::function<void(NetworkSettings&)>& change);
  void showUse();

  Studio& studio_;
  Predicting& predicting_;
  QVBoxLayout* rows_;
  QLabel* use_ = nullptr;
};

}  // namespace hbev::ui
