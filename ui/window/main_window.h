// The window: menus, tool bar, docks, status bar; it arranges panels and owns nothing that they share.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QtCore/QStringList>
#include <QtWidgets/QMainWindow>

#include "ui/kit/actions.h"
#include "ui/kit/notices.h"
#include "ui/predict/predicting.h"
#include "ui/state/background_job.h"
#include "ui/state/bookmarks.h"
#include "ui/state/studio.h"
#include "ui/window/demo_job.h"

class QButtonGroup;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace hbev::ui {

class Activities;
class CameraStrip;
class CommandPalette;
class ConfusionPanel;
class DoctorPanel;
class ElidedLabel;
class Evaluating;
class ImportPanel;
class Inspector;
class PredictPanel;
class ProgressLine;
class RayPanorama;
class ScenePanel;
class SceneTimeline;
class ScorePanel;
class ScoreView;
class StartPage;
class Theme;
class Timeline;
class TrainPage;
class VideoRecorder;
class ViewHistory;
class ViewportArea;
class WorstFrames;
struct SessionOptions;
struct SortedPaths;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  /// `remember_layout` = false: neither reads nor writes the user's window layout (tests, screenshots).
  explicit MainWindow(Theme& theme, bool remember_layout = true, QWidget* parent = nullptr);
  ~MainWindow() override;

  Studio& studio() { return studio_; }
  ActionRegistry& actions() { return actions_; }
  ViewportArea& viewports() { return *viewports_; }
  ScenePanel& scenes() { return *scenes_; }
  CameraStrip& cameras() { return *cameras_; }
  Timeline& timeline() { return *timeline_; }
  SceneTimeline& sceneTimeline() { return *scene_timeline_; }
  Bookmarks& bookmarks() { return bookmarks_; }
  Inspector& inspector() { return *inspector_; }
  ScorePanel& scores() { return *scores_; }
  DoctorPanel& doctor() { return *doctor_; }
  ImportPanel& imports() { return *imports_; }
  Predicting& predicting() { return predicting_; }
  PredictPanel& predictPanel() { return *predict_; }
  RayPanorama& panorama() { return *panorama_; }
  TrainPage& training() { return *training_; }
  Evaluating& evaluating() { return *evaluating_; }
  ScoreView& scoreView() { return *score_view_; }
  ConfusionPanel& confusion() { return *confusion_; }
  WorstFrames& worstFrames() { return *worst_; }
  Activities& activities() { return *activities_; }
  ViewHistory& history() { return *history_; }
  VideoRecorder& video() { return *video_; }

  /// Data sets (the first is opened), predictions and labels files: what each is decides, once a thread of
  /// its own has looked at them.
  void openPaths(const QStringList& paths);
  void openPath(const QString& path);
  bool isLooking() const { return sorting_.isRunning() || resolving_.isRunning(); }
  /// What is being looked at is not wanted any more.
  void stopLooking();
  /// Says what paths are, as sortPaths() in path_kind.h does; on a thread that nobody waits for.
  using PathSorter =
      std::function<SortedPaths(const QStringList& paths, const Dataset* open, const Progress& progress)>;
  void setPathSorter(PathSorter sorter) { sort_paths_ = std::move(sorter); }
  void openDemo();
  /// Shows what a command line or a link names, one thing after the other.
  void openSession(const SessionOptions& options);
  /// "browse", "errors" or "training".
  void setWorkspace(const QString& name);
  QString workspace() const;
  /// Everything of the current keyframe is loaded, drawn and scored: for screenshots.
  bool isSettled() const;

  void chooseDataFolder();
  void choosePredictions();
  void savePicture();
  /// Asks what, and makes a video of it.
  void saveVideo();
  /// The viewports, and the cameras where they are wanted too, stand in `stage` until they are taken back.
  void lendViewports(QWidget& stage, bool cameras);
  void takeViewportsBack();
  void copyLink();
  /// Asks for a link and opens it here.
  void askForLink();
  /// Another window of what is shown, in a process of its own.
  void openNewWindow();
  /// Starts a program by itself; false when it cannot be started.
  using ProgramStarter = std::function<bool(const QString& program, const QStringList& arguments)>;
  void setProgramStarter(ProgramStarter starter) { start_program_ = std::move(starter); }
  /// Opens the network's panel, too, where nobody has chosen one yet.
  void predictKeyframe();
  void predictScenes(const std::vector<std::size_t>& scenes);
  /// Asks for a folder.
  void savePredictions();
  /// Scores the whole split in the background, or goes on where that was stopped.
  void evaluate();
  /// Asks for a file: what the score table shows, or everything that was evaluated.
  void exportScores();
  void resetLayout();
  void showPanel(QWidget* panel);
  void showProblem(const Problem& problem);
  /// One line above the page; its button closes it and then does `run`. Good news goes by itself.
  void showNotice(NoticeLine::Kind kind, const QString& text, const QString& action = {},
                  std::function<void()> run = {});
  /// Marks the current keyframe and opens the editor of its note.
  void bookmarkWithNote();
  void showShortcuts();
  void showSettings();
  void showPalette();
  /// All that is under way, with what stops it.
  void showActivities();
  /// What the panel with the focus is for, and its keys.
  void showPanelHelp();
  /// Flies the active viewport to a car camera's eye; the frame must have that camera.
  void lookThrough(int camera);

 protected:
  bool event(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  bool focusNextPrevChild(bool next) override;

 private:
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* panel, Qt::DockWidgetArea area);
  void makePanels();
  void makeMenus();
  void makeToolBar();
  void makeStatusBar();
  void connectStudio();
  void connectOpening();
  void showDataset();
  void showSeenFrom();
  void showSweepsAbsent();
  void setStatus(const QString& text);
  void showMemory();
  void adaptToSize();
  void adaptTimeline(bool low);
  void placeScores(bool wide);
  void showTitles();
  std::vector<QDockWidget*> workDocks() const;
  /// Those that are shown when somebody asks for them.
  std::vector<QDockWidget*> extraDocks() const;
  /// What comes once the data set that is being opened is there; gone when it does not come.
  struct Waiting {
    QStringList predictions;
    QStringList skipped_datasets;
    QString evaluation;
    QString bookmark;  ///< token of the keyframe to go to
  };
  void openDataset(const QString& path, const Waiting& waiting);
  void endSession();
  void openSorted(const SortedPaths& sorted);
  void openEvaluationAlone(const SortedPaths& sorted);
  void showLooking();
  void endLooking();
  void openPredictions(const QStringList& paths);
  void openWaiting();
  void openBookmarked(const QString& path, const QString& token);
  void showOpenFailure(const Problem& problem);
  void showImport(const ImportReport& report);
  void showImportReport(const QString& path);
  void enableActions();
  void connectPredicting();
  void enablePredicting();
  void showPredicting();
  void makeActivities();
  void followRuns();
  /// The newest of what is under way, in the status bar.
  void showActivity();
  void makeHistory();
  void makeVideo();
  void enableHistory();
  /// Of the network: what the active viewport shows, else what the chosen network has predicted.
  std::shared_ptr<const PredictedSource> savableSource() const;
  QStringList takeNetworkFiles(QStringList paths);
  QToolButton* makePredictButton(QWidget* bar);
  void makeErrorPanels();
  void connectErrors();
  std::vector<QDockWidget*> errorDocks() const;
  void arrangeErrors(bool errors);
  void placeConfusion();
  void showEvaluating();
  void enableErrors();
  void openEvaluation(const QString& file);
  QToolButton* makeEvaluateButton(QWidget* bar);
  void fillEvaluateMenu(QMenu& menu);
  void connectTraining();
  void showTraining(bool on);
  void hideDocksBehindTraining();
  void enableTraining();
  /// Asks while runs of this machine are going on; false: the window stays.
  bool mayClose();

  Theme& theme_;
  bool remember_layout_;
  Studio studio_;
  Predicting predicting_{studio_};
  BackgroundJob saving_;     ///< of predictions
  BackgroundJob exporting_;  ///< of scores
  std::unique_ptr<Evaluating> evaluating_;
  ScoreView* score_view_ = nullptr;
  enum class Place { Nowhere, Below, Tab };
  Place confusion_place_ = Place::Nowhere;
  Bookmarks bookmarks_;
  ActionRegistry actions_;
  DemoJob demo_;
  BackgroundJob sorting_;
  BackgroundJob resolving_;  ///< which names of a session stand for what is open
  PathSorter sort_paths_;
  QTimer looking_timer_;
  std::shared_ptr<SortedPaths> sorted_;  ///< written by the job until it has finished
  QStringList unsorted_;                 ///< what it looks at
  QStringList opening_predictions_;      ///< asked for since the data set was opened
  QString refusal_;                      ///< why one of those that were asked for last cannot be opened
  Waiting waiting_;
  QStackedWidget* pages_;
  StartPage* start_ = nullptr;
  ViewportArea* viewports_ = nullptr;
  ScenePanel* scenes_ = nullptr;
  CameraStrip* cameras_ = nullptr;
  Timeline* timeline_ = nullptr;
  SceneTimeline* scene_timeline_ = nullptr;
  Inspector* inspector_ = nullptr;
  ScorePanel* scores_ = nullptr;
  DoctorPanel* doctor_ = nullptr;
  ImportPanel* imports_ = nullptr;
  PredictPanel* predict_ = nullptr;
  RayPanorama* panorama_ = nullptr;
  ConfusionPanel* confusion_ = nullptr;
  WorstFrames* worst_ = nullptr;
  TrainPage* training_ = nullptr;
  QStackedWidget* body_ = nullptr;  ///< the viewports, or the Training workspace around them
  bool is_training_shown_ = false;
  bool other_flow_ = false;  ///< whether the workspace that is not shown, Errors or others, shows flow
  std::vector<QDockWidget*> docks_behind_;  ///< come back with the other workspaces
  QDockWidget* scenes_dock_ = nullptr;
  QDockWidget* cameras_dock_ = nullptr;
  QDockWidget* timeline_dock_ = nullptr;
  QDockWidget* inspector_dock_ = nullptr;
  QDockWidget* scores_dock_ = nullptr;
  QDockWidget* confusion_dock_ = nullptr;
  QDockWidget* worst_dock_ = nullptr;
  QDockWidget* panorama_dock_ = nullptr;
  QDockWidget* doctor_dock_ = nullptr;
  QDockWidget* import_dock_ = nullptr;
  QDockWidget* predict_dock_ = nullptr;
  CommandPalette* palette_ = nullptr;
  Activities* activities_ = nullptr;
  ViewHistory* history_ = nullptr;
  VideoRecorder* video_ = nullptr;
  ProgramStarter start_program_;
  bool lent_from_training_ = false, cameras_lent_ = false;
  NoticeLine* notice_ = nullptr;
  QLabel* data_label_ = nullptr;
  QLabel* gl_label_ = nullptr;
  QLabel* memory_label_ = nullptr;
  ElidedLabel* status_label_ = nullptr;
  QString status_, status_tip_;  ///< "Ready"; what the control under the pointer does
  ProgressLine* progress_ = nullptr;
  QToolButton* more_activities_ = nullptr;  ///< in the status bar, while more than one goes on
  QTimer memory_timer_;
  int seen_from_ = -1;
  bool compact_ = false;
  bool is_wide_ = false;  ///< scores stand beside the inspector
  std::function<void()> notice_action_;
  QTimer good_news_timer_;
};

/// Registers every action of the window, in main_actions.cpp.
void registerActions(MainWindow& window);
/// Those that keep and bring back what is shown, in main_session.cpp.
void registerKeepActions(MainWindow& window);
/// Those of the network, in main_predict.cpp.
void registerPredictActions(MainWindow& window);
/// Those of the evaluation, in main_errors.cpp.
void registerErrorActions(MainWindow& window);
/// Those of training, in main_training.cpp.
void registerTrainActions(MainWindow& window);

}  // namespace hbev::ui
