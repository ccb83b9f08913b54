#include "ui/bookmarks.h"

#include <algorithm>

#include <QtCore/QSettings>

namespace hbev::ui {
namespace {

const QString kSetting = QStringLiteral("bookmarks");

QStringList savedTokens() {
  return QSettings().value(kSetting).toStringList();
}

}  // namespace

void Bookmarks::load(const Dataset& dataset) {
  keys_.clear();
  const QStringList tokens = savedTokens();
  if (tokens.isEmpty()) return;
  for (std::size_t scene = 0; scene < dataset.scenes().size(); ++scene) {
    const auto& keyframes = dataset.scenes()[scene].keyframes;
    for (std::size_t i = 0; i < keyframes.size(); ++i) {
      if (tokens.contains(QString::fromStdString(keyframes[i]))) keys_.push_back({scene, i});
    }
  }
}

void Bookmarks::toggle(const Dataset& dataset, const FrameKey& key) {
  const QString token = QString::fromStdString(dataset.scenes()[key.scene].keyframes[key.index]);
  QStringList tokens = savedTokens();
  if (tokens.removeAll(token) == 0) tokens.append(token);
  QSettings().setValue(kSetting, tokens);
  load(dataset);
}

std::optional<FrameKey> Bookmarks::next(const FrameKey& from) const {
  if (keys_.empty()) return std::nullopt;
  const auto after = std::upper_bound(keys_.begin(), keys_.end(), from);
  return after == keys_.end() ? keys_.front() : *after;
}

}  // namespace hbev::ui
