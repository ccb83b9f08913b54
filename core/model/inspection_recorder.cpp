#include "core/model/inspection_recorder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace hbev {
namespace {

struct MapTitle {
  std::string_view stage, title;
};

// What is worth a look, in the order of the network.
constexpr std::array kMaps{MapTitle{"pre_process.f0", "Lifted features of this keyframe"},
                           MapTitle{"bev_concat", "Lifted features of all keyframes"},
                           MapTitle{"bp.out", "Backward projection"},
                           MapTitle{"bev_backbone.0", "BEV encoder, fine"},
                           MapTitle{"bev_backbone.2", "BEV encoder, coarse"},
                           MapTitle{"bev_neck.out", "Forward branch"},
                           MapTitle{"bev_back", "Backward branch"},
                           MapTitle{"head.final_conv", "Head"}};

template <class T>
std::vector<T> valuesOf(const torch::Tensor& tensor, at::ScalarType type) {
  const torch::Tensor flat = tensor.detach().to(at::kCPU, type).contiguous();
  const T* data = flat.data_ptr<T>();
  return {data, data + flat.numel()};
}

AxisRange divided(const AxisRange& range, int cells) {
  return {range.lower, range.upper, (range.upper - range.lower) / cells};
}

}  // namespace

InspectionRecorder::InspectionRecorder(const ModelConfig& config)
    : config_(config), inspection_(std::make_shared<StageInspection>()) {}

void InspectionRecorder::stage(const std::string& name, const torch::Tensor& result) {
  const bool attention =
      name == "bp.reference_points_cam" || name == "bp.bev_mask" ||
      (name.starts_with("bp.l") && (name.ends_with(".sampling_offsets") || name.ends_with(".attn_logits")));
  if (attention) kept_[name] = result;
  if (std::ranges::find(kMaps, std::string_view(name), &MapTitle::stage) != kMaps.end()) addMap(name, result);
}

void InspectionRecorder::addMap(const std::string& name, const torch::Tensor& map) {
  const auto found = std::ranges::find(kMaps, std::string_view(name), &MapTitle::stage);
  const int rows = int(map.size(-2)), columns = int(map.size(-1));
  inspection_->bev.push_back({name, std::string(found->title), rows, columns,
                              divided(config_.lift.x, columns), divided(config_.lift.y, rows),
                              valuesOf<float>(map[0].to(at::kFloat).norm(2, 0), at::kFloat)});
}

/// As the spatial attention does: point p of a head belongs to the reference point p modulo their number, and
/// queries stand in the order of their numbers, those that the camera does not see left out.
void InspectionRecorder::addAttention(StageInspection& inspection) const {
  const auto references = kept_.find("bp.reference_points_cam"), mask = kept_.find("bp.bev_mask");
  if (references == kept_.end() || mask == kept_.end()) return;
  const std::int64_t heads = config_.backward.heads, points = config_.backward.points;
  const std::int64_t heights = references->second.size(3);
  const torch::Tensor size =
      at::tensor({double(config_.image.width / 16), double(config_.image.height / 16)}, at::kFloat);
  for (int layer = 0; layer < config_.backward.layers; ++layer) {
    const auto offsets = kept_.find(fmt::format("bp.l{}.sampling_offsets", layer));
    const auto logits = kept_.find(fmt::format("bp.l{}.attn_logits", layer));
    if (offsets == kept_.end() || logits == kept_.end()) continue;
    for (std::int64_t camera = 0; camera < std::int64_t(kCameraCount); ++camera) {
      const torch::Tensor seen = at::nonzero(mask->second[camera][0].any(-1)).squeeze(1).to(at::kCPU);
      const std::int64_t count = seen.numel();
      const torch::Tensor reference =
          references->second[camera][0].to(at::kCPU, at::kFloat).index_select(0, seen);
      const torch::Tensor offset = offsets->second[camera].slice(0, 0, count).to(at::kCPU, at::kFloat);
      const torch::Tensor places = offset.reshape({count, heads, points / heights, heights, 2}) / size +
                                   reference.view({count, 1, 1, heights, 2});
      const torch::Tensor weights = logits->second[camera]
                                        .slice(0, 0, count)
                                        .to(at::kCPU, at::kFloat)
                                        .reshape({count, heads, points})
                                        .softmax(-1);
      const std::vector<std::int64_t> queries = valuesOf<std::int64_t>(seen, at::kLong);
      inspection.attention.push_back({layer, Camera(camera), std::vector<int>(queries.begin(), queries.end()),
                                      valuesOf<float>(places, at::kFloat),
                                      valuesOf<float>(weights, at::kFloat)});
    }
  }
}

std::shared_ptr<const StageInspection> InspectionRecorder::finish(const torch::Tensor& depth,
                                                                  std::span<const CameraPicture> cameras) {
  StageInspection& inspection = *inspection_;
  for (std::size_t camera = 0; camera < kCameraCount; ++camera) {
    inspection.cameras[camera] = {cameras[camera].width, cameras[camera].height,
                                  pixelMatrixOf(cameras[camera].change)};
  }
  inspection.depth = {config_.lift.depth,
                      int(depth.size(1)),
                      int(depth.size(2)),
                      int(depth.size(3)),
                      config_.image.width,
                      config_.image.height,
                      valuesOf<float>(depth, at::kFloat)};
  const BackwardConfig& back = config_.backward;
  inspection.query_rows = back.rows;
  inspection.query_columns = back.columns;
  inspection.query_x = divided(config_.lift.x, back.columns);
  inspection.query_y = divided(config_.lift.y, back.rows);
  inspection.heads = back.heads;
  inspection.points = back.points;
  // The reference counts heights in metres where cells are meant: half a metre from either end.
  const int heights = back.z.cells();
  for (int i = 0; i < heights; ++i) {
    const double share = heights > 1 ? double(i) / (heights - 1) : 0;
    inspection.heights_m.push_back(back.z.lower + 0.5 + share * (back.z.upper - back.z.lower - 1));
  }
  addAttention(inspection);
  kept_.clear();
  return std::exchange(inspection_, std::make_shared<StageInspection>());
}

}  // namespace hbev
