#include "ui/state/bookmarks.h"

#include <algorithm>
#include <tuple>

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>

namespace hbev::ui {
namespace {

constexpr int kVersion = 1;
constexpr qint64 kMaxBytes = qint64(64) << 20;

QJsonObject toJson(const Bookmark& bookmark) {
  return {{QStringLiteral("token"), bookmark.token},
          {QStringLiteral("note"), bookmark.note},
          {QStringLiteral("data_set"), bookmark.data_set},
          {QStringLiteral("data_set_name"), bookmark.data_set_name},
          {QStringLiteral("scene"), bookmark.scene},
          {QStringLiteral("keyframe"), bookmark.keyframe}};
}

Bookmark fromJson(const QJsonObject& row) {
  const auto text = [&](const char* name) { return row[QLatin1String(name)].toString(); };
  return {text("token"),         text("note"),  text("data_set"),
          text("data_set_name"), text("scene"), std::max(0, row[QStringLiteral("keyframe")].toInt())};
}

/// What can be read of the file's text; `damaged` when that is not all of it.
std::vector<Bookmark> parse(const QByteArray& text, bool& damaged) {
  const QJsonObject root = QJsonDocument::fromJson(text).object();
  damaged =
      root[QStringLiteral("version")].toInt() != kVersion || !root[QStringLiteral("bookmarks")].isArray();
  std::vector<Bookmark> bookmarks;
  for (const QJsonValue& row : root[QStringLiteral("bookmarks")].toArray()) {
    Bookmark bookmark = fromJson(row.toObject());
    const bool known = std::ranges::find(bookmarks, bookmark.token, &Bookmark::token) != bookmarks.end();
    if (bookmark.token.isEmpty() || known) {
      damaged = true;
    } else {
      bookmarks.push_back(std::move(bookmark));
    }
  }
  return bookmarks;
}

}  // namespace

Bookmarks::Bookmarks(QString file, QObject* parent) : QObject(parent), file_(std::move(file)) {}

QString Bookmarks::defaultFile() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation))
      .filePath(QStringLiteral("bookmarks.json"));
}

void Bookmarks::load() {
  read();
  arrange();
  Q_EMIT changed();
}

void Bookmarks::read() {
  QFile file(file_);
  if (!file.exists()) {
    bookmarks_.clear();
    return;
  }
  if (file.size() > kMaxBytes || !file.open(QIODevice::ReadOnly)) return setAside();
  bool damaged = false;
  bookmarks_ = parse(file.readAll(), damaged);
  file.close();
  if (!damaged) return;
  setAside();
  if (!bookmarks_.empty()) write();
}

/// The damaged file gets another name, so that nothing writes over it.
void Bookmarks::setAside() {
  QString name = file_ + QStringLiteral(".damaged");
  for (int i = 2; QFileInfo::exists(name); ++i)
    name = file_ + QStringLiteral(".damaged-%1").arg(i);
  const bool renamed = QFile::rename(file_, name);
  is_locked_ = !renamed;
  Q_EMIT failed({"The bookmarks could not all be read", file_.toStdString(), "a list of bookmarks",
                 QStringLiteral("%1 of them").arg(bookmarks_.size()).toStdString(),
                 renamed ? "The file was kept as " + QFileInfo(name).fileName().toStdString() + "."
                         : "Check the permissions of the file."});
}

bool Bookmarks::write() {
  if (is_locked_) return false;
  QJsonArray rows;
  for (const Bookmark& bookmark : bookmarks_)
    rows.append(toJson(bookmark));
  const QJsonDocument document(
      QJsonObject{{QStringLiteral("version"), kVersion}, {QStringLiteral("bookmarks"), rows}});
  QSaveFile file(file_);
  const bool written = QDir().mkpath(QFileInfo(file_).path()) && file.open(QIODevice::WriteOnly) &&
                       file.write(document.toJson()) >= 0 && file.commit();
  if (!written) {
    Q_EMIT failed({"The bookmarks cannot be saved",
                   file_.toStdString(),
                   {},
                   file.errorString().toStdString(),
                   "Check the free space and the permissions of the folder."});
  }
  return written;
}

void Bookmarks::setDataset(const Dataset* dataset) {
  dataset_ = dataset;
  arrange();
  Q_EMIT changed();
}

/// Finds their places in the open data set and sorts.
void Bookmarks::arrange() {
  places_.clear();
  keys_.clear();
  std::unordered_map<std::string, Bookmark*> wanted;
  for (Bookmark& bookmark : bookmarks_)
    wanted[bookmark.token.toStdString()] = &bookmark;
  for (std::size_t scene = 0; dataset_ && !wanted.empty() && scene < dataset_->scenes().size(); ++scene) {
    const Scene& in = dataset_->scenes()[scene];
    for (std::size_t i = 0; i < in.keyframes.size(); ++i) {
      const auto found = wanted.find(in.keyframes[i]);
      if (found == wanted.end()) continue;
      Bookmark& bookmark = *found->second;
      places_[bookmark.token] = {scene, i};
      keys_.push_back({scene, i});
      bookmark.scene = QString::fromStdString(in.name);
      bookmark.keyframe = int(i);
    }
  }
  std::ranges::stable_sort(bookmarks_, [this](const Bookmark& a, const Bookmark& b) {
    const auto first = place(a.token), second = place(b.token);
    if (first && second) return *first < *second;
    if (first || second) return first.has_value();
    return std::tie(a.data_set_name, a.scene, a.keyframe) < std::tie(b.data_set_name, b.scene, b.keyframe);
  });
}

std::optional<FrameKey> Bookmarks::place(const QString& token) const {
  const auto found = places_.find(token);
  return found == places_.end() ? std::nullopt : std::optional(*found);
}

const Bookmark* Bookmarks::at(const FrameKey& key) const {
  for (const Bookmark& bookmark : bookmarks_) {
    if (place(bookmark.token) == key) return &bookmark;
  }
  return nullptr;
}

std::optional<FrameKey> Bookmarks::next(const FrameKey& from) const {
  if (keys_.empty()) return std::nullopt;
  const auto after = std::upper_bound(keys_.begin(), keys_.end(), from);
  return after == keys_.end() ? keys_.front() : *after;
}

void Bookmarks::add(const FrameKey& key) {
  if (!dataset_) return;
  const Scene& scene = dataset_->scenes()[key.scene];
  Bookmark bookmark;
  bookmark.token = QString::fromStdString(scene.keyframes[key.index]);
  bookmark.note = removed_notes_.take(bookmark.token);
  bookmark.data_set = QString::fromStdString(dataset_->root().string());
  bookmark.data_set_name = QString::fromStdString(dataset_->name());
  read();
  if (std::ranges::find(bookmarks_, bookmark.token, &Bookmark::token) == bookmarks_.end())
    bookmarks_.push_back(std::move(bookmark));
  arrange();
  write();
  Q_EMIT changed();
}

void Bookmarks::remove(const QString& token) {
  read();
  const auto found = std::ranges::find(bookmarks_, token, &Bookmark::token);
  if (found != bookmarks_.end()) {
    removed_notes_[token] = found->note;
    bookmarks_.erase(found);
    write();
  }
  arrange();
  Q_EMIT changed();
}

void Bookmarks::setNote(const QString& token, const QString& note) {
  read();
  const auto found = std::ranges::find(bookmarks_, token, &Bookmark::token);
  if (found != bookmarks_.end() && found->note != note) {
    found->note = note;
    write();
  }
  arrange();
  Q_EMIT changed();
}

void Bookmarks::toggle(const FrameKey& key) {
  if (const Bookmark* bookmark = at(key)) return remove(QString(bookmark->token));
  add(key);
}

}  // namespace hbev::ui
