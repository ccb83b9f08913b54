// The scenes as a list: name, description, first picture, score; and the filter over it.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include <QtCore/QAbstractListModel>
#include <QtCore/QSortFilterProxyModel>
#include <QtCore/QStringList>
#include <QtGui/QImage>

#include "core/data/scene_conditions.h"
#include "ui/state/bookmarks.h"
#include "ui/state/studio.h"
#include "ui/state/thumbnail_store.h"

namespace hbev::ui {

class SceneClassIndex;
class ScoreView;

/// One row a scene.
class SceneModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Roles { Name = Qt::UserRole, Description, Location, Thumbnail, Score, Bookmarked, MatchedKeyframe };

  SceneModel(Studio& studio, const Bookmarks& bookmarks, const ScoreView& scores, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  /// Loads these scenes' pictures in this order, and forgets wishes for others that have not begun.
  void wishThumbnails(const std::vector<std::size_t>& scenes);
  /// Name, description, location and token, for searching.
  const QString& searchText(std::size_t scene) const { return rows_[scene].search_text; }
  const std::set<SceneCondition>& conditions(std::size_t scene) const { return rows_[scene].conditions; }
  /// The scene's keyframe whose token begins with `word`, or nothing.
  std::optional<std::size_t> keyframeOf(std::size_t scene, const QString& word) const;

 private:
  struct Row {
    QString search_text;
    std::set<SceneCondition> conditions;
    std::optional<QVariant> score;  ///< computed once until another report of the scene comes
    bool bookmarked = false;
  };
  struct Thumb {
    QImage picture;  ///< null when the scene has none
  };
  using Thumbs = WishCache<std::size_t, Thumb>;
  void reset();
  void makeThumbs();
  void markBookmarks();
  QString place(const Scene& scene) const;

  Studio& studio_;
  const Bookmarks& bookmarks_;
  const ScoreView& scores_;
  ThumbnailStore store_;
  TaskQueue queue_{1};
  std::unique_ptr<Thumbs> thumbs_;
  mutable std::vector<Row> rows_;
  std::uint64_t generation_ = 0;
};

/// What a scene must be to be shown.
struct SceneCriteria {
  QStringList words;                    ///< each in name, description, location or a token
  std::set<SceneCondition> conditions;  ///< lights are alternatives, rain comes on top
  QStringList classes;                  ///< ids; the scene holds all of them
  bool isEmpty() const { return words.isEmpty() && conditions.empty() && classes.isEmpty(); }
  bool operator==(const SceneCriteria&) const = default;
};

class SceneFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  enum class Order { Name, WorstFirst, BestFirst };
  SceneFilter(SceneModel& model, const SceneClassIndex& classes, QObject* parent = nullptr);
  void setCriteria(SceneCriteria criteria);
  const SceneCriteria& criteria() const { return criteria_; }
  void setOrder(Order order);
  /// More is known of the classes.
  void refresh() { invalidateFilter(); }
  /// Answers MatchedKeyframe: the keyframe (from 0) whose token was searched for, or nothing.
  QVariant data(const QModelIndex& index, int role) const override;

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  bool fitsConditions(std::size_t scene) const;

  SceneModel& model_;
  const SceneClassIndex& classes_;
  SceneCriteria criteria_;
  Order order_ = Order::Name;
};

}  // namespace hbev::ui
