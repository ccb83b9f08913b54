// What a video shall show, and what that comes to: its pictures, its length, about how large it gets.
#pragma once

#include <vector>

#include <QtCore/QSize>
#include <QtCore/QString>

#include "core/data/moments.h"

namespace hbev::ui {

class Studio;

enum class VideoContent { Viewports, Cameras, Window };  ///< Cameras: above the viewports

struct VideoPlan {
  std::size_t scene = 0;
  int first = 0, last = 0;  ///< keyframes of the scene, both included
  bool sweeps = false;      ///< with the pictures between the keyframes
  VideoContent content = VideoContent::Viewports;
  QSize size;                       ///< px; empty: as shown
  double keyframes_per_second = 2;  ///< 2: as fast as it was driven
  bool caption = true;
  QString path;  ///< *.mp4, or a folder for pictures
};

/// One picture of a video.
struct VideoStop {
  int keyframe = 0;
  int moment = -1;  ///< its number in Studio::sweeps(); -1: the keyframe itself
};

/// Of the current scene. Without pictures between the keyframes these are the keyframes.
std::vector<VideoStop> videoStops(const Studio& studio, const VideoPlan& plan);
/// Why a video with the pictures between the keyframes would be one without, for the moments of a scene;
/// empty when it would not. Asks the disk.
QString whyNoSweeps(const std::vector<Moment>& moments);
/// Of the current scene.
QString whyNoSweeps(const Studio& studio);
/// Pictures a second, so that the keyframes go by as planned.
double videoRate(const VideoPlan& plan, const std::vector<VideoStop>& stops);

struct VideoEstimate {
  int pictures = 0;
  double seconds = 0, megabytes = 0;
};
/// `size`: of the pictures. The megabytes are a guess from drives through the demo city.
VideoEstimate estimateVideo(const Studio& studio, const VideoPlan& plan, QSize size);

/// The largest even size that is not larger.
QSize evenSize(QSize size);
/// "1280x720"; an empty size for anything else.
QSize parseSize(const QString& text);

/// "demo-0103 · keyframe 17 / 40 · 8.0 s · A spoiled · B Truth · OpenOcc": of what is shown now.
QString videoCaption(const Studio& studio);

}  // namespace hbev::ui
