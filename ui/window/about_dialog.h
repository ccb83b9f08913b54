// Help > About: what this program is made of, whose terms hold, and where it keeps its files.
#pragma once

#include <QtWidgets/QDialog>

namespace hbev::ui {

class AboutDialog : public QDialog {
  Q_OBJECT
 public:
  /// `opengl`: "OpenGL 3.3 · llvmpipe", as the viewports found it; empty before there is one.
  AboutDialog(const QString& opengl, QWidget* parent);
  /// What is copied: for a report of what went wrong.
  QString text() const { return text_; }

 private:
  QString text_;
};

}  // namespace hbev::ui
