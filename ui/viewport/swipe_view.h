// Two pictures of one place over each other: the left one up to a line that is dragged, the right one beyond
// it.
#pragma once

#include <array>

#include <QtWidgets/QWidget>

namespace hbev::ui {

/// The line: dragged, or with the focus moved by the arrow keys, 2 % a press. A double click puts it in the
/// middle.
class SwipeHandle : public QWidget {
  Q_OBJECT
 public:
  explicit SwipeHandle(QWidget* parent);

 Q_SIGNALS:
  /// Where the pointer wants the line, px of the parent.
  void dragged(double x);
  /// By this share of the width.
  void stepped(double share);
  void centred();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool event(QEvent* event) override;
};

/// Both contents have its whole size, so that they coincide pixel by pixel; the right one is clipped by a
/// widget that begins at the line.
class SwipeView : public QWidget {
  Q_OBJECT
 public:
  explicit SwipeView(QWidget* parent = nullptr);

  /// Become its children; whoever wants them back gives them another parent.
  void setContents(QWidget* left, QWidget* right);
  /// What is no picture has the part that is seen for itself, instead of the whole size.
  void setPictured(bool left, bool right);
  /// Of the line, 0 to 1; it stays clear of both edges.
  void setShare(double share);
  double share() const { return share_; }
  /// Of the line, px.
  int lineX() const;
  SwipeHandle& handle() const { return *handle_; }

 Q_SIGNALS:
  void lineMoved();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void place();

  std::array<QWidget*, 2> contents_{};
  std::array<bool, 2> pictured_{true, true};
  QWidget* clip_;
  SwipeHandle* handle_;
  double share_ = 0.5;
};

}  // namespace hbev::ui
