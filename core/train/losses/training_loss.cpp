#include "core/train/losses/training_loss.h"

#include "core/train/losses/depth.h"
#include "core/train/losses/flow.h"
#include "core/train/losses/height.h"
#include "core/train/losses/lovasz.h"
#include "core/train/losses/occupancy.h"
#include "core/train/losses/scene_class.h"

namespace hbev {

std::array<std::pair<std::string_view, torch::Tensor>, 7> LossTerms::named() const {
  return {{{"loss_depth", depth},
           {"loss_occ", occupancy},
           {"loss_lovasz", lovasz},
           {"loss_sem_scal", semantic},
           {"loss_geo_scal", geometric},
           {"loss_flow", flow},
           {"loss_hv", height}}};
}

torch::Tensor LossTerms::total() const {
  torch::Tensor sum = depth;
  for (const torch::Tensor& term : {occupancy, lovasz, semantic, geometric, flow, height}) {
    if (term.defined()) sum = sum + term;
  }
  return sum;
}

LossTerms trainingLoss(const NetworkOutput& output, const TrainingTargets& targets, const ModelConfig& config,
                       const torch::Tensor& columns, const LossWeights& weights, Peers* peers) {
  const torch::Tensor& logits = output.voxels.logits;
  const bool with_flow = output.voxels.flow.defined() && targets.flow.defined();
  LossTerms terms;
  terms.depth = weights.depth * depthLoss(output.depth, targets.depth, config.lift.depth, peers);
  const CountedVoxels voxels = countedVoxels(logits, targets.labels, targets.camera_mask, peers);
  const torch::Tensor probabilities = voxels.log_probabilities.exp();
  terms.occupancy = weights.occupancy * crossEntropy(voxels, peers);
  terms.lovasz = weights.lovasz * lovaszSoftmax(probabilities, voxels.labels, peers);
  const SceneClassLosses scene = sceneClassLosses(probabilities, voxels.labels, peers);
  terms.semantic = weights.semantic * scene.semantic;
  terms.geometric = weights.geometric * scene.geometric;
  if (with_flow) {
    terms.flow =
        weights.flow * flowLoss(output.voxels.flow, targets.flow, targets.labels, config.classSet(), peers);
  }
  terms.height =
      weights.height * heightVoxelLoss(logits, targets.labels,
                                       with_flow ? torch::Tensor() : targets.camera_mask, columns, peers);
  return terms;
}

}  // namespace hbev
