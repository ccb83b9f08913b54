// Which network predicts in the window: configuration, weights and mode; where and how it runs; kept in the
// user's settings.
#pragma once

#include <compare>
#include <string>

#include <QtCore/QStringList>

#include "core/model/predictor.h"

namespace hbev::ui {

/// Else it is the name of one that came with the program.
bool isConfigFile(const QString& config);

/// What decides what is predicted.
struct NetworkChoice {
  QString config = QStringLiteral("demo");  ///< a name of namedConfigs(), or a TOML file's path
  QString weights;                          ///< a checkpoint's path; empty: untrained
  bool despite_mismatch = false;            ///< take what fits of the weights
  bool streaming = false;
  bool half = false;  ///< in half precision

  bool isUntrained() const { return weights.isEmpty(); }
  /// "demo"; of a file its name without folder and ending.
  QString configTitle() const;
  /// "untrained", "epoch_24_ema"
  QString weightsTitle() const;
  /// "demo · untrained", "hbevocc-r50-256x704-8f-openocc · epoch_24_ema · streaming · half"
  QString title() const;
  auto operator<=>(const NetworkChoice&) const = default;

  static NetworkChoice load();
  void save() const;
};

/// Where it runs; changes how long it takes and, without `exact_images`, the result a little.
struct NetworkSettings {
  QString device = QStringLiteral("auto");
  int threads = 0;  ///< 0: one for each processor
  bool exact_images = true;
  bool operator==(const NetworkSettings&) const = default;

  static NetworkSettings load();
  void save() const;
};

PredictorOptions predictorOptions(const NetworkChoice& choice, const NetworkSettings& settings);

/// The name of the folder that predictions of this network are kept in: configuration, hash of the weights,
/// mode, and what else changes the result.
std::string storeName(const NetworkChoice& choice, const NetworkSettings& settings,
                      const std::string& weights_hash);

/// Checkpoints used last, newest first; those that are gone are left out.
QStringList recentWeights();
void rememberWeights(const QString& file);
/// The same for configurations that did not come with the program.
QStringList recentConfigs();
void rememberConfig(const QString& file);

}  // namespace hbev::ui
