// The window: menus, tool bar, docks, status bar; it arranges panels and owns nothing that they share.
#pragma once

#include <QtWidgets/QMainWindow>

#include "ui/demo_job.h"
#include "ui/kit/actions.h"
#include "ui/studio.h"

class QButtonGroup;
class QLabel;
class QStackedWidget;

namespace hbev::ui {

class CameraStrip;
class CommandPalette;
class ElidedLabel;
class Inspector;
class NoticeLine;
class ProgressLine;
class ScenePanel;
class SceneTimeline;
class ScorePanel;
class StartPage;
class Theme;
class Timeline;
class ViewportArea;

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
  Inspector& inspector() { return *inspector_; }
  ScorePanel& scores() { return *scores_; }

  /// A data set, predictions, or a labels file: what it is decides.
  void openPath(const QString& path);
  void openDemo();
  /// "browse" or "errors".
  void setWorkspace(const QString& name);
  /// Everything of the current keyframe is loaded, drawn and scored: for screenshots.
  bool isSettled() const;

  void chooseDataFolder();
  void choosePredictions();
  void savePicture();
  void resetLayout();
  void showPanel(QWidget* panel);
  void showProblem(const Problem& problem);
  void showShortcuts();
  void showPalette();
  /// Flies the active viewport to a car camera's eye; the frame must have that camera.
  void lookThrough(int camera);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void closeEvent(QCloseEvent* event) override;

 private:
  QDockWidget* addDock(const QString& name, const QString& title, QWidget* panel, Qt::DockWidgetArea area);
  void makePanels();
  void makeMenus();
  void makeToolBar();
  void makeStatusBar();
  void connectStudio();
  void showDataset();
  void showSeenFrom();
  void showMemory();
  void adaptToSize();
  void enableActions();

  Theme& theme_;
  bool remember_layout_;
  Studio studio_;
  ActionRegistry actions_;
  DemoJob demo_;
  QStackedWidget* pages_;
  StartPage* start_ = nullptr;
  ViewportArea* viewports_ = nullptr;
  ScenePanel* scenes_ = nullptr;
  CameraStrip* cameras_ = nullptr;
  Timeline* timeline_ = nullptr;
  SceneTimeline* scene_timeline_ = nullptr;
  Inspector* inspector_ = nullptr;
  ScorePanel* scores_ = nullptr;
  QDockWidget* scenes_dock_ = nullptr;
  QDockWidget* cameras_dock_ = nullptr;
  QDockWidget* timeline_dock_ = nullptr;
  QDockWidget* inspector_dock_ = nullptr;
  QDockWidget* scores_dock_ = nullptr;
  CommandPalette* palette_ = nullptr;
  NoticeLine* notice_ = nullptr;
  QLabel* data_label_ = nullptr;
  QLabel* gl_label_ = nullptr;
  QLabel* memory_label_ = nullptr;
  ElidedLabel* status_label_ = nullptr;
  ProgressLine* progress_ = nullptr;
  QTimer memory_timer_;
  int seen_from_ = -1;
  bool compact_ = false;
};

/// Registers every action of the window, in main_actions.cpp.
void registerActions(MainWindow& window);

}  // namespace hbev::ui
