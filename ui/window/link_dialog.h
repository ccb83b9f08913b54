// Ctrl+Shift+L: takes a link from the clipboard or the keyboard, says what it would open, and whether that is
// there.
#pragma once

#include <optional>

#include <QtWidgets/QDialog>

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

  QLineEdit* field_;
  FactList* facts_;
  QLabel* problem_;
  QPushButton* open_;
  QLabel* left_out_;
  std::optional<SessionOptions> options_;
};

}  // namespace hbev::ui
