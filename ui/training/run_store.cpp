#include "ui/training/run_store.h"

#include <algorithm>

#include <QtCore/QMetaObject>
#include <QtCore/QSettings>
#include <QtCore/QStandardPaths>
#include <QtCore/QSysInfo>

#include "ui/training/run_follower.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr int kColors = 8;
constexpr const char* kFolderKey = "training/folder";
constexpr const char* kAttachedKey = "training/attached";
constexpr const char* kCheckedKey = "training/checked";

QString textOf(const fs::path& path) {
  return QString::fromStdString(path.string());
}

/// At the start the run that goes on is shown, else the newest.
bool comesFirst(const RunData& a, const RunData& b) {
  return a.isGoing() != b.isGoing() ? a.isGoing() : a.facts.created > b.facts.created;
}

/// The same run must have the same name however it was written.
fs::path pathOf(const QString& text) {
  std::error_code code;
  const fs::path path = fs::weakly_canonical(text.toStdString(), code);
  return code ? fs::path(text.toStdString()) : path;
}

}  // namespace

RunStore::RunStore(QObject* parent, int every_ms) : QObject(parent) {
  const auto later = [this](auto what) {
    QMetaObject::invokeMethod(this, std::move(what), Qt::QueuedConnection);
  };
  RunFollower::Listener listener;
  listener.updated = [this, later](RunUpdate update) {
    later([this, update = std::make_shared<RunUpdate>(std::move(update))] { take(*update); });
  };
  listener.gone = [this, later](const fs::path& folder) { later([this, folder] { remove(folder); }); };
  listener.refused = [this, later](const fs::path& folder, const Problem& problem) {
    later([this, folder, problem] {
      // One of an earlier session may lie on a disk that is not mounted today.
      if (asked_for_.removeAll(textOf(folder)) == 0) return;
      detach(textOf(folder));
      Q_EMIT attachFailed(problem);
    });
  };
  listener.looked = [this, later](const fs::path& folder) {
    later([this, folder] {
      // Asked for once: the path may lie on a disk that does not answer.
      if (was_looked_at_ || folder != pathOf(folder_)) return;
      was_looked_at_ = true;
      Q_EMIT listChanged();
    });
  };
  QSettings settings;
  folder_ = settings.value(QString::fromLatin1(kFolderKey), defaultFolder()).toString();
  checked_before_ = settings.value(QString::fromLatin1(kCheckedKey)).toStringList();
  attached_ = settings.value(QString::fromLatin1(kAttachedKey)).toStringList();
  std::set<fs::path> attached;
  for (const QString& each : attached_)
    attached.insert(pathOf(each));
  follower_ = std::make_unique<RunFollower>(std::move(listener), every_ms, pathOf(folder_), attached);
}

RunStore::~RunStore() {
  follower_.reset();  // it speaks to us
}

QString RunStore::defaultFolder() {
  return QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation) +
         QStringLiteral("/hbevocc-runs");
}

void RunStore::setFolder(const QString& folder) {
  if (folder == folder_) return;
  folder_ = folder;
  QSettings().setValue(QString::fromLatin1(kFolderKey), folder);
  was_looked_at_ = false;
  follower_->setFolder(pathOf(folder));
  Q_EMIT listChanged();
}

void RunStore::attach(const QString& run) {
  const QString path = textOf(pathOf(run));
  if (!attached_.contains(path)) attached_ << path;
  asked_for_ << path;
  QSettings().setValue(QString::fromLatin1(kAttachedKey), attached_);
  expected_ = path.toStdString();
  if (find(expected_)) setCurrent(expected_);
  follower_->attach(path.toStdString());
}

void RunStore::detach(const QString& run) {
  const QString path = textOf(pathOf(run));
  attached_.removeAll(path);
  QSettings().setValue(QString::fromLatin1(kAttachedKey), attached_);
  follower_->detach(path.toStdString());
  follower_->wake();
}

std::shared_ptr<RunData> RunStore::find(const fs::path& folder) const {
  const auto found = std::ranges::find(runs_, folder, [](const auto& run) { return run->folder; });
  return found == runs_.end() ? nullptr : *found;
}

std::vector<std::shared_ptr<RunData>> RunStore::goingHere() const {
  std::vector<std::shared_ptr<RunData>> going;
  const std::string host = QSysInfo::machineHostName().toStdString();
  for (const auto& each : runs_) {
    if (each->isGoing() && each->process.host == host) going.push_back(each);
  }
  return going;
}

void RunStore::setCurrent(const fs::path& folder) {
  const auto run = find(folder);
  if (run == current_) return;
  current_ = run;
  tellWanted();
  Q_EMIT currentChanged();
}

void RunStore::expect(const fs::path& folder) {
  expected_ = pathOf(textOf(folder));
  setCurrent(expected_);
  follower_->wake();
}

void RunStore::setChecked(const fs::path& folder, bool checked) {
  const auto run = find(folder);
  if (!run || (run->color >= 0) == checked) return;
  run->color = -1;
  if (checked) {
    // The first colour that no other run has.
    for (int color = 0; run->color < 0; ++color) {
      const bool taken = color < kColors &&
                         std::ranges::any_of(runs_, [&](const auto& each) { return each->color == color; });
      if (!taken) run->color = color % kColors;
    }
  }
  saveChecked();
  tellWanted();
  Q_EMIT checkedChanged();
}

std::vector<std::shared_ptr<RunData>> RunStore::checked() const {
  std::vector<std::shared_ptr<RunData>> checked;
  for (const auto& each : runs_) {
    if (each->color >= 0) checked.push_back(each);
  }
  return checked;
}

void RunStore::setSmoothing(double weight) {
  if (weight == smoothing_) return;
  smoothing_ = weight;
  for (const auto& each : runs_) {
    for (const auto& [name, series] : each->curves)
      series->setSmoothing(weight);
  }
  Q_EMIT smoothingChanged();
}

void RunStore::send(const RunData& run, RunWish wish) {
  try {
    sendWish(run.folder, wish);
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

void RunStore::setLabels(const fs::path& folder, const RunLabels& labels) {
  const auto run = find(folder);
  if (!run || run->labels == labels) return;
  try {
    writeRunLabels(folder, labels);
    run->labels = labels;
    Q_EMIT runChanged(folder);
  } catch (const Error& error) {
    Q_EMIT failed(error.problem());
  }
}

void RunStore::look() {
  follower_->wake();
}

void RunStore::take(const RunUpdate& update) {
  auto run = find(update.folder);
  const bool is_new = !run;
  const bool was_going = run && run->isGoing();
  if (is_new) run = std::make_shared<RunData>();
  run->take(update, smoothing_);
  if (is_new) {
    run->is_attached =
        attached_.contains(textOf(update.folder)) && update.folder.parent_path() != pathOf(folder_);
    const auto place = std::ranges::find_if(
        runs_, [&](const auto& each) { return each->facts.created < run->facts.created; });
    runs_.insert(place, run);
    checkAgain(*run);
    Q_EMIT listChanged();
    if (expected_ == update.folder) {
      expected_.clear();
      setChecked(update.folder, true);
      setCurrent(update.folder);
    } else if (!current_ || (!was_looked_at_ && comesFirst(*run, *current_))) {
      setCurrent(update.folder);
    }
  }
  Q_EMIT runChanged(update.folder);
  if (was_going && !run->isGoing()) Q_EMIT ended(update.folder);
}

void RunStore::remove(const fs::path& folder) {
  const auto run = find(folder);
  if (!run) return;
  std::erase(runs_, run);
  if (current_ == run) {
    const bool was_taken_off = !attached_.contains(textOf(folder)) && folder.parent_path() != pathOf(folder_);
    current_ = runs_.empty() ? nullptr : runs_.front();
    Q_EMIT currentChanged();
    if (!was_taken_off)
      Q_EMIT failed({.summary = tr("The folder of %1 is gone").arg(run->name()).toStdString(),
                     .file = folder,
                     .expected = {},
                     .found = {},
                     .advice = "Where it is on a mounted disk, the run comes back with the disk."});
  }
  if (run->color >= 0) Q_EMIT checkedChanged();
  tellWanted();
  Q_EMIT listChanged();
}

void RunStore::tellWanted() {
  std::set<fs::path> wanted;
  for (const auto& each : checked())
    wanted.insert(each->folder);
  if (current_) wanted.insert(current_->folder);
  follower_->setWanted(std::move(wanted));
}

/// With the colour that it had at the last start.
void RunStore::checkAgain(RunData& run) {
  for (qsizetype i = 0; i < checked_before_.size(); ++i) {
    const QString& before = checked_before_[i];
    if (before.section(QLatin1Char(' '), 1) != textOf(run.folder)) continue;
    run.color = std::clamp(before.section(QLatin1Char(' '), 0, 0).toInt(), 0, kColors - 1);
    checked_before_.removeAt(i);
    tellWanted();
    Q_EMIT checkedChanged();
    return;
  }
}

void RunStore::saveChecked() const {
  QStringList folders = checked_before_;
  for (const auto& each : checked())
    folders << QStringLiteral("%1 %2").arg(each->color).arg(textOf(each->folder));
  QSettings().setValue(QString::fromLatin1(kCheckedKey), folders);
}

}  // namespace hbev::ui
