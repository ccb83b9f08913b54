#include "ui/training/checkpoint_pictures.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kPictureHeight_px = 92, kLowPictureHeight_px = 66, kCaption_px = 22, kPicturePadding_px = 8,
              kPictureGap_px = 8;

}  // namespace

CheckpointPictures::CheckpointPictures(QWidget* parent) : QWidget(parent) {
  setFixedHeight(kPictureHeight_px + 2 * kPicturePadding_px);
  setAccessibleName(tr("Predictions of the checkpoints"));
}

void CheckpointPictures::setPictures(std::vector<Picture> pictures, std::int64_t shown) {
  pictures_ = std::move(pictures);
  shown_ = shown;
  QStringList words;
  for (const Picture& each : pictures_)
    words << (each.is_sample ? tr("step %1 from above, as the training wrote it")
                             : tr("step %1, as it was watched"))
                 .arg(groupedNumber(each.step));
  setToolTip(words.join(QStringLiteral("\n")));
  setAccessibleDescription(words.isEmpty() ? sentence_ : words.join(QStringLiteral(", ")));
  showAtAll();
}

void CheckpointPictures::setSentence(const QString& sentence) {
  sentence_ = sentence;
  if (pictures_.empty()) setAccessibleDescription(sentence_);
  showAtAll();
}

void CheckpointPictures::showAtAll() {
  setVisible(!pictures_.empty() || !sentence_.isEmpty());
  update();
}

void CheckpointPictures::setCompact(bool compact) {
  setFixedHeight((compact ? kLowPictureHeight_px : kPictureHeight_px) + 2 * kPicturePadding_px);
}

QRect CheckpointPictures::placeOf(std::size_t i) const {
  const int width = (this->width() - 2 * kPicturePadding_px - (int(kMost) - 1) * kPictureGap_px) / int(kMost);
  return {kPicturePadding_px + int(i) * (width + kPictureGap_px), kPicturePadding_px, width,
          height() - 2 * kPicturePadding_px};
}

void CheckpointPictures::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  if (pictures_.empty()) {
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text3));
    painter.drawText(rect().adjusted(kCaption_px, 0, -kCaption_px, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     sentence_);
  }
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    const Picture& each = pictures_[i];
    const QRect place = placeOf(i);
    paintBox(painter, place, 4, theme.color(Role::Surface),
             theme.color(each.step == shown_ ? Role::Accent : Role::Border));
    const QRect picture = place.adjusted(1, 1, -1, -kCaption_px);
    const QSizeF size = QSizeF(each.image.size()).scaled(picture.size(), Qt::KeepAspectRatioByExpanding);
    painter.save();
    painter.setClipRect(picture);
    painter.drawImage(QRectF(QPointF(picture.center()) - QPointF(size.width() / 2, size.height() / 2), size),
                      each.image);
    painter.restore();
    const QRect caption(place.left() + 6, place.bottom() - kCaption_px + 1, place.width() - 12, kCaption_px);
    painter.setFont(theme.mono(TextSize::Small));
    painter.setPen(theme.color(Role::Text));
    painter.drawText(caption, Qt::AlignLeft | Qt::AlignVCenter, groupedNumber(each.step));
    painter.setPen(theme.color(Role::Text2));
    const int used = painter.fontMetrics().horizontalAdvance(groupedNumber(each.step));
    if (each.score &&
        caption.width() - used > painter.fontMetrics().horizontalAdvance(QStringLiteral(" 38.9")))
      painter.drawText(caption, Qt::AlignRight | Qt::AlignVCenter, decimal(*each.score, 1));
  }
}

void CheckpointPictures::mouseReleaseEvent(QMouseEvent* event) {
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    if (placeOf(i).contains(event->position().toPoint())) {
      Q_EMIT clicked(pictures_[i].step);
      return;
    }
  }
}

}  // namespace hbev::ui
