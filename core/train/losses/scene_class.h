// Scene-class affinity: precision, recall and specificity of the whole scene, per class and of occupied
// against free.
#pragma once

#include "core/model/peers.h"

namespace hbev {

struct SceneClassLosses {
  torch::Tensor semantic;   ///< the mean over the classes that occur, without free ("sem_scal")
  torch::Tensor geometric;  ///< of occupied against free ("geo_scal")
};

/// probabilities [P, C], labels [P] int64; the last class is free. Both are zero when there are no voxels,
/// and `semantic` when all are free, where the reference divides by zero. They follow from three sums per
/// class over all processes: nothing of the size of the voxels is made per class. Source: MonoScene (Cao and
/// de Charette 2022), as in HBEVOcc.
SceneClassLosses sceneClassLosses(const torch::Tensor& probabilities, const torch::Tensor& labels,
                                  Peers* peers = nullptr);

}  // namespace hbev
