#include "ui/scenes/keyframe_thumbnail.h"

#include "core/base/error.h"
#include "core/data/images.h"
#include "ui/scenes/scene_row.h"

namespace hbev::ui {

QImage keyframeThumbnail(const Dataset& dataset, const FrameKey& key, const ThumbnailStore& store) {
  if (dataset.scenes()[key.scene].keyframes.size() <= key.index) return {};
  const Keyframe keyframe = dataset.keyframe(key.scene, key.index);
  const auto& camera = keyframe.cameras[std::size_t(Camera::Front)];
  if (!camera) return {};
  if (QImage kept = store.find(camera->file); !kept.isNull()) return kept;
  try {
    const QSize size = 2 * kSceneThumbnail;
    const Image image = readImage(camera->file, size.width());
    const QImage whole(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888);
    const QImage grown = whole.scaled(size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    const QRect middle(QPoint((grown.width() - size.width()) / 2, (grown.height() - size.height()) / 2),
                       size);
    const QImage picture = grown.copy(middle);
    store.keep(camera->file, picture);
    return picture;
  } catch (const Error&) {
    return {};
  }
}

}  // namespace hbev::ui
