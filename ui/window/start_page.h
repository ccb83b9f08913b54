// What the window shows before anything is open: the three ways in, and what was open last.
#pragma once

#include <memory>
#include <vector>

#include <QtWidgets/QWidget>

#include "core/base/progress.h"
#include "core/doctor/doctor.h"
#include "ui/state/background_job.h"

class QLabel;
class QVBoxLayout;

namespace hbev::ui {

class ActionRegistry;
class FindingList;
class ProgressLine;

class StartPage : public QWidget {
  Q_OBJECT
 public:
  explicit StartPage(ActionRegistry& actions, QWidget* parent = nullptr);
  /// Fills the list of what was open last anew.
  void refresh();
  /// Looks at this machine in the background.
  void examine();
  bool isExamining() const { return doctor_.isRunning(); }
  /// How far the demo is, on its card, until it is made or given up.
  void showDemoProgress(const Progress::State& state);
  void endDemoProgress();

 Q_SIGNALS:
  void pathChosen(const QString& path);
  void demoGivenUp();

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  QWidget* makeCards(ActionRegistry& actions);
  QWidget* makePicture();
  QWidget* makeRecent();
  QWidget* makeDoctor(ActionRegistry& actions);

  BackgroundJob doctor_;
  std::shared_ptr<std::vector<Finding>> found_;  ///< written by the job until it has finished
  FindingList* findings_ = nullptr;
  QLabel* doctor_summary_ = nullptr;
  bool was_examined_ = false;
  ProgressLine* demo_progress_ = nullptr;
  QVBoxLayout* recent_;
  QWidget* recent_block_;
};

}  // namespace hbev::ui
