// Drives through one scene and records it: pictures, sweeps, labels, annotations, spoiled predictions.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/progress.h"
#include "core/synth/demo_world.h"
#include "core/synth/nuscenes_tables.h"
#include "core/synth/world.h"

namespace hbev::synth {

/// Time of scene `index`'s first keyframe.
std::int64_t sceneStart_us(int index);

/// Writes the files of one scene below `folder` and adds its rows to `tables`. Advances `progress` by one
/// step for each keyframe. Throws Error and Cancelled.
void recordScene(const World& world, int scene_index, const std::filesystem::path& folder,
                 const DemoOptions& options, NuscenesTables& tables, Progress& progress);

/// Seconds from the first to the last keyframe.
double durationOf(const DemoOptions& options);

}  // namespace hbev::synth
