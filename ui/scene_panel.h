// The scenes: first picture, name, description and score; search, sort, footer.
#pragma once

#include <memory>
#include <vector>

#include <QtCore/QAbstractListModel>
#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QTimer>
#include <QtGui/QPixmap>
#include <QtWidgets/QWidget>

#include "ui/studio.h"

class QLabel;
class QListView;

namespace hbev::ui {

class ComboBox;
class PanelHeader;
class PanelStack;
class SearchField;

/// One row a scene. Thumbnails load when they are first asked for.
class SceneModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Roles { Name = Qt::UserRole, Description, Location, Thumbnail, Score, Keyframes, SearchText };

  explicit SceneModel(Studio& studio, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  struct Thumb {
    QPixmap picture;
    bool wished = false;
    std::optional<QVariant> score;  ///< computed once until another report of the scene comes
  };
  void reset();
  void wishThumbnail(std::size_t scene) const;
  QVariant sceneScore(std::size_t scene) const;

  Studio& studio_;
  mutable TaskQueue queue_{1};
  mutable std::vector<Thumb> thumbs_;
  std::uint64_t generation_ = 0;
};

/// Filters by every word of the search text; sorts by name or score.
class SceneFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  enum class Order { Name, WorstFirst, BestFirst };
  explicit SceneFilter(QObject* parent = nullptr);
  void setSearch(const QString& text);
  void setOrder(Order order);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  QStringList words_;
  Order order_ = Order::Name;
};

class ScenePanel : public QWidget {
  Q_OBJECT
 public:
  explicit ScenePanel(Studio& studio, QWidget* parent = nullptr);
  void focusSearch();
  /// Rows of 46 px.
  void setCompact(bool compact);
  QListView* list() const { return list_; }

 Q_SIGNALS:
  void openRequested();
  void demoRequested();

 private:
  void showDataset();
  void showCurrent();
  void showFooter();

  Studio& studio_;
  SceneModel* model_;
  SceneFilter* filter_;
  PanelHeader* header_;
  SearchField* search_;
  ComboBox* order_;
  PanelStack* stack_;
  QListView* list_;
  QTimer footer_delay_;  ///< the mean over a large split is not computed for every keyframe that arrives
  QLabel* footer_left_;
  QLabel* footer_right_;
};

}  // namespace hbev::ui
