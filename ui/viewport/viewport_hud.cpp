// What a viewport says of itself: title, counts, legend, limits, the voxel under the pointer.
#include <algorithm>
#include <cmath>

#include "core/base/size_text.h"
#include "ui/inspector/stage_actions.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/region.h"
#include "ui/state/stage_view.h"
#include "ui/state/text.h"
#include "ui/state/themed_rgb.h"
#include "ui/viewport/viewport.h"

namespace hbev::ui {
namespace {

/// Legend rows of outcomes have ids like "outcome:2".
std::optional<RayOutcome> outcomeOfRow(const std::string& id) {
  if (!id.starts_with("outcome:")) return std::nullopt;
  return RayOutcome(id.back() - '0');
}

// Of a rate of fewer positions nothing can be learnt: the first one of all is always a miss.
constexpr std::size_t kFewestAsked = 5;

}  // namespace

HudColors Viewport::hudColors() const {
  const Theme& theme = Theme::current();
  const HudMeasures& measures = theme.tokens().hud();
  HudColors colors;
  colors.background = toRgb(theme.color(Role::Hud));
  colors.text = toRgb(theme.color(Role::Text));
  colors.text2 = toRgb(theme.color(Role::Text2));
  colors.text3 = toRgb(theme.color(Role::Text3));
  colors.border = toRgb(theme.color(Role::Border));
  colors.badge = toRgb(theme.color(shownSide() == Side::A ? Role::SourceA : Role::SourceB));
  colors.on_badge = toRgb(theme.color(theme.tone() == Tone::Dark ? Role::Window : Role::OnAccent));
  colors.background_alpha = float(theme.tone() == Tone::Dark ? measures.alpha_dark : measures.alpha_light);
  return colors;
}

HudContent Viewport::hudContent() const {
  HudContent content;
  addTitle(content);
  if (overlay_ == Overlay::Full) addDetails(content);
  addMeasure(content);
  content.inset_left = float(inset_left_);
  content.inset_right = float(inset_right_);
  addHover(content);
  addRay(content);
  return content;
}

void Viewport::addTitle(HudContent& content) const {
  const OccupancySource* source = studio_.source(shownSide());
  content.badge = shownSide() == Side::A ? "A" : "B";
  content.title = !source ? "Lidar" : source->isTruth() ? "Truth" : "Prediction";
  if (const auto mine = predictedHere(); mine && mine->choice().isUntrained())
    content.title += " · untrained weights";
}

void Viewport::addDetails(HudContent& content) const {
  addStageTimes(content);
  addContent(content);
  QString timing = QStringLiteral("%1 ms").arg(draw_ms_, 0, 'f', 1);
  if (frames_per_second_ >= 1) timing += QStringLiteral(" · %1 fps").arg(std::lround(frames_per_second_));
  if (tells_speed_) content.timing = timing.toStdString();
  addLimits(content);
  if (!content.ramp) content.ramp = groundRamp(studio_.stages());
  addStreaming(content);
  content.view_rotation = camera_.view().topLeftCorner<3, 3>().cast<float>();
  content.metres_per_pixel =
      float(2.0 * camera_.distance_m * std::tan(camera_.vertical_fov_rad / 2) / std::max(1, height()));
}

/// "13 095 voxels", or "312 of 13 095 voxels" while classes are hidden.
std::string Viewport::voxelCountText() const {
  std::size_t occupied = 0, seen = 0;
  for (int label = 0; label + 1 < int(counts_.size()); ++label) {
    const std::size_t count = counts_[std::size_t(label)];
    occupied += count;
    if (!studio_.view().hidden_classes.contains(toQString((*shown_->classes)[label].id))) seen += count;
  }
  const auto text = [](std::size_t count) {
    return groupedNumber(qint64(count)).replace(QChar(0x2009), QLatin1Char(' ')).toStdString();
  };
  return (seen == occupied ? std::string() : text(seen) + " of ") + text(occupied) + " voxels";
}

/// How much there is of what, and what its colours mean.
void Viewport::addContent(HudContent& content) const {
  const SideContent& side = studio_.content(shownSide());
  if (shown_ && side.occupancy) {
    content.counts = voxelCountText();
    content.ramp = ramp_;
    if (showsRayLegend()) {
      addRayLegend(content);
    } else if (meaning_ != Meaning::Colors) {
      meaning_ == Meaning::Outcomes ? addOutcomeLegend(content) : addComparisonLegend(content);
    } else {
      addLegend(content);
    }
  } else if (side.state == SideContent::State::Absent) {
    content.counts = "nothing for this keyframe";
  } else if (side.state == SideContent::State::Loading) {
    content.counts = "loading";
  }
}

/// What restricts the view.
void Viewport::addLimits(HudContent& content) const {
  const GridSpec grid = shown_ ? shown_->grid : GridSpec{};
  const ViewSettings& view = studio_.view();
  addErrorLimits(content);
  for (std::string& words : regionWords(view.region, grid))
    content.limits.push_back(std::move(words));
  if (view.camera_mask_only) content.limits.emplace_back("camera mask only");
  // Of the classes that are shown here: what is hidden stays so when the class set changes.
  const ClassSet* classes = shown_ ? shown_->classes : nullptr;
  const auto count = std::ranges::count_if(view.hidden_classes, [classes](const QString& id) {
    return !classes || classes->findLabel(id.toStdString());
  });
  if (count > 0) {
    const QString words = count == 1 ? tr("1 class hidden") : tr("%1 classes hidden").arg(count);
    content.limits.push_back(words.toStdString());
  }
  for (std::string& limit : stageLimits(studio_.stages()))
    content.limits.push_back(std::move(limit));
}

/// When the pictures are from; and in A how much is kept loaded and how often that was what somebody wanted.
void Viewport::addStreaming(HudContent& content) const {
  if (const Moment* moment = studio_.sweeps().between()) {
    const double after_s = double(moment->timestamp_us - studio_.dataset()->timestamp_us(
                                                             studio_.current().scene, moment->keyframe)) *
                           1e-6;
    const QString sign = after_s < 0 ? QStringLiteral("\u2212") : QStringLiteral("+");
    content.limits.push_back(QStringLiteral("%1%2 s from the keyframe")
                                 .arg(sign, QString::number(std::abs(after_s), 'f', 2))
                                 .toStdString());
  }
  const CacheStatus cache = studio_.cacheStatus();
  if (!tells_speed_ || side_ != Side::A || cache.bytes == 0) return;
  QString text = toQString(sizeText(cache.bytes));
  const std::size_t asked = cache.hits + cache.misses;
  if (asked >= kFewestAsked)
    text += QStringLiteral(" · %1 % hit").arg(std::lround(100.0 * double(cache.hits) / double(asked)));
  content.cache = ("cache " + text).toStdString();
}

/// Null where no network of this program made what is shown.
std::shared_ptr<const PredictedSource> Viewport::predictedHere() const {
  const OccupancySource* source = studio_.source(shownSide());
  return source ? std::dynamic_pointer_cast<const PredictedSource>(source->prediction) : nullptr;
}

/// How long the network took for what is shown, and with what.
void Viewport::addStageTimes(HudContent& content) const {
  const auto mine = predictedHere();
  if (!mine) return;
  if (mine->choice().despite_mismatch) content.limits.emplace_back("weights fit in part only");
  if (mine->choice().half) content.limits.emplace_back("half precision");
  const auto frame = studio_.predicted(shownSide());
  if (!frame || !studio_.view().stage_times) return;
  content.stages_total = durationText(frame->seconds).toStdString();
  for (const StageTime& time : frame->times)
    content.stages.emplace_back(time.stage, durationText(time.seconds).toStdString());
}

void Viewport::addLegend(HudContent& content) const {
  const ClassSet& classes = *shown_->classes;
  for (int label = 0; label < classes.size() - 1; ++label) {
    const ClassInfo& info = classes[label];
    HudLegendRow row{std::string(info.id), std::string(info.shortName()),
                     classes.color(label, studio_.view().palette), counts_[std::size_t(label)], true};
    row.shown = !studio_.view().hidden_classes.contains(toQString(info.id));
    content.legend.push_back(std::move(row));
  }
}

void Viewport::addHover(HudContent& content) const {
  const VoxelMark& hover = studio_.hover();
  if (!hover || !shown_ || !shown_->grid.contains(*hover)) return;
  if (!filter_.admits(shown_->grid, *hover)) return;  // what is looked at changed under the pointer
  const std::optional<QPointF> pixel = pixelOf(*hover);
  if (!pixel) return;
  content.ring = Eigen::Vector2f(float(pixel->x()), float(pixel->y()));
  const ErrorView& errors = studio_.errors();
  if (errors.hovered() && errors.side() == shownSide()) return;  // the ray says more
  if (!underMouse() || drag_ != Qt::NoButton || studio_.measure().isOn())
    return;  // the tooltip belongs to the viewport under the pointer
  const std::size_t index = shown_->grid.index(*hover);
  const ClassSet& classes = *shown_->classes;
  const int label = shown_->semantics[index];
  content.tooltip.emplace_back(classes[label].name);
  content.tooltip_color = classes.color(label, studio_.view().palette);
  if (const auto opposite = studio_.counterpart(shownSide())) {
    const int other_label = opposite->semantics[index];
    const char* letter = shownSide() == Side::A ? "B" : "A";
    content.tooltip.push_back(other_label == label
                                  ? std::string("same in ") + letter
                                  : std::string(letter) + ": " + std::string(classes[other_label].name));
  }
  const Occupancy& own = *studio_.content(shownSide()).occupancy;
  if (!own.flow.empty() && classes.moves(label)) {
    const double speed = std::hypot(own.flow[2 * index], own.flow[2 * index + 1]);
    content.tooltip.push_back(QStringLiteral("flow %1 m/s").arg(speed, 0, 'f', 1).toStdString());
  }
}

void Viewport::applyHudEvents(const HudEvents& events) {
  // After this frame: a change of the view must not run inside a paint event.
  const auto later = [this](auto change) { QMetaObject::invokeMethod(this, change, Qt::QueuedConnection); };
  if (events.toggled_class) {
    if (const auto outcome = outcomeOfRow(*events.toggled_class)) {
      later([this, outcome] { studio_.errors().toggleOutcome(*outcome); });
    } else {
      later([this, id = QString::fromStdString(*events.toggled_class)] { studio_.toggleClass(id); });
    }
  }
  if (!events.soloed_class) return;
  if (const auto outcome = outcomeOfRow(*events.soloed_class)) {
    later([this, outcome] { studio_.errors().soloOutcome(*outcome); });
  } else {
    later([this, id = QString::fromStdString(*events.soloed_class)] { studio_.soloClass(id); });
  }
}

}  // namespace hbev::ui
