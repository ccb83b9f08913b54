#include "tests/model/goldens.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "core/data/keyframe.h"
#include "tests/model/formula.h"

namespace hbev::test {
namespace {

constexpr double kUlps = 64 * 1.1920929e-7;   // what any two orders of summation may differ by
constexpr double kHalfUlp = 0x1p-10;          // of half precision
constexpr double kSensitivityFactor = 10;     // as the parity notes recommend
constexpr double kUnknownSensitivity = 1e-3;  // where nobody measured it
// Points on the border of two cells and places on the border of a picture may fall to either side.
constexpr double kOnBorders = 1e-5;

std::string stageOf(const std::string& array) {
  for (const char* suffix : {".values", ".shape", ".stride", ".stats"}) {
    if (array.ends_with(suffix)) return array.substr(0, array.size() - std::string(suffix).size());
  }
  return array;
}

AxisRange rangeOf(const nlohmann::json& list) {
  return {list.at(0).get<double>(), list.at(1).get<double>(), list.at(2).get<double>()};
}

}  // namespace

std::filesystem::path parityFolder() {
  return parityFolderGiven() ? std::getenv("HBEV_PARITY_DIR") : ownParityFolder();
}

std::filesystem::path ownParityFolder() {
  return std::filesystem::path(HBEV_TEST_DATA) / "parity";
}

bool parityFolderGiven() {
  const char* folder = std::getenv("HBEV_PARITY_DIR");
  return folder != nullptr && *folder != '\0';
}

std::string lackingFiles(std::initializer_list<const char*> files) {
  if (!parityFolderGiven()) return {};
  for (const char* file : files) {
    if (!std::filesystem::exists(parityFolder() / file)) return std::string("this folder has no ") + file;
  }
  return {};
}

std::pair<int, int> goldenPictureSize() {
  constexpr std::size_t kWidthAt = 16, kHeightAt = 20;  // big-endian
  std::array<unsigned char, 24> header{};
  std::ifstream stream(parityFolder() / "pipeline_image.png", std::ios::binary);
  if (!stream.read(reinterpret_cast<char*>(header.data()), header.size()))
    throw std::runtime_error("pipeline_image.png cannot be read");
  const auto number = [&](std::size_t at) {
    return header[at] << 24 | header[at + 1] << 16 | header[at + 2] << 8 | header[at + 3];
  };
  return {number(kWidthAt), number(kHeightAt)};
}

nlohmann::json readJson(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + " cannot be opened");
  return nlohmann::json::parse(stream);
}

std::uint64_t paritySalt() {
  return readJson(parityFolder() / "formula_vectors.json").at("salt").get<std::uint64_t>();
}

ModelConfig tinyParityConfig() {
  const nlohmann::json all = readJson(parityFolder() / "forward_tiny.json");
  const nlohmann::json& p = all.at("tiny_parameters");
  const nlohmann::json& forward = all.at("reference_model_cfg_after_edits").at("forward_projection");
  ModelConfig c;
  c.name = "tiny";
  c.classes = p.at("num_classes").get<int>() == ClassSet::occ3d().size() ? "occ3d" : "openocc";
  c.past_keyframes = p.at("num_adj");
  c.image = {p.at("input_size").at(0), p.at("input_size").at(1), p.at("src_size").at(0),
             p.at("src_size").at(1)};
  c.backbone = {forward.at("img_backbone").at("depth"), p.at("base_channels"), p.at("neck_out")};
  c.lift.x = rangeOf(p.at("x")), c.lift.y = rangeOf(p.at("y")), c.lift.z = rangeOf(p.at("z"));
  c.lift.depth = rangeOf(p.at("depth"));
  c.lift.channels = p.at("numC_Trans");
  c.lift.aspp_channels = p.at("aspp_mid");
  c.lift.stereo_bias = forward.at("img_view_transformer").at("depthnet_cfg").at("bias");
  c.lift.fuse_blocks = forward.at("pre_process").at("num_layer").at(0);
  c.bev_encoder = {forward.at("img_bev_encoder_backbone").at("num_channels").get<std::vector<int>>(),
                   forward.at("img_bev_encoder_backbone").at("num_layer").get<std::vector<int>>(),
                   p.at("bev_neck_out")};
  c.height_attention = {p.at("hada_heads"), p.at("hada_points"), p.at("hada_f1").at("off"),
                        p.at("hada_f2").at("off")};
  c.backward.rows = p.at("bev_h"), c.backward.columns = p.at("bev_w");
  c.backward.z = rangeOf(p.at("back_z"));
  c.backward.channels = p.at("back_dim"), c.backward.heads = p.at("heads");
  c.backward.points = p.at("points"), c.backward.layers = p.at("layers");
  c.backward.feedforward = all.at("reference_model_cfg_after_edits")
                               .at("backward_projection")
                               .at("transformer")
                               .at("encoder")
                               .at("transformerlayers")
                               .at("feedforward_channels");
  c.backward.out_channels = p.at("bev_back_out");
  return c;
}

std::vector<at::DeviceType> testDevices() {
  if (at::hasCUDA()) return {at::kCPU, at::kCUDA};
  return {at::kCPU};
}

torch::Tensor tensorOf(const NpzReader& file, const std::string& name) {
  const NpyArray array = file.read(name);
  std::vector<std::int64_t> shape(array.shape().begin(), array.shape().end());
  const auto as = [&]<class T>(std::vector<T> values, at::ScalarType type) {
    return at::from_blob(values.data(), shape, at::TensorOptions(type)).clone();
  };
  const NpyHeader& header = array.header();
  if (header.kind == 'f' && header.item_size == 8) return as(array.values<double>(), at::kDouble);
  if (header.kind == 'f') return as(array.values<float>(), at::kFloat);
  if (header.kind == 'b' || (header.kind == 'u' && header.item_size == 1)) {
    return as(array.values<std::uint8_t>(), at::kByte);
  }
  return as(array.values<std::int64_t>(), at::kLong);
}

Tolerance::Tolerance(const std::filesystem::path& sensitivity) {
  if (parityFolderGiven() && !std::filesystem::exists(sensitivity)) {
    share_ = kUnknownSensitivity;
  } else {
    stages_ = readJson(sensitivity).at("stages");
  }
}

double Tolerance::of(const std::string& stage, double largest) const {
  if (stage.ends_with("_f16")) return kHalfUlp * largest;
  if (share_ > 0) return share_ * largest;
  double moved = 0;
  // A frame that the file does not list moves as the current one; raw maps hold the same numbers as the
  // output.
  const std::string current = stage.substr(0, stage.rfind(".f")) + ".f0";
  const std::map<std::string, std::string> same{{"head.predicter_raw", "out.occ_logits"},
                                                {"head.predicter_flow_raw", "out.flow"}};
  const std::string output = same.contains(stage) ? same.at(stage) : stage;
  for (const std::string& name : {stage, current, output}) {
    if (moved == 0 && stages_.contains(name)) moved = stages_.at(name).at(0).get<double>();
  }
  return std::max(kSensitivityFactor * moved, kUlps * largest);
}

ForwardGoldens::ForwardGoldens(const std::filesystem::path& file, Tolerance tolerance)
    : file_(file), tolerance_(std::move(tolerance)) {}

NetworkInput ForwardGoldens::input(const ModelConfig& config, at::ScalarType type) const {
  // Double precision files hold no inputs of their own: they are those of the single precision file.
  const NpzReader inputs(parityFolder() / "forward_tiny.npz");
  const NpzReader& file = file_.contains("in.bda") ? file_ : inputs;
  const torch::Tensor bev_aug = tensorOf(file, "in.bda");
  const std::int64_t batch = bev_aug.size(0), frames = config.frames();
  const auto matrices = [&](const char* name) {
    return tensorOf(file, name).view({batch, frames, kCameraCount, 4, 4}).to(type);
  };
  const std::vector<std::int64_t> shape{batch, std::int64_t(kCameraCount) * frames, 3, config.image.height,
                                        config.image.width};
  NetworkInput input;
  input.pictures =
      picturesByFormula(shape, kCameraCount, paritySalt()).to(type).unflatten(1, {kCameraCount, frames});
  input.ego_from_camera = matrices("in.sensor2egos");
  input.global_from_ego = matrices("in.ego2globals");
  input.intrinsics = matrices("in.intrins");
  input.image_aug = matrices("in.post_augs");
  input.bev_aug = bev_aug.to(type);
  input.image_from_lidar = tensorOf(file, "in.lidar2img").to(type);
  input.lidar_from_ego = tensorOf(file, "in.ego2lidar").to(type).view({batch, 4, 4});
  return input;
}

void ForwardGoldens::compareValues(const std::string& stage, const torch::Tensor& ours,
                                   const torch::Tensor& golden) {
  ASSERT_EQ(ours.numel(), golden.numel()) << stage;
  const torch::Tensor a = ours.reshape({-1}).to(at::kDouble), b = golden.reshape({-1}).to(at::kDouble);
  const double largest = b.abs().max().item<double>();
  const double worst = (a - b).abs().max().item<double>();
  const double allowed = tolerance_.of(stage, largest);
  EXPECT_LE(worst, allowed) << stage << ": largest value " << largest << ", worst deviation " << worst;
  EXPECT_FALSE(std::isnan(worst)) << stage;
}

void ForwardGoldens::compareSampled(const std::string& stage, const torch::Tensor& result) {
  const torch::Tensor shape = tensorOf(file_, stage + ".shape");
  const std::vector<std::int64_t> expected(shape.data_ptr<std::int64_t>(),
                                           shape.data_ptr<std::int64_t>() + shape.numel());
  ASSERT_EQ(result.sizes().vec(), expected) << stage;
  const std::int64_t stride = tensorOf(file_, stage + ".stride").item<std::int64_t>();
  const torch::Tensor flat = result.reshape({-1});
  compareValues(stage, flat.slice(0, 0, flat.numel(), stride), tensorOf(file_, stage + ".values"));
  const torch::Tensor stats = tensorOf(file_, stage + ".stats").to(at::kDouble);
  const torch::Tensor wide = flat.to(at::kDouble);
  const double largest = wide.abs().max().item<double>(), allowed = tolerance_.of(stage, largest);
  EXPECT_NEAR(wide.mean().item<double>(), stats[0].item<double>(), allowed) << stage;
  EXPECT_NEAR(wide.std(false).item<double>(), stats[1].item<double>(), allowed) << stage;
  EXPECT_NEAR(wide.min().item<double>(), stats[2].item<double>(), allowed) << stage;
  EXPECT_NEAR(wide.max().item<double>(), stats[3].item<double>(), allowed) << stage;
}

void ForwardGoldens::compare(const std::string& stage, const torch::Tensor& on_device) {
  const torch::Tensor result = on_device.cpu();
  if (stage.starts_with("lss.")) kept_[stage] = result;
  if (stage == "bp.bev_mask") compareMask(result);
  if (stage.starts_with("lss.start")) compareSplat(stage.substr(std::string("lss.start").size()));
  if (stage.starts_with("bp.reference_points_")) kept_[stage] = result;
  if (stage == "bp.reference_points_cam" || stage == "bp.bev_mask") return;
  // The reference's cells from above, for an attention that it does not use: [B, Q, 1, 2].
  if (stage == "bp.ref_3d") compareStored("bp.ref_2d", result.select(1, 0).slice(-1, 0, 2).unsqueeze(2));
  compareStored(stage, result);
}

void ForwardGoldens::compareStored(const std::string& stage, const torch::Tensor& result) {
  if (file_.contains(stage)) {
    const torch::Tensor golden = tensorOf(file_, stage);
    ASSERT_EQ(result.sizes().vec(), golden.sizes().vec()) << stage;
    compareValues(stage, result, golden);
    compared_.insert(stage);
  } else if (file_.contains(stage + ".values")) {
    compareSampled(stage, result);
    compared_.insert(stage);
  }
}

/// Points that lie on the border of two cells may fall to either side; there are hardly any.
void ForwardGoldens::compareSplat(const std::string& suffix) {
  const torch::Tensor point = kept_.at("lss.point" + suffix), voxel = kept_.at("lss.voxel" + suffix);
  const torch::Tensor start = kept_.at("lss.start" + suffix);
  const torch::Tensor per_voxel = start.slice(0, 1) - start.slice(0, 0, -1);
  const std::string counts = "lss.n_points_n_intervals" + suffix;
  if (file_.contains(counts)) {
    const torch::Tensor golden = tensorOf(file_, counts);
    const double few = kOnBorders * double(point.numel());
    EXPECT_NEAR(double(point.numel()), golden[0].item<double>(), few) << counts;
    EXPECT_NEAR(double(voxel.numel()), golden[1].item<double>(), few) << counts;
    compared_.insert(counts);
  }
  const std::string grid = "lss.points_per_voxel" + suffix;
  if (file_.contains(grid)) {
    const torch::Tensor golden = tensorOf(file_, grid).reshape({-1});
    const torch::Tensor ours = at::zeros_like(golden).index_put({voxel}, per_voxel);
    EXPECT_LE((ours - golden).abs().sum().item<double>(), 2 * kOnBorders * double(point.numel())) << grid;
    compared_.insert(grid);
  }
  // One point more or less moves all that follow it in the lists.
  const bool as_many =
      !file_.contains(counts) || point.numel() == tensorOf(file_, counts)[0].item<std::int64_t>();
  if (!as_many)
    return void(compared_.insert({"lss.kept_depth_index" + suffix, "lss.kept_voxel_index" + suffix}));
  const auto [sorted, order] = at::sort(point);
  const torch::Tensor voxel_of_point = at::repeat_interleave(voxel, per_voxel).index_select(0, order);
  compareNumbers("lss.kept_depth_index" + suffix, sorted);
  compareNumbers("lss.kept_voxel_index" + suffix, voxel_of_point);
}

void ForwardGoldens::compareNumbers(const std::string& name, const torch::Tensor& ours) {
  const std::string key = file_.contains(name) ? name : name + ".values";
  if (!file_.contains(key)) return;
  compared_.insert(name);
  const std::int64_t stride = key == name ? 1 : tensorOf(file_, name + ".stride").item<std::int64_t>();
  const torch::Tensor golden = tensorOf(file_, key).reshape({-1}).to(at::kLong);
  const torch::Tensor found = ours.reshape({-1}).slice(0, 0, ours.numel(), stride).to(at::kLong);
  ASSERT_EQ(found.numel(), golden.numel()) << name;
  EXPECT_LE((found != golden).sum().item<double>(), kOnBorders * double(golden.numel())) << name;
}

void ForwardGoldens::compareMask(const torch::Tensor& visible) {
  if (file_.contains("bp.bev_mask_packed")) {
    const torch::Tensor packed =
        tensorOf(file_, "bp.bev_mask_packed").to(at::kLong);  // the highest bit first
    const torch::Tensor shifts = at::arange(7, -1, -1, at::kLong);
    const torch::Tensor bits = packed.unsqueeze(1).bitwise_right_shift(shifts).bitwise_and(1).reshape({-1});
    const torch::Tensor differ = visible.reshape({-1}).to(at::kLong) != bits.slice(0, 0, visible.numel());
    EXPECT_LE(differ.sum().item<double>(), kOnBorders * double(visible.numel())) << "bp.bev_mask_packed";
    compared_.insert("bp.bev_mask_packed");
  }
  compareNumbers("bp.bev_mask", visible);
  compareNumbers("bp.queries_per_cam", visible.any(-1).sum(-1));
  comparePlaces(visible);
}

/// Places that no camera sees reach millions of pictures' sizes, where depths end in a smallest one. Those
/// are compared before the division by the depth: what single precision knows of them, it knows there.
void ForwardGoldens::comparePlaces(const torch::Tensor& visible) {
  constexpr double kNearest_m = 1e-5, kBeforeDivision = 1e-4;
  const std::string name = "bp.reference_points_cam";
  const std::string key = file_.contains(name) ? name : name + ".values";
  if (!file_.contains(key)) return;
  const std::int64_t stride = key == name ? 1 : tensorOf(file_, name + ".stride").item<std::int64_t>();
  const torch::Tensor places = kept_.at(name);
  const torch::Tensor chosen = visible.unsqueeze(-1).expand_as(places).reshape({-1});
  const torch::Tensor mask = chosen.slice(0, 0, chosen.numel(), stride).to(at::kDouble);
  const torch::Tensor flat = places.reshape({-1}).slice(0, 0, places.numel(), stride).to(at::kDouble);
  const torch::Tensor golden = tensorOf(file_, key).reshape({-1}).to(at::kDouble);
  compareValues(name, flat * mask, golden * mask);
  const torch::Tensor depths = kept_.at("bp.reference_points_depth").expand_as(places).reshape({-1});
  const torch::Tensor depth =
      depths.slice(0, 0, depths.numel(), stride).to(at::kDouble).clamp_min(kNearest_m);
  // An error of a depth that is divided by counts as often as the place is far.
  const torch::Tensor allowed = kBeforeDivision * (1 + golden.abs() * (depth > kNearest_m));
  const torch::Tensor wrong = (flat - golden).abs() * depth > allowed;
  EXPECT_LE(wrong.sum().item<double>(), kOnBorders * double(golden.numel()))
      << name << " where no camera sees";
  compared_.insert(name);
}

StageListener ForwardGoldens::listener() {
  return [this](const std::string& stage, const torch::Tensor& result) { compare(stage, result); };
}

void ForwardGoldens::compareClasses(const torch::Tensor& logits) {
  const auto [best, classes] = logits.topk(2, -1);
  const torch::Tensor margin = best.select(-1, 0) - best.select(-1, 1);
  compare("out.top1_margin", margin);
  if (!file_.contains("out.occ_argmax")) return;
  const torch::Tensor differ = classes.select(-1, 0) != tensorOf(file_, "out.occ_argmax").to(at::kLong);
  const double close = tolerance_.of("out.occ_logits", logits.abs().max().item<double>());
  EXPECT_EQ((differ & (margin > 2 * close)).sum().item<std::int64_t>(), 0)
      << "classes that differ where the decision is clear";
  EXPECT_LE(differ.sum().item<double>(), 1 + 1e-4 * double(differ.numel())) << "classes that differ at all";
  compared_.insert("out.occ_argmax");
  if (!file_.contains("out.argmax_hist")) return;
  const torch::Tensor histogram = tensorOf(file_, "out.argmax_hist");
  const torch::Tensor ours = at::bincount(classes.select(-1, 0).reshape({-1}), {}, histogram.numel());
  EXPECT_LE((ours - histogram).abs().sum().item<std::int64_t>(), 2 * differ.sum().item<std::int64_t>())
      << "out.argmax_hist";
  compared_.insert("out.argmax_hist");
}

void ForwardGoldens::compareOutput(const NetworkOutput& output, const ClassSet& classes) {
  compare("out.depth", output.depth);
  const torch::Tensor logits = output.voxels.logits.cpu();
  compareClasses(logits);
  std::vector<float> moves;
  for (const ClassInfo& each : classes.classes())
    moves.push_back(each.moves ? 1 : 0);
  const torch::Tensor moving = at::tensor(moves).index({logits.argmax(-1)}).unsqueeze(-1);
  compare("out.flow_results_f16", (output.voxels.flow.cpu() * moving).to(at::kHalf));
}

void ForwardGoldens::expectAllCompared() const {
  for (const std::string& array : file_.names()) {
    const std::string stage = stageOf(array);
    // Inputs; what the reference computes and does not use.
    const bool expected = !stage.starts_with("in.") && !stage.starts_with("key.") &&
                          !stage.starts_with("bp.reference_points_depth");
    EXPECT_TRUE(!expected || compared_.contains(stage)) << stage << " was compared with nothing";
  }
}

}  // namespace hbev::test
