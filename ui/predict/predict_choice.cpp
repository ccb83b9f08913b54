#include "ui/predict/predict_choice.h"

#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtCore/QCryptographicHash>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSettings>

#include "ui/predict/gone_files.h"

namespace hbev::ui {
namespace {

constexpr int kMostRecent = 8, kMostThreads = 256, kHashDigits = 8;

QString key(const char* name) {
  return QStringLiteral("predict/") + QString::fromLatin1(name);
}

QStringList recent(const char* name) {
  return withoutGone(QSettings().value(key(name)).toStringList());
}

void remember(const char* name, const QString& path) {
  QStringList paths = recent(name);
  paths.removeAll(path);
  paths.prepend(path);
  QSettings().setValue(key(name), paths.mid(0, kMostRecent));
}

/// Two files of one name may hold different networks.
std::string contentDigits(const QString& file) {
  QFile open(file);
  if (!open.open(QIODevice::ReadOnly)) return "unknown";
  QCryptographicHash hash(QCryptographicHash::Sha256);
  hash.addData(&open);
  return hash.result().toHex().left(kHashDigits).toStdString();
}

/// A folder's name on every file system.
std::string asFileName(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x80 && !std::isalnum(c) && c != '-' && c != '_' && c != '.'; },
      '_');
  return text;
}

}  // namespace

bool isConfigFile(const QString& config) {
  return config.endsWith(QStringLiteral(".toml"), Qt::CaseInsensitive);
}

QString NetworkChoice::configTitle() const {
  return isConfigFile(config) ? QFileInfo(config).completeBaseName() : config;
}

QString NetworkChoice::weightsTitle() const {
  if (isUntrained()) return QCoreApplication::translate("Predict", "untrained");
  return QFileInfo(weights).completeBaseName();
}

QString NetworkChoice::title() const {
  // Weights that are named like their configuration say nothing more.
  QString title = configTitle() == weightsTitle()
                      ? configTitle()
                      : QStringLiteral("%1 · %2").arg(configTitle(), weightsTitle());
  if (despite_mismatch) title += QCoreApplication::translate("Predict", " in part");
  if (streaming) title += QCoreApplication::translate("Predict", " · streaming");
  if (half) title += QCoreApplication::translate("Predict", " · half");
  return title;
}

NetworkChoice NetworkChoice::load() {
  const QSettings settings;
  NetworkChoice read;
  read.config = settings.value(key("config"), read.config).toString();
  read.weights = settings.value(key("weights")).toString();
  read.streaming = settings.value(key("streaming"), false).toBool();
  read.half = settings.value(key("half"), false).toBool();
  // What is gone since the last time is no choice.
  const QStringList there = withoutGone({read.config, read.weights});
  if (isConfigFile(read.config) && !there.contains(read.config)) read.config = NetworkChoice().config;
  if (!there.contains(read.weights)) read.weights.clear();
  return read;
}

void NetworkChoice::save() const {
  QSettings settings;
  settings.setValue(key("config"), config);
  settings.setValue(key("weights"), weights);
  settings.setValue(key("streaming"), streaming);
  settings.setValue(key("half"), half);
}

NetworkSettings NetworkSettings::load() {
  const QSettings settings;
  NetworkSettings read;
  read.device = settings.value(key("device"), read.device).toString();
  read.threads = std::clamp(settings.value(key("threads"), 0).toInt(), 0, kMostThreads);
  read.exact_images = settings.value(key("exact_pictures"), true).toBool();
  return read;
}

void NetworkSettings::save() const {
  QSettings settings;
  settings.setValue(key("device"), device);
  settings.setValue(key("threads"), threads);
  settings.setValue(key("exact_pictures"), exact_images);
}

PredictorOptions predictorOptions(const NetworkChoice& choice, const NetworkSettings& settings) {
  PredictorOptions options;
  options.device = settings.device.toStdString();
  options.threads = settings.threads;
  options.mode = choice.streaming ? PredictMode::Streaming : PredictMode::Exact;
  options.exact_images = settings.exact_images;
  options.half = choice.half;
  return options;
}

std::string storeName(const NetworkChoice& choice, const NetworkSettings& settings,
                      const std::string& weights_hash) {
  std::string name = choice.configTitle().toStdString();
  if (isConfigFile(choice.config)) name.append(1, '~').append(contentDigits(choice.config));
  name.append(1, '-').append(weights_hash);
  if (choice.despite_mismatch) name += "-part";
  name += choice.streaming ? "-streaming" : "-exact";
  if (choice.half) name += "-half";
  if (!settings.exact_images) name += "-fast";
  return asFileName(std::move(name));
}

QStringList recentWeights() {
  return recent("recent_weights");
}
void rememberWeights(const QString& file) {
  remember("recent_weights", file);
}
QStringList recentConfigs() {
  return recent("recent_configs");
}
void rememberConfig(const QString& file) {
  remember("recent_configs", file);
}

}  // namespace hbev::ui
