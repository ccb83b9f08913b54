// All keys of a configuration with what is allowed, for those who read and check it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/model/config.h"

namespace hbev {

/// Every value of a configuration by its key. One list serves reading, checking and the search for unknown
/// keys.
template <class Config, class Visitor>
void visitKeys(Config& c, Visitor& v) {
  v.text("name", c.name);
  v.choice("classes", c.classes, {"openocc", "occ3d"});
  v.flag("flow", c.flow);
  v.number("past_keyframes", c.past_keyframes, 0, 32);
  v.number("image.height", c.image.height, 32, 4096);
  v.number("image.width", c.image.width, 32, 4096);
  v.number("image.source_height", c.image.source_height, 32, 16384);
  v.number("image.source_width", c.image.source_width, 32, 16384);
  v.number("backbone.depth", c.backbone.depth, 18, 101);
  v.number("backbone.base_channels", c.backbone.base_channels, 1, 256);
  v.number("backbone.neck_channels", c.backbone.neck_channels, 1, 2048);
  v.range("lift.x", c.lift.x, -500, 500, 1024);
  v.range("lift.y", c.lift.y, -500, 500, 1024);
  v.range("lift.z", c.lift.z, -100, 100, 256);
  v.range("lift.depth", c.lift.depth, 0.01, 500, 512);
  v.number("lift.channels", c.lift.channels, 1, 1024);
  v.number("lift.aspp_channels", c.lift.aspp_channels, 1, 2048);
  v.number("lift.stereo_bias", c.lift.stereo_bias, 0.0, 1000.0);
  v.number("lift.fuse_blocks", c.lift.fuse_blocks, 1, 16);
  v.numbers("bev_encoder.channels", c.bev_encoder.channels, 3, 1, 4096);
  v.numbers("bev_encoder.blocks", c.bev_encoder.blocks, 3, 1, 16);
  v.number("bev_encoder.out_channels", c.bev_encoder.out_channels, 1, 4096);
  v.number("height_attention.heads", c.height_attention.heads, 1, 64);
  v.number("height_attention.points", c.height_attention.points, 1, 64);
  v.number("height_attention.fine_reach", c.height_attention.fine_reach, 0.0, 1000.0);
  v.number("height_attention.coarse_reach", c.height_attention.coarse_reach, 0.0, 1000.0);
  v.number("backward.rows", c.backward.rows, 2, 1024);
  v.number("backward.columns", c.backward.columns, 2, 1024);
  v.range("backward.z", c.backward.z, -100, 100, 256);
  v.number("backward.channels", c.backward.channels, 2, 4096);
  v.number("backward.heads", c.backward.heads, 1, 64);
  v.number("backward.points", c.backward.points, 1, 256);
  v.number("backward.layers", c.backward.layers, 1, 12);
  v.number("backward.feedforward", c.backward.feedforward, 1, 16384);
  v.number("backward.out_channels", c.backward.out_channels, 1, 4096);
  v.number("head.heights", c.head.heights, 1, 256);
  v.number("training.epochs", c.training.epochs, 1, 10000);
  v.number("training.batch_size", c.training.batch_size, 1, 1024);
  v.number("training.learning_rate", c.training.learning_rate, 0.0, 1.0);
  v.number("training.weight_decay", c.training.weight_decay, 0.0, 1.0);
  v.number("training.clip_norm", c.training.clip_norm, 0.0, 1e6);
  v.number("training.warmup_iterations", c.training.warmup_iterations, 0, 1000000);
  v.number("training.warmup_ratio", c.training.warmup_ratio, 0.0, 1.0);
  v.choice("training.precision", c.training.precision, {"float32", "bfloat16", "float16"});
  v.choice("training.schedule", c.training.schedule, {"constant", "cosine", "step"});
  v.list("training.falls", c.training.falls, 64, 1, 10000);
  v.number("training.fall_factor", c.training.fall_factor, 0.0, 1.0);
  v.number("training.ema_decay", c.training.ema_decay, 0.0, 1.0);
  v.number("training.ema_updates", c.training.ema_updates, 0, 1000000000);
  v.number("training.scene_parts", c.training.scene_parts, 1, 1000000);
  v.flag("training.recompute", c.training.recompute);
  v.flag("training.camera_mask", c.training.camera_mask);
  v.bounds("training.resize", c.training.resize, -0.9, 10);
  v.bounds("training.rotate_deg", c.training.rotate_deg, -180, 180);
  v.flag("training.flip_images", c.training.flip_images);
  v.flag("training.flip_x", c.training.flip_x);
  v.flag("training.flip_y", c.training.flip_y);
}

/// As mistakesOf(config); `given` tells a value as the file has it, empty where it has none.
std::vector<std::string> mistakesOf(const ModelConfig& config,
                                    const std::function<std::string(const std::string& key)>& given);

}  // namespace hbev
