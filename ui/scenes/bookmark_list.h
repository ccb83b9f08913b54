// The bookmarks as a list: jump to one, write its note in place, remove it.
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtWidgets/QListView>

#include "ui/state/bookmarks.h"

namespace hbev::ui {

class BookmarkModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Roles { Token = Qt::UserRole, Note, Place, Path, IsHere };

  explicit BookmarkModel(Bookmarks& bookmarks, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QModelIndex find(const QString& token) const;

 private:
  Bookmarks& bookmarks_;
  std::vector<Bookmark> rows_;  ///< as they are shown: Bookmarks may change while a note is being written
};

class BookmarkList : public QListView {
  Q_OBJECT
 public:
  explicit BookmarkList(Bookmarks& bookmarks, QWidget* parent = nullptr);
  /// Opens the editor of this bookmark's note.
  void editNote(const QString& token);
  /// Keeps the note that is being written, if any.
  void keepNote();

 Q_SIGNALS:
  /// Click or Enter on a bookmark of the open data set.
  void jumpRequested(const hbev::FrameKey& key);
  /// On one of another data set.
  void datasetRequested(const QString& path, const QString& token);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void activate(const QModelIndex& index);
  void removeCurrent();

  Bookmarks& bookmarks_;
  BookmarkModel* model_;
};

}  // namespace hbev::ui
