// The doctor in the window: the machine, the open data set and its predictions, each finding with its advice.
#pragma once

#include <functional>
#include <vector>

#include <QtWidgets/QWidget>

#include "core/doctor/doctor.h"
#include "ui/state/background_job.h"
#include "ui/state/studio.h"

class QLabel;
class QToolButton;

namespace hbev::ui {

class FindingList;
class PanelHeader;
class PanelStack;
class ProgressLine;
class ScrollColumn;
class Section;

/// Findings under a heading: "This machine", the data set's name, a name of predictions.
struct FindingGroup {
  QString title;
  std::vector<Finding> findings;
};

class DoctorPanel : public QWidget {
  Q_OBJECT
 public:
  explicit DoctorPanel(Studio& studio, QWidget* parent = nullptr);
  /// Looks at everything anew, in the background.
  void examine();
  void cancel() { job_.cancel(); }
  bool isRunning() const { return job_.isRunning(); }
  const std::vector<FindingGroup>& groups() const { return groups_; }
  /// As it is copied.
  QString text() const;
  QSize sizeHint() const override { return {320, 400}; }

 Q_SIGNALS:
  void closeRequested();
  void ended();

 protected:
  void showEvent(QShowEvent* event) override;  ///< The first time it examines by itself.

 private:
  void showGroups(std::vector<FindingGroup> groups);
  void showExamining(bool on);
  void finish();

  Studio& studio_;
  BackgroundJob job_;
  std::shared_ptr<std::vector<FindingGroup>> found_;  ///< written by the job until it has finished
  std::vector<FindingGroup> groups_;
  PanelHeader* header_;
  PanelStack* stack_;
  ProgressLine* progress_;
  ScrollColumn* sections_;
  QToolButton* copy_;
  bool was_shown_ = false;
  bool is_outdated_ = false;  ///< another data set is open since
};

/// The machine with its graphics; quick, but not for the window's thread.
std::vector<Finding> examineMachine();

}  // namespace hbev::ui
