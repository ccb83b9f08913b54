// What the window shows before anything is open: the three ways in, and what was open last.
#pragma once

#include <QtWidgets/QWidget>

class QVBoxLayout;

namespace hbev::ui {

class ActionRegistry;
class NoticeLine;

class StartPage : public QWidget {
  Q_OBJECT
 public:
  explicit StartPage(ActionRegistry& actions, QWidget* parent = nullptr);
  /// Fills the list of what was open last anew.
  void refresh();

 Q_SIGNALS:
  void pathChosen(const QString& path);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* makeCards(ActionRegistry& actions);

  QVBoxLayout* recent_;
  QWidget* recent_block_;
};

}  // namespace hbev::ui
