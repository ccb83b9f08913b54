// Ctrl+Shift+R: asks what a video shall show, says what that comes to, and then how far it is.
#pragma once

#include <QtWidgets/QDialog>

#include "ui/state/background_job.h"
#include "ui/video/video_plan.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QStackedWidget;
class QVBoxLayout;

namespace hbev::ui {

class ComboBox;
class ElidedLabel;
class MainWindow;
class ProgressLine;
class SegmentedControl;

class VideoDialog : public QDialog {
  Q_OBJECT
 public:
  explicit VideoDialog(MainWindow& window);

  /// As the controls say it now.
  VideoPlan plan() const;

 public Q_SLOTS:
  /// Stops the video that is being made first.
  void reject() override;

 private:
  QWidget* makeForm();
  QWidget* makeProgress();
  void addRow(QVBoxLayout& rows, const QString& name, QWidget* control);
  QWidget* makeRange(QWidget* parent);
  void makeChoices(QWidget* parent, QVBoxLayout& rows);
  QWidget* makeFile(QWidget* parent);
  QWidget* makeFooter(QWidget* parent);
  void fillSizes();
  void showRange();
  void showKind();
  void showEstimate();
  /// Asks the disks that may not answer: whether pictures between keyframes are there, and the folder of the
  /// last video.
  void look();
  void chooseFile();
  /// Looks first whether a video of this name is there that nobody agreed to lose.
  void begin();
  void start();
  void stop();
  /// Says that the file is there: Save asks once more.
  void askToReplace(const QString& file);
  void forgetFile();
  void showEnd(const QString& sentence);

  MainWindow& window_;
  QStackedWidget* pages_;
  SegmentedControl* part_;
  QSpinBox *first_, *last_;
  SegmentedControl* pictures_;
  ComboBox *content_, *size_, *speed_;
  QCheckBox* caption_;
  SegmentedControl* kind_;
  QLineEdit* path_;
  QPushButton* save_ = nullptr;
  QString replaced_;  ///< the file that may be replaced
  VideoPlan begun_;   ///< what Save was pressed for
  QLabel* estimate_;
  QLabel* sweeps_absent_;
  QLabel* problem_;
  ProgressLine* progress_ = nullptr;
  struct Seen {
    QString no_sweeps, folder;
  };
  std::shared_ptr<Seen> seen_;  ///< written by the job until it has finished
  BackgroundJob looking_;
  std::shared_ptr<bool> is_file_;  ///< written by the job until it has finished
  BackgroundJob asking_;
};

}  // namespace hbev::ui
