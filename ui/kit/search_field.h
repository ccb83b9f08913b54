// The text field that filters: magnifier at left, its key at right until something is typed, then a cross.
#pragma once

#include <QtWidgets/QLineEdit>

namespace hbev::ui {

class SearchField : public QLineEdit {
  Q_OBJECT
 public:
  explicit SearchField(const QString& placeholder, const QKeySequence& keys = {}, QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
  /// Esc is the field's before it is an action's.
  bool event(QEvent* event) override;
  /// Esc clears first, then leaves; an empty field in a dialog leaves it to the dialog.
  void keyPressEvent(QKeyEvent* event) override;

 private:
  QString key_text_;
  QAction* clear_;
};

/// Marks a field as wrong (border error) or right again. The line that says why belongs below it: NoticeLine
/// or label.
void setWrong(QLineEdit* field, bool wrong);

}  // namespace hbev::ui
