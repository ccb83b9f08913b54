// How the window loads and plays: what the settings dialog changes, kept in the user's settings.
#pragma once

#include <cstddef>

#include "core/data/images.h"

namespace hbev::ui {

struct StreamSettings {
  int memory_mb = 0;     ///< for what is kept loaded; 0: a quarter of the machine's memory
  unsigned threads = 0;  ///< that decode pictures; 0: one for each processor
  ImageQuality image_quality = ImageQuality::Fine;
  bool full_size = false;  ///< pictures at full size instead of the size they are shown at
  double speed = 1;        ///< of play when the window opens
  bool sweeps = false;     ///< whether play shows the pictures between keyframes when the window opens

  static constexpr int kLeastMemory_mb = 256;
  std::size_t memoryBytes() const;

  static StreamSettings load();
  void save() const;
  bool operator==(const StreamSettings&) const = default;
};

/// That this process may take at most, bytes: all of it, or less where a container, a batch job or the shell
/// sets a limit.
std::size_t machineMemory();

}  // namespace hbev::ui
