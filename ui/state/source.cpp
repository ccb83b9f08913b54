#include "ui/state/source.h"

namespace hbev::ui {

QString OccupancySource::title() const {
  if (truth) return QStringLiteral("Truth · %1").arg(QString::fromUtf8(labelKindTitle(*truth)));
  return QString::fromStdString(prediction->title());
}

LoadedOccupancy loadOccupancy(const Dataset& dataset, const OccupancySource& source,
                              const Keyframe& keyframe) {
  try {
    if (source.isTruth()) {
      const auto file = dataset.truthFile(*source.truth, keyframe);
      if (!file) return {};
      return {std::make_shared<Occupancy>(readOccupancyNpz(*file, source.classes())), {}};
    }
    if (!source.prediction->find(keyframe)) return {};
    return {std::make_shared<Occupancy>(source.prediction->read(keyframe)), {}};
  } catch (const Error& error) {
    return {nullptr, error.problem()};
  }
}

}  // namespace hbev::ui
