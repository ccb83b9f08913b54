// Rows of the inspector's layers: rays with their style, and which velocities the arrows show.
#pragma once

#include <QtWidgets/QWidget>

class QLabel;
class QToolButton;

namespace hbev::ui {

class ComboBox;
class ErrorView;

class RayRows : public QWidget {
  Q_OBJECT
 public:
  explicit RayRows(ErrorView& errors, QWidget* parent = nullptr);

 private:
  void show();

  ErrorView& errors_;
  QToolButton* eye_;
  QLabel* name_;
  ComboBox* style_;
  ComboBox* flow_;
};

}  // namespace hbev::ui
