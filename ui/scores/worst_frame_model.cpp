#include "ui/scores/worst_frame_model.h"

#include <algorithm>
#include <cmath>

#include <QtGui/QPainter>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/scenes/keyframe_thumbnail.h"
#include "ui/scenes/scene_row.h"
#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

constexpr std::size_t kThumbnailBudget = std::size_t(32) << 20;
constexpr int kThumbnailPriority = 0;
constexpr int kLine = 17, kBarWidth = 26;
/// Narrower rows have a smaller picture and no bar.
constexpr int kNarrowRow_px = 224;

void paintText(QPainter& painter, const QRect& line, Qt::Alignment alignment, const QString& text,
               const QFont& font, Role role) {
  painter.setFont(font);
  painter.setPen(Theme::current().color(role));
  painter.drawText(line, alignment | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text, Qt::ElideRight, line.width()));
}

void paintPicture(QPainter& painter, const QRect& rect, const QImage& picture) {
  if (!picture.isNull()) {
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    return painter.drawImage(rect, picture);
  }
  painter.fillRect(rect, Theme::current().color(Role::Surface));
  const QRect icon(rect.center().x() - 7, rect.center().y() - 7, 16, 16);
  paintIcon(painter, QStringLiteral("scene"), icon, Theme::current().color(Role::Text3));
}

}  // namespace

WorstFrameModel::WorstFrameModel(Studio& studio, QObject* parent)
    : QAbstractListModel(parent), studio_(studio) {
  connect(&studio, &Studio::datasetChanged, this, [this] {
    setRows({});
    makeThumbs();
  });
}

void WorstFrameModel::makeThumbs() {
  ++generation_;
  const auto load = [dataset = studio_.dataset(), store = store_](const FrameKey& key,
                                                                  const std::stop_token&) {
    return std::make_shared<const Thumb>(Thumb{keyframeThumbnail(*dataset, key, store)});
  };
  const auto size = [](const Thumb& thumb) {
    return sizeof(Thumb) + std::size_t(thumb.picture.sizeInBytes());
  };
  const auto loaded = [this, generation = generation_](const FrameKey& key, const auto&) {
    const auto show = [this, key, generation] {
      const int row = generation == generation_ ? rowOf(key) : -1;
      if (row >= 0) Q_EMIT dataChanged(index(row), index(row), {Thumbnail});
    };
    QMetaObject::invokeMethod(this, show, Qt::QueuedConnection);
  };
  thumbs_ = std::make_unique<Thumbs>(queue_, kThumbnailPriority, load, size, loaded, kThumbnailBudget);
}

void WorstFrameModel::setRows(std::vector<Row> rows) {
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int WorstFrameModel::rowOf(const FrameKey& key) const {
  const auto found = std::ranges::find(rows_, key, &Row::key);
  return found == rows_.end() ? -1 : int(found - rows_.begin());
}

int WorstFrameModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(rows_.size());
}

QVariant WorstFrameModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !studio_.dataset()) return {};
  const Row& row = rows_[std::size_t(index.row())];
  const Scene& scene = studio_.dataset()->scenes()[row.key.scene];
  switch (role) {
    case Qt::DisplayRole:
    case Name:
      return QString::fromStdString(scene.name);
    case Number:
      return int(row.key.index) + 1;
    case Value:
      return row.value;
    case RayIou:
      return row.ray_iou;
    case Qt::AccessibleTextRole:
      return tr("%1, keyframe %2, %3")
          .arg(QString::fromStdString(scene.name))
          .arg(row.key.index + 1)
          .arg(row.value);
    case Qt::ToolTipRole:
      return QStringLiteral("<b>%1</b><br>%2<br>%3")
          .arg(QString::fromStdString(scene.name).toHtmlEscaped(),
               QString::fromStdString(scene.description).toHtmlEscaped(),
               QString::fromStdString(scene.keyframes[row.key.index]).toHtmlEscaped());
    case Thumbnail: {
      const auto thumb = thumbs_ ? thumbs_->find(row.key) : nullptr;
      return thumb ? thumb->picture : QImage();
    }
    default:
      return {};
  }
}

void WorstFrameModel::wishThumbnails(int first, int last) {
  if (!thumbs_ || first < 0) return;
  std::vector<FrameKey> keys;
  for (int row = first; row <= last && row < rowCount(); ++row)
    keys.push_back(rows_[std::size_t(row)].key);
  thumbs_->wish(keys);
}

QSize WorstFrameDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  return {120, Theme::current().sizes().list_row};
}

void WorstFrameDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                               const QModelIndex& index) const {
  const Theme& theme = Theme::current();
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const bool selected = option.state & QStyle::State_Selected;
  const bool raised = selected || option.state & QStyle::State_MouseOver;
  const QRect row = option.rect;
  painter->fillRect(row, theme.color(selected ? Role::Selection : raised ? Role::Hover : Role::Panel));
  if (selected) painter->fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.color(Role::Accent));
  const bool narrow = row.width() < kNarrowRow_px;
  const QSize size = narrow ? kCompactSceneThumbnail : kSceneThumbnail;
  const QRect picture(row.left() + 8, row.top() + (row.height() - size.height()) / 2, size.width(),
                      size.height());
  paintPicture(*painter, picture, index.data(WorstFrameModel::Thumbnail).value<QImage>());
  const int text_top = row.top() + (row.height() - kSceneThumbnail.height()) / 2;
  const QRect text(picture.right() + 9, text_top, row.right() - picture.right() - 17,
                   kSceneThumbnail.height());
  const auto line = [&](int number, int right_margin) {
    return QRect(text.left(), text.top() + number * kLine, text.width() - right_margin, kLine);
  };
  const QFont mono = theme.mono(TextSize::Small);
  const QString value = index.data(WorstFrameModel::Value).toString();
  const int value_width = value.isEmpty() ? 0 : QFontMetrics(mono).horizontalAdvance(value) + 6;
  const QString name = index.data(WorstFrameModel::Name).toString();
  const QFont bold = theme.font(TextSize::Body, Weight::Semibold);
  // Where both have no room in one line, the value goes below: the scene's name tells rows apart.
  const int value_line = QFontMetrics(bold).horizontalAdvance(name) + value_width > text.width() ? 1 : 0;
  const auto besideValue = [&](int number) { return line(number, number == value_line ? value_width : 0); };
  paintText(*painter, besideValue(0), Qt::AlignLeft, name, bold, Role::Text);
  paintText(*painter, line(value_line, 0), Qt::AlignRight, value, mono, Role::Text);
  paintText(*painter, besideValue(1), Qt::AlignLeft,
            tr("keyframe %1").arg(index.data(WorstFrameModel::Number).toInt()), theme.font(TextSize::Small),
            Role::Text2);
  const double score = index.data(WorstFrameModel::RayIou).toDouble();
  paintText(*painter, line(2, 0), Qt::AlignLeft, tr("RayIoU"), theme.font(TextSize::Small),
            raised ? Role::Text2 : Role::Text3);
  if (std::isfinite(score)) {
    const QString figure = decimal(score, 1);
    paintText(*painter, line(2, 0), Qt::AlignRight, figure, mono, Role::Text);
    const int width = QFontMetrics(mono).horizontalAdvance(figure) + 8 + kBarWidth;
    if (!narrow)
      paintBar(*painter, QRectF(text.right() - width, line(2, 0).center().y() - 1.5, kBarWidth, 4),
               score / 100, theme.scoreColor(score, steps_));
  }
  if (!selected) paintBottomLine(*painter, row, theme.color(Role::Border, 0.45));
  painter->restore();
}

}  // namespace hbev::ui
