// Prepared pictures of the keyframes around the current one: what was a current keyframe's picture is a past
// one's next time. Knows no Torch.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/data/keyframe.h"
#include "core/model/image_pipeline.h"
#include "core/model/recent_files.h"

namespace hbev {

/// A camera's picture out of its file, at least `min_width` pixels wide if it is that large (0: in full). Of
/// a packed data set where the program has no decoder for pictures. Throws Error.
Image decodedPicture(const CameraReading& reading, int min_width);

/// A camera's picture as the network takes it.
struct PreparedPicture {
  std::shared_ptr<const Image> image;  ///< of the network's size, 8-bit RGB
  int width = 0, height = 0;           ///< of the data set's own picture
  ImageChange change;                  ///< from that to `image`
};

/// Not for several threads at once; works on all processors itself.
class PictureCache {
 public:
  /// Keeps the last `most` pictures. `exact`: see PredictorOptions::exact_images.
  PictureCache(const ImageConfig& config, bool exact, std::size_t most);

  /// The pictures of `readings`, in their order; what is not kept is decoded, all beside each other. Throws
  /// Error (unreadable, not of the configuration's shape) and Cancelled.
  std::vector<PreparedPicture> get(std::span<const CameraReading* const> readings,
                                   const std::stop_token& stop = {});

 private:
  PreparedPicture prepare(const CameraReading& reading) const;

  ImageConfig config_;
  bool exact_;
  RecentFiles<PreparedPicture> kept_;
};

}  // namespace hbev
