// The log of a run, the newest line first; can be copied and saved.
#pragma once

#include <QtWidgets/QListView>

#include "ui/training/run_data.h"

namespace hbev::ui {

class RunLog : public QListView {
  Q_OBJECT
 public:
  explicit RunLog(QWidget* parent = nullptr);
  void setLines(const std::vector<RunLogLine>& lines);
  /// All lines, the oldest first: "11:42:08 step 28000: saved, best so far".
  QString text() const;

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  class Model;
  Model* model_;
};

}  // namespace hbev::ui
