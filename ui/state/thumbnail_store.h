// Small pictures of files, kept in the user's cache folder so that the next start need not decode them.
#pragma once

#include <filesystem>

#include <QtCore/QString>
#include <QtGui/QImage>

namespace hbev::ui {

/// A picture is known by path, size and time of the file that it shows: when that changes it is made anew.
/// Several threads and several windows may use one folder.
class ThumbnailStore {
 public:
  explicit ThumbnailStore(QString folder = defaultFolder(), qint64 budget_bytes = qint64(64) << 20);
  /// "thumbnails" in the user's cache folder for this program.
  static QString defaultFolder();

  /// Null when there is none for the file as it is now.
  QImage find(const std::filesystem::path& file) const;
  /// Not being able to keep it is no error.
  void keep(const std::filesystem::path& file, const QImage& picture) const;
  /// Removes the oldest until the folder is within its budget.
  void prune() const;

 private:
  /// Empty when `file` is absent.
  QString pathFor(const std::filesystem::path& file) const;

  QString folder_;
  qint64 budget_bytes_;
};

}  // namespace hbev::ui
