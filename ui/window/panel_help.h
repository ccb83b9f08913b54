// F1: what a panel is for, in two sentences, and its actions with their keys.
#pragma once

#include <vector>

#include <QtWidgets/QWidget>

class QAction;

namespace hbev::ui {

struct PanelHelp {
  QString title, text;
  std::vector<QAction*> actions;
};

/// A popup; any key or a click elsewhere closes it.
class PanelHelpPopup : public QWidget {
  Q_OBJECT
 public:
  /// `all_keys` opens the list of all actions.
  PanelHelpPopup(const PanelHelp& help, QAction* all_keys, QWidget* parent);
  /// Inside `panel` at its upper left corner, on the screen whole.
  void openIn(const QWidget& panel);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
};

}  // namespace hbev::ui
