#include "ui/training/run_store.h"

#include <algorithm>

#include <QtCore/QDir>
#include <QtCore/QMetaObject>
#include <QtCore/QSettings>
#include <QtCore/QStandardPaths>
#include <QtCore/QSysInfo>

#include "core/base/files.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr int kColors = 8, kLooksWhilePatient = 8;
constexpr const char* kFolderKey = "training/folder";
constexpr const char* kAttachedKey = "training/attached";
constexpr const char* kCheckedKey = "training/checked";

QString textOf(const fs::path& path) {
  return QString::fromStdString(path.string());
}

/// At the start the run that goes on is shown, else the newest, if it can be read.
bool comesFirst(const RunData& a, const RunData& b) {
  if (a.unreadable.has_value() != b.unreadable.has_value()) return !a.unreadable;
  return a.isGoing() != b.isGoing() ? a.isGoing() : a.facts.created > b.facts.created;
}

}  // namespace

fs::path RunStore::pathOf(const QString& named) {
  return QDir::cleanPath(QDir::current().absoluteFilePath(named)).toStdString();
}

RunStore::RunStore(QObject* parent, const RunFollower::Limits& limits) : QObject(parent) {
  QSettings settings;
  folder_ = settings.value(QString::fromLatin1(kFolderKey), defaultFolder()).toString();
  checked_before_ = settings.value(QString::fromLatin1(kCheckedKey)).toStringList();
  attached_ = settings.value(QString::fromLatin1(kAttachedKey)).toStringList();
  std::set<fs::path> attached;
  for (const QString& each : attached_)
    attached.insert(pathOf(each));
  follower_ = std::make_unique<RunFollower>(listener(), limits, pathOf(folder_), std::move(attached));
  supervising_.setInterval(std::max(1, limits.patience_ms / kLooksWhilePatient));
  connect(&supervising_, &QTimer::timeout, this, &RunStore::supervise);
  supervising_.start();
}

RunWorker::Listener RunStore::listener() {
  const auto later = [this](auto what) {
    QMetaObject::invokeMethod(this, std::move(what), Qt::QueuedConnection);
  };
  RunWorker::Listener listener;
  listener.updated = [this, later](RunUpdate update) {
    later([this, update = std::make_shared<RunUpdate>(std::move(update))] { take(*update); });
  };
  listener.refused = [this, later](const fs::path& named, const Problem& problem) {
    later([this, named, problem] { refuse(named, problem); });
  };
  listener.looked = [this, later](RunWorker::Look look) {
    later([this, look = std::make_shared<RunWorker::Look>(std::move(look))] { compare(*look); });
  };
  listener.arrived = [this, later](const fs::path& named, const fs::path& folder) {
    later([this, named, folder] { arrived(named, folder); });
  };
  listener.failed = [this, later](const Problem& problem) {
    later([this, problem] { Q_EMIT failed(problem); });
  };
  return listener;
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
  const fs::path named = pathOf(run);
  const QString path = textOf(named);
  if (!attached_.contains(path)) attached_ << path;
  asked_for_ << path;
  QSettings().setValue(QString::fromLatin1(kAttachedKey), attached_);
  expect(named);
  follower_->attach(named);
}

void RunStore::detach(const QString& run) {
  std::vector<fs::path> names{pathOf(run)};
  const auto known = find(names.front());
  if (known) names.insert(names.end(), known->named.begin(), known->named.end());
  for (const fs::path& each : names) {
    attached_.removeAll(textOf(each));
    follower_->detach(each);
  }
  QSettings().setValue(QString::fromLatin1(kAttachedKey), attached_);
  // Nobody looks at what does not answer.
  if (known && !known->is_reachable) remove(known->folder, true);
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
  to_choose_ = pathOf(textOf(folder));
  follower_->expect(to_choose_);
}

bool RunStore::isExpected(const fs::path& folder) const {
  return follower_->expected().contains(pathOf(textOf(folder)));
}

void RunStore::arrived(const fs::path& named, const fs::path& folder) {
  if (!follower_->expected().contains(named) || !find(folder)) return;
  follower_->forget(named);
  if (named != to_choose_) return;
  to_choose_.clear();
  setChecked(folder, true);
  setCurrent(folder);
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
  post(run, [folder = run.folder, wish] { sendWish(folder, wish); });
}

void RunStore::setLabels(const fs::path& folder, const RunLabels& labels) {
  const auto run = find(folder);
  if (!run || run->labels == labels) return;
  post(*run, [folder, labels] { writeRunLabels(folder, labels); });
  if (!run->is_reachable) return;
  run->labels = labels;
  Q_EMIT runChanged(folder);
}

void RunStore::post(const RunData& run, std::function<void()> work) {
  if (const auto trouble = run.trouble()) return Q_EMIT failed(*trouble);
  follower_->post(run.folder, std::move(work));
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
    add(run);
    if (!current_ || (!was_looked_at_ && comesFirst(*run, *current_))) setCurrent(update.folder);
  }
  Q_EMIT runChanged(update.folder);
  if (was_going && !run->isGoing()) Q_EMIT ended(update.folder);
}

void RunStore::add(const std::shared_ptr<RunData>& run) {
  const auto place =
      std::ranges::find_if(runs_, [&](const auto& each) { return each->facts.created < run->facts.created; });
  runs_.insert(place, run);
  checkAgain(*run);
  Q_EMIT listChanged();
}

void RunStore::refuse(const fs::path& named, const Problem& problem) {
  // One of an earlier session may lie on a disk that is not mounted today.
  if (asked_for_.removeAll(textOf(named)) == 0) return;
  if (to_choose_ == named) to_choose_.clear();
  follower_->forget(named);
  detach(textOf(named));
  Q_EMIT attachFailed(problem);
}

void RunStore::compare(const RunWorker::Look& look) {
  // What was out of reach when the look began was left out, though it may have come back since.
  std::set<fs::path> silent = follower_->unreachable();
  silent.insert(look.unreachable.begin(), look.unreachable.end());
  const bool is_folders = look.named == pathOf(folder_);
  if (is_folders && !silent.contains(look.named)) canonical_folder_ = look.folder;
  for (const auto& each : std::vector(runs_)) {
    const bool is_silent =
        silent.contains(each->folder) || (!each->is_attached && silent.contains(pathOf(folder_))) ||
        std::ranges::any_of(each->named, [&](const fs::path& name) { return silent.contains(name); });
    if (is_silent || look.runs.contains(each->folder)) continue;
    remove(each->folder,
           each->is_attached ? !isAttached(*each) : each->folder.parent_path() != canonical_folder_);
  }
  if (was_looked_at_ || !is_folders) return;
  was_looked_at_ = true;
  Q_EMIT listChanged();
}

bool RunStore::isAttached(const RunData& run) const {
  return std::ranges::any_of(run.named,
                             [&](const fs::path& name) { return attached_.contains(textOf(name)); });
}

void RunStore::remove(const fs::path& folder, bool was_taken_off) {
  const auto run = find(folder);
  if (!run) return;
  std::erase(runs_, run);
  if (current_ == run) {
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

void RunStore::supervise() {
  for (const RunFollower::Change& each : follower_->supervise()) {
    if (!each.answers) {
      setUnreachable(each.place);
    } else if (const auto run = find(each.place); run && run->facts.created == 0) {
      // It comes by its canonical path, and with what is in it.
      remove(each.place, true);
    }
    Q_EMIT listChanged();
  }
}

void RunStore::setUnreachable(const fs::path& place) {
  bool is_known = false;
  for (const auto& each : runs_) {
    const bool is_here = each->folder == place || std::ranges::find(each->named, place) != each->named.end();
    is_known = is_known || is_here;
    if (!is_here && (each->is_attached || place != pathOf(folder_))) continue;
    each->is_reachable = false;
    Q_EMIT runChanged(each->folder);
  }
  if (is_known || place == pathOf(folder_)) return;
  // Its place in the list says what is with it.
  auto run = std::make_shared<RunData>();
  run->folder = place;
  run->facts.name = lastName(place);
  run->is_attached = attached_.contains(textOf(place));
  if (run->is_attached) run->named = {place};
  run->is_reachable = false;
  add(run);
  if (!current_) setCurrent(place);
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
