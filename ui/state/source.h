// What a viewport can show: the truth of one kind, or somebody's predictions.
#pragma once

#include <compare>
#include <memory>
#include <optional>

#include <QtCore/QString>

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/predictions/source.h"

namespace hbev::ui {

struct OccupancySource {
  std::optional<LabelKind> truth;                      ///< set for a truth
  std::shared_ptr<const PredictionSource> prediction;  ///< set for predictions

  bool isTruth() const { return truth.has_value(); }
  const ClassSet& classes() const { return truth ? classSetOf(*truth) : prediction->classes(); }
  QString title() const;  ///< "Truth · OpenOcc", "spoiled"
  auto operator<=>(const OccupancySource&) const = default;
};

/// An occupancy that was asked for: there, absent, or damaged.
struct LoadedOccupancy {
  std::shared_ptr<const Occupancy> occupancy;  ///< null when absent or damaged
  std::optional<Problem> problem;              ///< set when damaged
};

/// Reads a keyframe's occupancy from `source`. Never throws.
LoadedOccupancy loadOccupancy(const Dataset& dataset, const OccupancySource& source,
                              const Keyframe& keyframe);

}  // namespace hbev::ui
