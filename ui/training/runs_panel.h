// The runs at the left of the Training workspace: which there are, which are drawn, how two differ, and the
// log.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/training/run_store.h"

class QLineEdit;
class QListView;
class QMenu;
class QTableWidget;
class QToolButton;

namespace hbev::ui {

class ActionRegistry;
class PanelHeader;
class PanelStack;
class RunLog;
class RunsModel;
class SearchField;
class Section;

class RunsPanel : public QWidget {
  Q_OBJECT
 public:
  RunsPanel(RunStore& store, ActionRegistry& actions, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {318, 600}; }
  QListView& list() { return *list_; }
  QTableWidget& differences() { return *differences_; }
  /// With which the current run is compared; may be null.
  std::shared_ptr<RunData> reference() const;
  void focusSearch();
  /// The list, or, where there is none yet, the panel.
  void focusList();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeList();
  QWidget* makeDifferences();
  QWidget* makeNote();
  QWidget* makeLog();
  QMenu* makeMoreMenu(ActionRegistry& actions);
  void showCount();
  void showCurrent();
  void showState();
  void showDifferences();
  /// Rows and columns of the differences, as there is room.
  void fitDifferences();
  void saveLog();

  RunStore& store_;
  ActionRegistry& actions_;
  RunsModel* model_;
  PanelHeader* header_;
  PanelStack* stack_;
  SearchField* search_;
  QListView* list_;
  PanelStack* list_stack_;
  Section* differs_;
  QTableWidget* differences_;
  QLineEdit* note_;
  RunLog* log_;
  std::filesystem::path note_of_;
};

}  // namespace hbev::ui
