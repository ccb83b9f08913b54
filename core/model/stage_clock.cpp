#include "core/model/stage_clock.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/error.h"

namespace hbev {
namespace {

enum Part : std::size_t {
  Pictures,
  ImageEncoder,
  Depth,
  LiftPart,
  BackwardPart,
  BevEncoder,
  HeadPart,
  Voxels
};

struct Rule {
  std::string_view prefix;
  Part part;
};

// The first prefix that fits decides.
constexpr std::array kRules{Rule{"depthnet.", Depth},         Rule{"lss.depth_softmax", Depth},
                            Rule{"lss.context", Depth},       Rule{"lss.", LiftPart},
                            Rule{"pre_process", LiftPart},    Rule{"bev_concat", LiftPart},
                            Rule{"back_conv", BackwardPart},  Rule{"bp.", BackwardPart},
                            Rule{"bev_backbone", BevEncoder}, Rule{"hada_", BevEncoder},
                            Rule{"bev_neck", BevEncoder},     Rule{"bev_back", BevEncoder},
                            Rule{"head.", HeadPart},          Rule{"out.", HeadPart}};

std::size_t indexOf(const std::string& part) {
  const auto& parts = predictorStages();
  return std::size_t(std::ranges::find(parts, part) - parts.begin());
}

/// Of a keyframe's time, before any was measured: most goes into the frames' pictures.
constexpr double kFramesShare = 0.85;

}  // namespace

const std::vector<std::string>& predictorStages() {
  static const std::vector<std::string> stages{
      "pictures", "image encoder", "depth", "lift", "backward projection", "BEV encoder", "head", "voxels"};
  return stages;
}

const std::string& partOf(const std::string& stage) {
  for (const Rule& rule : kRules) {
    if (stage.starts_with(rule.prefix)) return predictorStages()[rule.part];
  }
  return predictorStages()[ImageEncoder];
}

StageClock::StageClock(const PredictWish& wish, int frames, std::vector<double> before,
                       const c10::Device& device)
    : wish_(wish), frames_(frames), before_(std::move(before)), device_(device), start_(device) {}

void StageClock::take(const std::string& part) {
  laps_.push_back({indexOf(part), DeviceMoment(device_)});
}

double StageClock::fraction(const std::string& name) const {
  if (laps_.size() <= before_.size() && !before_.empty())
    return laps_.empty() ? 0 : before_[laps_.size() - 1] / before_.back();
  const std::size_t dot = name.rfind(".f");
  if (dot != std::string::npos && dot + 2 < name.size() && name[dot + 2] >= '0' && name[dot + 2] <= '9') {
    const int frame = std::atoi(name.c_str() + dot + 2);
    return kFramesShare * std::clamp((frames_ - frame - 0.5) / frames_, 0.0, 1.0);
  }
  const double place = double(indexOf(part_)) / double(predictorStages().size());
  return part_ == predictorStages()[Pictures] ? 0 : kFramesShare + (1 - kFramesShare) * place;
}

void StageClock::tell(const std::string& part, const std::string& name) {
  if (wish_.stop.stop_requested()) throw Cancelled();
  const bool changed = part != part_;
  part_ = part;
  const double now = std::clamp(fraction(name), std::max(told_, 0.0), 1.0);
  if (!wish_.on_stage || (!changed && now < told_ + 0.01)) return;
  told_ = now;
  wish_.on_stage(part_, now);
}

void StageClock::begin(const std::string& part) {
  tell(part, part);
}

void StageClock::stage(const std::string& name) {
  const std::string& part = partOf(name);
  take(part);
  tell(part, name);
}

void StageClock::end() {
  take(part_);
}

std::vector<StageTime> StageClock::times() const {
  std::vector<double> seconds(predictorStages().size(), 0.0);
  const DeviceMoment* begin = &start_;
  for (const Lap& lap : laps_) {
    seconds.at(lap.part) += lap.end.secondsSince(*begin);
    begin = &lap.end;
  }
  std::vector<StageTime> times;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i] > 0) times.push_back({predictorStages()[i], seconds[i]});
  }
  return times;
}

double StageClock::seconds() const {
  return laps_.empty() ? 0 : laps_.back().end.secondsSince(start_);
}

std::vector<double> StageClock::moments() const {
  std::vector<double> moments;
  for (const Lap& lap : laps_)
    moments.push_back(lap.end.secondsSince(start_));
  return moments;
}

}  // namespace hbev
