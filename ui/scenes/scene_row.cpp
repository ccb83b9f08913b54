#include "ui/scenes/scene_row.h"

#include <QtGui/QImage>
#include <QtGui/QPainter>

#include "ui/kit/icons.h"
#include "ui/kit/list_row.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/scenes/scene_model.h"

namespace hbev::ui {
namespace {

constexpr int kLine = 17, kBarWidth = 26, kFlag = 12;

void paintThumbnail(QPainter& painter, const QRect& rect, const QModelIndex& index) {
  const auto picture = index.data(SceneModel::Thumbnail).value<QImage>();
  if (!picture.isNull()) {
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(rect, picture);
    return;
  }
  painter.fillRect(rect, Theme::current().color(Role::Surface));
  const QRect icon(rect.center().x() - 7, rect.center().y() - 7, 16, 16);
  paintIcon(painter, QStringLiteral("scene"), icon, Theme::current().color(Role::Text3));
}

void paintLine(QPainter& painter, const QRect& place, const QString& text, const QFont& font, Role role) {
  painter.setFont(font);
  painter.setPen(Theme::current().color(role));
  painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
}

int scoreWidth(const QString& value) {
  return value.isEmpty() ? 0
                         : QFontMetrics(Theme::current().mono(TextSize::Small)).horizontalAdvance(value) + 6;
}

}  // namespace

QSize SceneRowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
  const Sizes& sizes = Theme::current().sizes();
  return {120, compact_ ? sizes.list_row_compact : sizes.list_row};
}

void SceneRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const QRect row = option.rect;
  paintRowGround(*painter, option);
  const QSize size = compact_ ? kCompactSceneThumbnail : kSceneThumbnail;
  const QRect picture(row.left() + 8, row.top() + (row.height() - size.height()) / 2, size.width(),
                      size.height());
  paintThumbnail(*painter, picture, index);
  const QRect text(picture.right() + 9, picture.top(), row.right() - picture.right() - 17, size.height());
  const bool raised = option.state & (QStyle::State_Selected | QStyle::State_MouseOver);
  paintText(*painter, text, index, raised);
  painter->restore();
}

void SceneRowDelegate::paintText(QPainter& painter, const QRect& rect, const QModelIndex& index,
                                 bool raised) const {
  const Theme& theme = Theme::current();
  const auto lineAt = [&](int number, int right_margin) {
    return QRect(rect.left(), rect.top() + number * kLine - (compact_ ? 1 : 0), rect.width() - right_margin,
                 kLine);
  };
  const QVariant score = index.data(SceneModel::Score);
  const int score_width = score.isValid() ? scoreWidth(decimal(score.toDouble(), 1)) : 0;
  const bool flagged = index.data(SceneModel::Bookmarked).toBool();
  const int name_margin = (compact_ ? score_width : 0) + (flagged ? kFlag + 4 : 0);
  paintLine(painter, lineAt(0, name_margin), index.data(SceneModel::Name).toString(),
            theme.font(TextSize::Body, Weight::Semibold), Role::Text);
  if (flagged) {
    const QRect line = lineAt(0, compact_ ? score_width : 0);
    const QRect flag(line.right() - kFlag + 1, line.top() + 2, kFlag, kFlag);
    paintIcon(painter, QStringLiteral("bookmark"), flag, theme.color(Role::SourceB));
  }
  const QVariant matched = index.data(SceneModel::MatchedKeyframe);
  const QString keyframe = matched.isValid() ? tr("Keyframe %1").arg(matched.toInt() + 1) : QString();
  const QFont small = theme.font(TextSize::Small);
  if (compact_ && matched.isValid()) {
    paintLine(painter, lineAt(1, 0), keyframe, small, Role::Accent);
  } else {
    paintLine(painter, lineAt(1, 0), index.data(SceneModel::Description).toString(), small, Role::Text2);
  }
  if (!compact_) {
    const QRect line = lineAt(2, score.isValid() ? score_width + kBarWidth + 6 : 0);
    paintLine(painter, line, matched.isValid() ? keyframe : index.data(SceneModel::Location).toString(),
              small,
              matched.isValid() ? Role::Accent
              : raised          ? Role::Text2
                                : Role::Text3);
  }
  if (score.isValid()) paintScore(painter, lineAt(compact_ ? 0 : 2, 0), score.toDouble());
}

void SceneRowDelegate::paintScore(QPainter& painter, const QRect& line, double score) const {
  const Theme& theme = Theme::current();
  const QString value = decimal(score, 1);
  painter.setFont(theme.mono(TextSize::Small));
  painter.setPen(theme.color(Role::Text));
  painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, value);
  if (compact_) return;
  const QRectF bar(line.right() - scoreWidth(value) - kBarWidth, line.center().y() - 1.5, kBarWidth, 4);
  paintBar(painter, bar, score / 100.0, theme.scoreColor(score));
}

}  // namespace hbev::ui
