#include "ui/scenes/scene_model.h"

#include <algorithm>
#include <cmath>

#include "ui/scenes/keyframe_thumbnail.h"
#include "ui/scores/score_view.h"
#include "ui/state/scene_class_index.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr std::size_t kThumbnailBudget = std::size_t(32) << 20;
constexpr int kThumbnailPriority = 0;
/// Shorter words are no tokens: "car" would be found in many of them.
constexpr int kShortestToken = 8;

}  // namespace

SceneModel::SceneModel(Studio& studio, const Bookmarks& bookmarks, const ScoreView& scores, QObject* parent)
    : QAbstractListModel(parent), studio_(studio), bookmarks_(bookmarks), scores_(scores) {
  connect(&studio, &Studio::datasetChanged, this, &SceneModel::reset);
  const auto scoresChanged = [this] {
    for (Row& row : rows_)
      row.score.reset();
    if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Score});
  };
  connect(&studio, &Studio::scoringChanged, this, scoresChanged);
  connect(&scores, &ScoreView::evaluationChanged, this, scoresChanged);
  connect(&studio, &Studio::reportArrived, this, [this](std::size_t scene) {
    rows_[scene].score.reset();
    Q_EMIT dataChanged(index(int(scene)), index(int(scene)), {Score});
  });
  connect(&bookmarks, &Bookmarks::changed, this, &SceneModel::markBookmarks);
  queue_.submit(kThumbnailPriority, [store = store_](const std::stop_token&) { store.prune(); });
}

void SceneModel::reset() {
  beginResetModel();
  ++generation_;
  rows_.clear();
  for (const Scene& scene : studio_.dataset()->scenes()) {
    Row row;
    row.search_text =
        toQString(scene.name + " " + scene.description + " " + scene.location + " " + scene.token);
    row.conditions = conditionsOf(scene.description);
    rows_.push_back(std::move(row));
  }
  makeThumbs();
  endResetModel();
  markBookmarks();
}

void SceneModel::makeThumbs() {
  const auto load = [dataset = studio_.dataset(), store = store_](std::size_t scene, const std::stop_token&) {
    return std::make_shared<const Thumb>(Thumb{keyframeThumbnail(*dataset, {scene, 0}, store)});
  };
  const auto size = [](const Thumb& thumb) {
    return sizeof(Thumb) + std::size_t(thumb.picture.sizeInBytes());
  };
  const auto loaded = [this, generation = generation_](std::size_t scene, const auto&) {
    const auto show = [this, scene, generation] {
      if (generation != generation_) return;
      Q_EMIT dataChanged(index(int(scene)), index(int(scene)), {Thumbnail});
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  thumbs_ = std::make_unique<Thumbs>(queue_, kThumbnailPriority, load, size, loaded, kThumbnailBudget);
}

void SceneModel::wishThumbnails(const std::vector<std::size_t>& scenes) {
  if (thumbs_) thumbs_->wish(scenes);
}

void SceneModel::markBookmarks() {
  for (Row& row : rows_)
    row.bookmarked = false;
  for (const FrameKey& key : bookmarks_.keys()) {
    if (key.scene < rows_.size()) rows_[key.scene].bookmarked = true;
  }
  if (rowCount() > 0) Q_EMIT dataChanged(index(0), index(rowCount() - 1), {Bookmarked});
}

int SceneModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(rows_.size());
}

QString SceneModel::place(const Scene& scene) const {
  const auto count = scene.keyframes.size();
  if (!scene.location.empty()) return QStringLiteral("%1 · %2").arg(toQString(scene.location)).arg(count);
  return QString(count == 1 ? tr("%1 keyframe") : tr("%1 keyframes")).arg(count);
}

QVariant SceneModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !studio_.dataset()) return {};
  const auto row = std::size_t(index.row());
  const Scene& scene = studio_.dataset()->scenes()[row];
  switch (role) {
    case Qt::DisplayRole:
    case Name:
      return toQString(scene.name);
    case Qt::AccessibleTextRole:
      return toQString(scene.name + ", " + scene.description);
    case Qt::ToolTipRole:
      return QStringLiteral("<b>%1</b><br>%2<br>%3<br>%4")
          .arg(toQString(scene.name).toHtmlEscaped(), toQString(scene.description).toHtmlEscaped(),
               place(scene).toHtmlEscaped(), toQString(scene.token).toHtmlEscaped());
    case Description:
      return toQString(scene.description);
    case Location:
      return place(scene);
    case Thumbnail: {
      const auto thumb = thumbs_->find(row);
      return thumb ? thumb->picture : QImage();
    }
    case Score:
      if (!rows_[row].score) {
        const std::optional<double> score = scores_.sceneScore(row);
        rows_[row].score = score ? QVariant(*score) : QVariant();
      }
      return *rows_[row].score;
    case Bookmarked:
      return rows_[row].bookmarked;
    default:
      return {};
  }
}

std::optional<std::size_t> SceneModel::keyframeOf(std::size_t scene, const QString& word) const {
  if (word.size() < kShortestToken) return std::nullopt;
  const std::string beginning = word.toLower().toStdString();
  const auto& keyframes = studio_.dataset()->scenes()[scene].keyframes;
  const auto found =
      std::ranges::find_if(keyframes, [&](const std::string& token) { return token.starts_with(beginning); });
  return found == keyframes.end() ? std::nullopt : std::optional(std::size_t(found - keyframes.begin()));
}

SceneFilter::SceneFilter(SceneModel& model, const SceneClassIndex& classes, QObject* parent)
    : QSortFilterProxyModel(parent), model_(model), classes_(classes) {
  setSourceModel(&model);
  setDynamicSortFilter(true);
  setSortRole(SceneModel::Score);
  setFilterRole(SceneModel::Name);
  sort(0);
}

void SceneFilter::setCriteria(SceneCriteria criteria) {
  if (criteria == criteria_) return;
  criteria_ = std::move(criteria);
  invalidateFilter();
}

void SceneFilter::setOrder(Order order) {
  order_ = order;
  invalidate();
}

QVariant SceneFilter::data(const QModelIndex& index, int role) const {
  if (role != SceneModel::MatchedKeyframe) return QSortFilterProxyModel::data(index, role);
  const auto scene = std::size_t(mapToSource(index).row());
  for (const QString& word : criteria_.words) {
    if (const auto keyframe = model_.keyframeOf(scene, word)) return int(*keyframe);
  }
  return {};
}

bool SceneFilter::filterAcceptsRow(int row, const QModelIndex&) const {
  const auto scene = std::size_t(row);
  if (!fitsConditions(scene)) return false;
  const bool holds_classes =
      std::ranges::all_of(criteria_.classes, [&](const QString& id) { return classes_.holds(scene, id); });
  return holds_classes && std::ranges::all_of(criteria_.words, [&](const QString& word) {
           return model_.searchText(scene).contains(word, Qt::CaseInsensitive) ||
                  model_.keyframeOf(scene, word);
         });
}

bool SceneFilter::fitsConditions(std::size_t scene) const {
  const auto& own = model_.conditions(scene);
  bool light_asked = false, light_fits = false;
  for (const SceneCondition condition : criteria_.conditions) {
    if (condition == SceneCondition::Rain) {
      if (!own.contains(condition)) return false;
      continue;
    }
    light_asked = true;
    light_fits = light_fits || own.contains(condition);
  }
  return !light_asked || light_fits;
}

bool SceneFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  if (order_ != Order::Name) {
    const QVariant a = left.data(SceneModel::Score), b = right.data(SceneModel::Score);
    if (a.isValid() != b.isValid()) return a.isValid();
    if (a.isValid() && a != b)
      return order_ == Order::WorstFirst ? a.toDouble() < b.toDouble() : a.toDouble() > b.toDouble();
  }
  return left.row() < right.row();
}

}  // namespace hbev::ui
