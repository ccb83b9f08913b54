// Info pickles of BEVDet, HBEVOcc and mmdet3d (v0.x and v1.1): keyframes with poses, pictures and boxes in
// one file, another way in when the nuScenes tables are absent.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/progress.h"
#include "core/data/dataset_index.h"

namespace hbev {

struct Infos {
  DatasetIndex index;
  std::filesystem::path root;  ///< where samples/ lies, or the file's folder when it lies nowhere near
  std::string version;         ///< "v1.0-mini"; "" when the file does not say
};

/// Reads a file of infos, gzipped or not, by the restricted pickle reader. Keyframes are put into scenes by
/// scene_token, else scene_name, else occ_path, else by their links and gaps in time. What records lack or
/// hold in a shape that cannot be used is counted in the index's issues. Throws Error when the file is no
/// pickle, holds anything but data, or no infos; Cancelled when `progress` says so.
Infos readInfos(const std::filesystem::path& file, Progress* progress = nullptr);

/// True for names such as bevdetv2-nuscenes_infos_val.pkl.
bool hasInfosName(const std::filesystem::path& file);

}  // namespace hbev
