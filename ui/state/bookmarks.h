// Keyframes that somebody marked, with a note: kept in a small file beside the user's settings.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <QtCore/QHash>
#include <QtCore/QObject>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/sample_loader.h"

namespace hbev::ui {

struct Bookmark {
  QString token;          ///< the keyframe's sample token: what it is known by
  QString note;           ///< may be empty
  QString data_set;       ///< path of the data set it was made in
  QString data_set_name;  ///< for people
  QString scene;          ///< its name
  int keyframe = 0;       ///< in the scene, from 0
  bool operator==(const Bookmark&) const = default;
};

/// All functions name bookmarks by token. Each change reads the file anew, changes it and writes it by
/// rename, so that two windows do not undo each other's.
class Bookmarks : public QObject {
  Q_OBJECT
 public:
  explicit Bookmarks(QString file = defaultFile(), QObject* parent = nullptr);
  /// bookmarks.json in the user's configuration folder for this program.
  static QString defaultFile();

  /// Reads the file. A damaged one is set aside beside it, what can be read of it is kept, and failed()
  /// tells.
  void load();
  /// Which of them have a place in the data set (null: none have).
  void setDataset(const Dataset* dataset);

  /// Those of the open data set in its order, then the others by data set, scene and keyframe.
  const std::vector<Bookmark>& all() const { return bookmarks_; }
  /// Where it is in the open data set, or nothing.
  std::optional<FrameKey> place(const QString& token) const;
  /// The one at this keyframe of the open data set, or null.
  const Bookmark* at(const FrameKey& key) const;
  /// Of the open data set, in its order.
  const std::vector<FrameKey>& keys() const { return keys_; }
  /// The next one after `from`, around the end; nothing without bookmarks.
  std::optional<FrameKey> next(const FrameKey& from) const;

  /// Marks a keyframe of the open data set; a mark that was taken off in this session gets its note back.
  void add(const FrameKey& key);
  void remove(const QString& token);
  void setNote(const QString& token, const QString& note);
  /// Adds or removes.
  void toggle(const FrameKey& key);

 Q_SIGNALS:
  void changed();
  void failed(const hbev::Problem& problem);

 private:
  void read();
  bool write();
  void setAside();
  void arrange();

  QString file_;
  const Dataset* dataset_ = nullptr;
  std::vector<Bookmark> bookmarks_;
  QHash<QString, FrameKey> places_;
  std::vector<FrameKey> keys_;
  QHash<QString, QString> removed_notes_;
  bool is_locked_ = false;  ///< a damaged file is still in place: it must not be written over
};

}  // namespace hbev::ui
