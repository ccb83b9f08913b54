#include "ui/predict/gone_files.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace hbev::ui {
namespace {

/// One look at one file, by a thread of its own that the disk may hold for ever.
struct FileLook {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<bool> is_there;
};

using IsThere = std::function<bool(const std::filesystem::path&)>;

bool isOnDisk(const std::filesystem::path& file) {
  std::error_code code;
  return std::filesystem::exists(file, code);
}

std::shared_ptr<FileLook> beginLook(const QString& file, const IsThere& ask) {
  auto look = std::make_shared<FileLook>();
  std::thread([look, ask, path = std::filesystem::path(file.toStdString())] {
    const bool is_there = ask ? ask(path) : isOnDisk(path);
    const std::lock_guard lock(look->mutex);
    look->is_there = is_there;
    look->answered.notify_all();
  }).detach();
  return look;
}

/// Looks that nobody waits for any more, by file. Only the window's thread asks.
std::map<QString, std::shared_ptr<FileLook>>& silentLooks() {
  static std::map<QString, std::shared_ptr<FileLook>> looks;
  return looks;
}

}  // namespace

QStringList withoutGone(const QStringList& named, const IsThere& is_there, std::chrono::milliseconds moment) {
  const auto until = std::chrono::steady_clock::now() + moment;
  QStringList files = named;
  files.removeDuplicates();
  std::map<QString, std::shared_ptr<FileLook>> looks;
  for (const QString& file : std::as_const(files)) {
    if (!silentLooks().contains(file)) looks.emplace(file, beginLook(file, is_there));
  }
  QStringList kept;
  for (const QString& file : std::as_const(files)) {
    const auto fresh = looks.find(file);
    const auto look = fresh != looks.end() ? fresh->second : silentLooks().at(file);
    std::unique_lock lock(look->mutex);
    if (fresh != looks.end())
      look->answered.wait_until(lock, until, [&] { return look->is_there.has_value(); });
    if (look->is_there.value_or(true)) kept << file;
    if (look->is_there) {
      silentLooks().erase(file);
    } else {
      silentLooks()[file] = look;
    }
  }
  return kept;
}

}  // namespace hbev::ui
