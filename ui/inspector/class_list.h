// The classes of what is shown, to hide and show by keys or clicks: the legend for who has no pointer.
#pragma once

#include <QtWidgets/QListWidget>

namespace hbev::ui {

class Studio;

/// Two columns. Arrows move, Space or a click hides a class or shows it, with Alt held (Shift, too: some
/// window managers keep Alt+Space) only that class is shown, or all again.
class ClassList : public QListWidget {
  Q_OBJECT
 public:
  explicit ClassList(Studio& studio, QWidget* parent = nullptr);
  /// "14 of 16 on"
  QString summary() const;

 protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fill();
  void show();
  void use(const QListWidgetItem& item, bool solo);
  void fit();

  Studio& studio_;
};

}  // namespace hbev::ui
