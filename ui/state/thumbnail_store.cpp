#include "ui/state/thumbnail_store.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include "core/base/files.h"

namespace hbev::ui {
namespace {
constexpr int kQuality = 88;
}

ThumbnailStore::ThumbnailStore(QString folder, qint64 budget_bytes)
    : folder_(std::move(folder)), budget_bytes_(budget_bytes) {}

QString ThumbnailStore::defaultFolder() {
  return QString::fromStdString((userCacheFolder() / "thumbnails").string());
}

QString ThumbnailStore::pathFor(const std::filesystem::path& file) const {
  const QFileInfo info(QString::fromStdString(file.string()));
  if (!info.isFile()) return {};
  const QString key = QStringLiteral("%1\n%2\n%3")
                          .arg(info.absoluteFilePath())
                          .arg(info.size())
                          .arg(info.lastModified().toMSecsSinceEpoch());
  const QByteArray name = QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Md5).toHex();
  return QDir(folder_).filePath(QString::fromLatin1(name) + QStringLiteral(".jpg"));
}

QImage ThumbnailStore::find(const std::filesystem::path& file) const {
  const QString path = pathFor(file);
  return path.isEmpty() ? QImage() : QImage(path);
}

void ThumbnailStore::keep(const std::filesystem::path& file, const QImage& picture) const {
  const QString path = pathFor(file);
  if (path.isEmpty() || picture.isNull() || !QDir().mkpath(folder_)) return;
  QSaveFile out(path);
  if (out.open(QIODevice::WriteOnly) && picture.save(&out, "JPG", kQuality)) out.commit();
}

void ThumbnailStore::prune() const {
  // Newest first: what comes after the budget is used up goes.
  const QFileInfoList files = QDir(folder_).entryInfoList({QStringLiteral("*.jpg")}, QDir::Files, QDir::Time);
  qint64 bytes = 0;
  for (const QFileInfo& file : files) {
    bytes += file.size();
    if (bytes > budget_bytes_) QFile::remove(file.absoluteFilePath());
  }
}

}  // namespace hbev::ui
