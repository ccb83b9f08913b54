// The 32 px line above every panel: title, count or subject, spring, at most three icon buttons.
#pragma once

#include <QtWidgets/QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace hbev::ui {

class ElidedLabel;

class PanelHeader : public QWidget {
  Q_OBJECT
 public:
  explicit PanelHeader(const QString& title, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  /// "24", "6 of 6"
  /// `shorter` is said where `count` does not fit.
  void setCount(const QString& count, const QString& shorter = {});
  /// At the right end, in the order of the calls. The header owns it.
  void addWidget(QWidget* widget);
  QToolButton* addButton(const QString& icon_name, const QString& tooltip);
  QToolButton* addButton(QAction* action);
  /// A dock asks for this when the header is its title bar.
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QHBoxLayout* layout_;
  QLabel* title_;
  ElidedLabel* count_;
};

}  // namespace hbev::ui
