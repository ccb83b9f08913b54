#include "ui/video/video_plan.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

#include "ui/state/studio.h"

namespace hbev::ui {
namespace {

// Bytes a pixel of a picture: keyframes differ more from each other than what lies between them.
constexpr double kKeyframeBytes = 0.15, kSweepBytes = 0.03, kPngBytes = 0.6;
constexpr double kMicroseconds = 1e-6;

}  // namespace

std::vector<VideoStop> videoStops(const Studio& studio, const VideoPlan& plan) {
  std::vector<VideoStop> stops;
  const SweepView& sweeps = studio.sweeps();
  if (!plan.sweeps || !sweeps.hasSweeps()) {
    for (int keyframe = plan.first; keyframe <= plan.last; ++keyframe)
      stops.push_back({keyframe, -1});
    return stops;
  }
  const int last = sweeps.momentOfKeyframe(std::size_t(plan.last));
  for (int moment = sweeps.momentOfKeyframe(std::size_t(plan.first)); moment <= last; ++moment)
    stops.push_back({int(sweeps.moments()[std::size_t(moment)].keyframe), moment});
  return stops;
}

QString whyNoSweeps(const std::vector<Moment>& moments) {
  const auto tr = [](const char* text) { return QCoreApplication::translate("Video", text); };
  if (std::ranges::all_of(moments, &Moment::is_keyframe))
    return tr("This scene has no pictures between its keyframes: the video shows keyframes only.");
  // One camera is enough to tell: a slow disk is asked once a moment.
  const auto isThere = [](const Moment& moment) {
    const auto camera =
        std::ranges::find_if(moment.cameras, [](const auto& each) { return each.has_value(); });
    return !moment.is_keyframe && camera != moment.cameras.end() &&
           QFileInfo::exists(QString::fromStdString((*camera)->file.string()));
  };
  if (std::ranges::any_of(moments, isThere)) return {};
  return tr(
      "Pictures between the keyframes are not in this data set's folder: the keyframes' stand in their "
      "place.");
}

QString whyNoSweeps(const Studio& studio) {
  return whyNoSweeps(studio.sweeps().moments());
}

double videoRate(const VideoPlan& plan, const std::vector<VideoStop>& stops) {
  const int steps = plan.last - plan.first;
  return steps < 1 ? plan.keyframes_per_second
                   : plan.keyframes_per_second * (double(stops.size()) - 1) / steps;
}

VideoEstimate estimateVideo(const Studio& studio, const VideoPlan& plan, QSize size) {
  const std::vector<VideoStop> stops = videoStops(studio, plan);
  VideoEstimate estimate;
  estimate.pictures = int(stops.size());
  estimate.seconds = double(stops.size()) / videoRate(plan, stops);
  const bool is_video = plan.path.endsWith(QStringLiteral(".mp4"), Qt::CaseInsensitive);
  const bool has_sweeps = int(stops.size()) > plan.last - plan.first + 1;
  const double bytes = !is_video ? kPngBytes : has_sweeps ? kSweepBytes : kKeyframeBytes;
  estimate.megabytes = double(stops.size()) * size.width() * size.height() * bytes * 1e-6;
  return estimate;
}

QSize evenSize(QSize size) {
  return {std::max(2, size.width() / 2 * 2), std::max(2, size.height() / 2 * 2)};
}

QSize parseSize(const QString& text) {
  static const QRegularExpression kSize(QStringLiteral("^(\\d{1,5})x(\\d{1,5})$"));
  const auto match = kSize.match(text);
  return match.hasMatch() ? QSize(match.captured(1).toInt(), match.captured(2).toInt()) : QSize();
}

QString videoCaption(const Studio& studio) {
  const auto tr = [](const char* text) { return QCoreApplication::translate("Video", text); };
  const FrameKey at = studio.current();
  const Scene& scene = studio.dataset()->scenes()[at.scene];
  QStringList parts{QString::fromStdString(scene.name),
                    tr("keyframe %1 / %2").arg(at.index + 1).arg(studio.keyframesInScene())};
  const auto& moments = studio.sweeps().moments();
  const auto moment = std::size_t(studio.sweeps().current());
  if (moment < moments.size()) {
    const double seconds = double(moments[moment].timestamp_us - moments[0].timestamp_us) * kMicroseconds;
    parts << tr("%1 s").arg(seconds, 0, 'f', 1);
  }
  for (const Side side : {Side::A, Side::B}) {
    if (const OccupancySource* source = studio.source(side))
      parts << QStringLiteral("%1 %2").arg(side == Side::A ? "A" : "B", source->title());
  }
  return parts.join(QStringLiteral("  \u00B7  "));
}

}  // namespace hbev::ui
