#include "ui/state/stream_settings.h"

#include <algorithm>

#include <QtCore/QSettings>

#include "core/base/memory_limit.h"
#include "core/base/size_text.h"

namespace hbev::ui {
namespace {

constexpr unsigned kMostThreads = 256;

QString key(const char* name) {
  return QStringLiteral("streaming/") + QString::fromLatin1(name);
}

}  // namespace

std::size_t machineMemory() {
  const std::uint64_t bytes = memoryLimit().bytes;
  return bytes > 0 ? std::size_t(bytes) : 4096 * kMegabyte;
}

std::size_t StreamSettings::memoryBytes() const {
  if (memory_mb == 0) return machineMemory() / 4;
  return std::size_t(std::max(memory_mb, kLeastMemory_mb)) * kMegabyte;
}

StreamSettings StreamSettings::load() {
  const QSettings settings;
  const StreamSettings usual;
  StreamSettings read;
  // Somebody may have edited the file: what makes no sense is the usual.
  read.memory_mb = std::max(0, settings.value(key("memory_mb"), usual.memory_mb).toInt());
  read.threads = std::min(kMostThreads, settings.value(key("threads"), usual.threads).toUInt());
  read.image_quality =
      settings.value(key("fast_pictures"), false).toBool() ? ImageQuality::Fast : ImageQuality::Fine;
  read.full_size = settings.value(key("full_size"), usual.full_size).toBool();
  read.speed = settings.value(key("speed"), usual.speed).toDouble();
  if (!(read.speed >= 0.25 && read.speed <= 10)) read.speed = usual.speed;
  read.sweeps = settings.value(key("sweeps"), usual.sweeps).toBool();
  return read;
}

void StreamSettings::save() const {
  QSettings settings;
  settings.setValue(key("memory_mb"), memory_mb);
  settings.setValue(key("threads"), threads);
  settings.setValue(key("fast_pictures"), image_quality == ImageQuality::Fast);
  settings.setValue(key("full_size"), full_size);
  settings.setValue(key("speed"), speed);
  settings.setValue(key("sweeps"), sweeps);
}

}  // namespace hbev::ui
