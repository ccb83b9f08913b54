// The scenes: search, filter, sort, list, footer; and the bookmarks in their place.
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include "ui/state/studio.h"

class QLabel;
class QListView;
class QStackedWidget;
class QToolButton;

namespace hbev::ui {

class BookmarkList;
class Bookmarks;
class ComboBox;
class PanelHeader;
class PanelStack;
class SceneClassIndex;
class SceneFilter;
class SceneFilterBar;
class SceneModel;
class SceneRowDelegate;
class ScoreView;
class SearchField;

class ScenePanel : public QWidget {
  Q_OBJECT
 public:
  ScenePanel(Studio& studio, Bookmarks& bookmarks, const ScoreView& scores, QWidget* parent = nullptr);
  void focusSearch();
  /// Rows of 46 px.
  void setCompact(bool compact);
  /// Bookmarks in place of the scenes, or the scenes again.
  void showBookmarks(bool show);
  bool showsBookmarks() const;
  /// Shows the bookmarks with the editor of this one's note open.
  void editBookmark(const QString& token);
  /// Shows all scenes again.
  void clearFilters();

  /// Indices of the scenes in the list, in the data set's order: all, or those that the filter shows.
  std::vector<std::size_t> listedScenes() const;

  QListView* list() const { return list_; }
  BookmarkList* bookmarkList() const { return bookmark_list_; }
  SceneFilterBar* filterBar() const { return filter_bar_; }
  SearchField* search() const { return search_; }
  SceneClassIndex* classIndex() const { return classes_; }

 Q_SIGNALS:
  void openRequested();
  void demoRequested();
  /// A bookmark of a data set that is not open: open `path`, then go to the keyframe `token`.
  void bookmarkedDatasetRequested(const QString& path, const QString& token);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  QWidget* makeTools();
  QWidget* makeScenes();
  QWidget* makeFooter();
  void makeHeader();
  void connectList();
  void connectStudio();
  void showDataset();
  void showCurrent();
  void showFooter();
  void showBookmarkCount();
  void applyFilter();
  void searchChanged(const QString& text);
  void jumpToMatch();
  void goTo(const QModelIndex& index);
  void wishThumbnails();

  Studio& studio_;
  Bookmarks& bookmarks_;
  const ScoreView& scores_;
  SceneClassIndex* classes_;
  SceneModel* model_;
  SceneFilter* filter_;
  PanelHeader* header_;
  QToolButton* bookmark_button_ = nullptr;
  QToolButton* filter_button_ = nullptr;
  SearchField* search_ = nullptr;
  SceneFilterBar* filter_bar_ = nullptr;
  ComboBox* order_ = nullptr;
  PanelStack* stack_;
  QStackedWidget* pages_;
  PanelStack* scene_stack_ = nullptr;  ///< the list, or "no scene matches"
  PanelStack* bookmark_stack_ = nullptr;
  QListView* list_ = nullptr;
  SceneRowDelegate* rows_ = nullptr;
  BookmarkList* bookmark_list_ = nullptr;
  QLabel* footer_left_ = nullptr;
  QLabel* footer_right_ = nullptr;
  QTimer footer_delay_;     ///< the mean over a large split is not computed for every keyframe that arrives
  QTimer wish_delay_;       ///< scrolling fast wishes only for where it rests a moment
  QTimer classes_delay_;    ///< counts of many scenes arrive one after the other
  bool filtering_ = false;  ///< the list's current row moves, but nobody chose it
};

}  // namespace hbev::ui
