// Ctrl+Shift+L: takes a link from the clipboard or the keyboard, says what it would open, and whether that is
// there, as soon as the disk tells.
#pragma once

#include <memory>
#include <optional>

#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

#include "core/base/error.h"
#include "ui/state/background_job.h"
#include "ui/window/session_options.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace hbev::ui {

class FactList;

class LinkDialog : public QDialog {
  Q_OBJECT
 public:
  /// `text` is put into the field when it looks like a link.
  explicit LinkDialog(const QString& text, QWidget* parent = nullptr);

 Q_SIGNALS:
  void chosen(const hbev::ui::SessionOptions& options);

 private:
  void showMeaning();
  void beginLook();
  void look();
  void showMissing();
  void showProblem(const QString& text);

  QLineEdit* field_;
  FactList* facts_;
  QLabel* problem_;
  QPushButton* open_;
  QLabel* left_out_;
  QLabel* note_;
  std::optional<SessionOptions> options_;
  QTimer looking_soon_;  ///< nobody asks the disk for every letter
  BackgroundJob looking_;
  std::shared_ptr<std::optional<Problem>> missing_;  ///< written by the job until it has finished
};

}  // namespace hbev::ui
