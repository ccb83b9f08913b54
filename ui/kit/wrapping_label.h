// A label whose long words, names of files mostly, go on in the next line instead of making it wide.
#pragma once

#include <QtWidgets/QLabel>

#include "ui/kit/tokens.h"

namespace hbev::ui {

/// `text` with places where long words may be broken: after _ - / \ and ., else after a few letters.
QString breakable(const QString& text);
/// What breakable() has made a text of, as it was: for the clipboard.
QString unbroken(QString text);

class WrappingLabel : public QLabel {
  Q_OBJECT
 public:
  WrappingLabel(const QString& words, Role role, TextSize size, Weight weight, QWidget* parent);
  /// text() may hold places to break at besides.
  void setWords(const QString& words);

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  void copy() const;
};

}  // namespace hbev::ui
