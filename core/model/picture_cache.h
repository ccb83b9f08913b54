// Prepared pictures of the keyframes around the current one: what was a current keyframe's picture is a past
// one's next time. Knows no Torch.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/data/keyframe.h"
#include "core/model/image_pipeline.h"

namespace hbev {

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
  struct Kept {
    std::string file;
    PreparedPicture picture;
  };
  PreparedPicture prepare(const CameraReading& reading) const;
  const PreparedPicture* find(const std::string& file);
  void keep(const std::string& file, const PreparedPicture& picture);

  ImageConfig config_;
  bool exact_;
  std::size_t most_;
  std::list<Kept> kept_;  // the last used first
  std::unordered_map<std::string, std::list<Kept>::iterator> index_;
};

}  // namespace hbev
