// Ranked keyframes as a list with pictures, and how a row is drawn.
#pragma once

#include <memory>
#include <vector>

#include <QtCore/QAbstractListModel>
#include <QtGui/QImage>
#include <QtWidgets/QStyledItemDelegate>

#include "core/base/task_queue.h"
#include "core/base/wish_cache.h"
#include "ui/kit/tokens.h"
#include "ui/scores/score_frames.h"
#include "ui/state/thumbnail_store.h"

namespace hbev::ui {

class Studio;

class WorstFrameModel : public QAbstractListModel {
  Q_OBJECT
 public:
  /// Name: of the scene; Number: of the keyframe, from 1; Value: what it is ranked by, as text; RayIou:
  /// percent.
  enum Roles { Name = Qt::UserRole, Number, Value, RayIou, Thumbnail };

  explicit WorstFrameModel(Studio& studio, QObject* parent = nullptr);
  struct Row {
    FrameKey key;
    QString value;
    double ray_iou = 0;  ///< percent; NaN without
  };
  void setRows(std::vector<Row> rows);
  const std::vector<Row>& rows() const { return rows_; }
  /// -1 when the keyframe is not listed.
  int rowOf(const FrameKey& key) const;
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  /// Loads the pictures of these rows, both ends included, and forgets other wishes.
  void wishThumbnails(int first, int last);

 private:
  struct Thumb {
    QImage picture;
  };
  using Thumbs = WishCache<FrameKey, Thumb>;
  void makeThumbs();

  Studio& studio_;
  ThumbnailStore store_;
  TaskQueue queue_{1};
  std::unique_ptr<Thumbs> thumbs_;
  std::uint64_t generation_ = 0;
  std::vector<Row> rows_;
};

/// Rows of 62 px: picture, scene, keyframe, RayIoU with its bar, and at right what they are ranked by.
class WorstFrameDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  /// Where a score is bad and where it is good, percent.
  void setSteps(const ScoreSteps& steps) { steps_ = steps; }
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

 private:
  ScoreSteps steps_;
};

}  // namespace hbev::ui
