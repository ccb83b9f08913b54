// What one network is made of: every size of it in one struct, read from a TOML file and checked. Knows no
// Torch.
#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/classes.h"
#include "core/geometry/grid.h"

namespace hbev {

/// Cells of `step` from `lower` to `upper`, m. TOML: [lower, upper, step].
struct AxisRange {
  double lower = 0, upper = 0, step = 1;

  /// (upper - lower) / step, rounded to the nearest whole number.
  int cells() const { return int(std::lround((upper - lower) / step)); }
  bool operator==(const AxisRange&) const = default;
};

struct ImageConfig {
  int height = 256, width = 704;                 ///< what the network sees, pixels
  int source_height = 900, source_width = 1600;  ///< the camera's own
};

struct BackboneConfig {
  int depth = 50;          ///< 18, 34, 50 or 101
  int base_channels = 64;  ///< of the stem; the stages follow from it
  int neck_channels = 256;
};

struct LiftConfig {
  AxisRange x{-40, 40, 0.4}, y{-40, 40, 0.4},
      z{-1, 5.4, 0.8};          ///< the grid that image features are splatted into
  AxisRange depth{1, 45, 0.5};  ///< bins along a pixel's ray, left edges
  int channels = 80;            ///< of a splatted feature
  int aspp_channels = 96;
  double stereo_bias = 5;  ///< added to the matching cost where the other picture shows nothing
  int fuse_blocks = 2;  ///< residual blocks that fuse the heights of one frame (the reference's pre_process)
};

struct BevEncoderConfig {
  std::vector<int> channels{160, 320,
                            640};  ///< of the three stages, each half as wide and high as the one before
  std::vector<int> blocks{2, 2, 2};
  int out_channels = 256;
};

/// HADA, the height-aware deformable attention.
struct HeightAttentionConfig {
  int heads = 8;
  int points = 4;           ///< sampled per head and cell
  double fine_reach = 20;   ///< the farthest offset in half cells, on maps of half the lift's resolution
  double coarse_reach = 5;  ///< and of an eighth
};

/// BEVFormer: queries of a coarser grid look into the images.
struct BackwardConfig {
  int rows = 100, columns = 100;  ///< queries along y and x
  AxisRange z{-1, 5.4, 0.4};      ///< one reference point per cell
  int channels = 160;
  int heads = 4;
  int points = 16;  ///< sampled per head, shared out among the reference points
  int layers = 2;
  int feedforward = 320;
  int out_channels = 256;
};

struct HeadConfig {
  int heights = 16;  ///< voxels above each other in the output
};

/// How the configuration is trained. The network itself does not depend on it.
struct TrainingConfig {
  int epochs = 24;
  int batch_size = 2;  ///< keyframes per device
  double learning_rate = 2e-4, weight_decay = 1e-2, clip_norm = 5;
  int warmup_iterations = 200;
  double warmup_ratio = 1e-3;
  /// What convolutions and products of matrices round to: "float32", "bfloat16", or on cards "float16", then
  /// with a loss scale. Weights, optimizer, averages, statistics and losses stay in float32.
  std::string precision = "float32";
  /// After the warm-up: "constant", "cosine" down to zero at the end, or "step" at `falls`.
  std::string schedule = "constant";
  std::vector<int> falls = {};  ///< of "step": epochs after which the learning rate falls
  double fall_factor = 0.1;     ///< to this share of what it was
  double ema_decay = 0.999;     ///< of the weights' running average
  int ema_updates =
      10560;  ///< counted as done at the start; 0 for a start from random weights, which it forgets
  /// Pieces that each scene is cut into. Batches walk through pieces in time order; with as many pieces as
  /// keyframes, keyframes come in random order.
  int scene_parts = 2;
  bool recompute = true;     ///< activation checkpointing: less memory, more time
  bool camera_mask = false;  ///< losses count only the voxels that some camera sees
  AxisRange resize{-0.06, 0.11, 1}, rotate_deg{-5.4, 5.4, 1};  ///< the bounds of the random image changes
  bool flip_images = true, flip_x = true, flip_y = true;
};

struct ModelConfig {
  std::string name;
  std::string classes = "openocc";  ///< "openocc" (17) or "occ3d" (18)
  bool flow = true;                 ///< whether the head predicts flow
  int past_keyframes = 1;           ///< fused with the current one; one more is used for stereo alone
  ImageConfig image;
  BackboneConfig backbone;
  LiftConfig lift;
  BevEncoderConfig bev_encoder;
  HeightAttentionConfig height_attention;
  BackwardConfig backward;
  HeadConfig head;
  TrainingConfig training;

  /// Throws Error when `classes` is no class set's name.
  const ClassSet& classSet() const;
  /// All pictures per camera: the current keyframe, the past ones, and the one more for stereo.
  int frames() const { return past_keyframes + 2; }
  int depthBins() const { return lift.depth.cells(); }
  /// The voxels of the output.
  GridSpec grid() const;
};

/// What is wrong with `config`: one sentence for each mistake, with the key, the value and the allowed range.
/// Empty when the network can be built.
std::vector<std::string> mistakesOf(const ModelConfig& config);

/// Throws Error that lists every mistake: no TOML, an unknown key, a wrong type, a value out of its range,
/// sizes that do not fit each other. Keys that are absent keep the defaults above, but `name` must be there.
ModelConfig readModelConfig(const std::filesystem::path& file);
/// The same from text; `name` stands for the file in messages.
ModelConfig parseModelConfig(std::string_view toml, const std::filesystem::path& name);

/// Where the configurations lie that come with the program: the folder in the environment variable
/// HBEV_CONFIGS, else beside the installed program, else in the source tree. Throws Error when there is none.
std::filesystem::path configFolder();

/// A configuration that comes with the program.
struct NamedConfig {
  std::string name;   ///< "hbevocc-r50-256x704-8f-openocc"
  std::string about;  ///< the comment in the file's first lines, without its full stop; may be empty
  std::filesystem::path file;
  std::filesystem::path weights{};  ///< that come with the program, too; empty where none do
};
/// All of configFolder(), by name. Nothing is parsed. Weights lie in weights/NAME.pth beside that folder.
std::vector<NamedConfig> namedConfigs();
/// The file itself, or that of a name out of namedConfigs(). Throws Error that lists the names when it is
/// neither.
std::filesystem::path findConfigFile(const std::string& name_or_file);
/// The file that the word "shipped" stands for with this configuration (a name out of namedConfigs());
/// everything else is a file's path already. Throws Error when no weights come with it.
std::filesystem::path findWeightsFile(const std::string& shipped_or_file, const std::string& config);
/// The same TOML with values put in: each setting is "section.key=value", its value as TOML has it, or plain
/// text. Throws Error when the TOML or a setting cannot be read; what keys and values are allowed, only
/// parseModelConfig() says.
std::string withSettings(std::string_view toml, const std::vector<std::string>& settings,
                         const std::filesystem::path& name);
/// Of a file, or of a name out of namedConfigs(). Throws Error that lists the names when it is neither.
ModelConfig findModelConfig(const std::string& name_or_file);

}  // namespace hbev
