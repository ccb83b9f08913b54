#include "render/report_pictures.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.h"
#include "core/data/images.h"
#include "core/data/labels.h"
#include "render/frame_scene.h"
#include "render/offscreen.h"

namespace hbev {
namespace {

constexpr int kReportWidth = 560, kReportHeight = 360, kReportQuality = 84;

std::string base64Of(const std::vector<unsigned char>& bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const unsigned word = unsigned(bytes[i]) << 16 | (left > 1 ? unsigned(bytes[i + 1]) << 8 : 0U) |
                          (left > 2 ? unsigned(bytes[i + 2]) : 0U);
    for (std::size_t letter = 0; letter < 4; ++letter)
      text += letter <= left ? kLetters[word >> (18 - 6 * letter) & 63] : '=';
  }
  return text;
}

/// As wide as the other pictures of the page at most.
std::string dataUrlOf(Image image) {
  const cv::Mat whole(image.height, image.width, CV_8UC3, image.rgb.data());
  cv::Mat small = whole, bgr;
  if (image.width > kReportWidth)
    cv::resize(whole, small, {kReportWidth, image.height * kReportWidth / image.width}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, bgr, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, kReportQuality});
  return "data:image/jpeg;base64," + base64Of(bytes);
}

std::string cssOf(const Rgb& color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
}

/// One view after the other in one context.
class ReportDrawer {
 public:
  explicit ReportDrawer(const OutcomeColors& colors)
      : context_(kReportWidth, kReportHeight), colors_(colors) {}

  /// By outcome when there is something to compare with, else by class.
  Image draw(const std::shared_ptr<const Occupancy>& occupancy, const Occupancy* truth) {
    scene_.setOccupancy(truth ? std::make_shared<const Occupancy>(withMissed(*occupancy, *truth))
                              : occupancy);
    scene_.setPaint(paintVoxels(*occupancy, truth ? Coloring::Outcome : Coloring::Class, Palette::Studio,
                                colors_, truth));
    scene_.draw(ViewCamera::orbit(), kReportWidth, kReportHeight, {});
    return context_.read();
  }

 private:
  OffscreenContext context_;
  FrameScene scene_;
  OutcomeColors colors_;
};

std::optional<std::string> frontPicture(const Keyframe& keyframe) {
  const auto& camera = keyframe.cameras[std::size_t(Camera::Front)];
  if (!camera) return std::nullopt;
  try {
    return dataUrlOf(readImage(camera->file, kReportWidth));
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Nothing where the keyframe cannot be read any more.
std::optional<KeyframePictures> picturesOf(const FrameScores& frame, std::size_t source,
                                           const ReportSubject& subject, ReportDrawer& drawer,
                                           std::set<int>& classes) {
  try {
    const Keyframe keyframe = subject.dataset->keyframe(frame.frame.scene, frame.frame.index_in_scene);
    const auto file = subject.dataset->truthFile(subject.truth, keyframe);
    if (!file || keyframe.token != frame.token) return std::nullopt;
    const auto truth = std::make_shared<const Occupancy>(readOccupancyNpz(*file, classSetOf(subject.truth)));
    const auto prediction = std::make_shared<const Occupancy>(subject.predictions[source]->read(keyframe));
    for (const std::uint8_t label : truth->semantics)
      classes.insert(label);
    KeyframePictures pictures{source, frame.token, {}};
    pictures.pictures.emplace_back("prediction, right and wrong",
                                   dataUrlOf(drawer.draw(prediction, truth.get())));
    pictures.pictures.emplace_back("truth, by class", dataUrlOf(drawer.draw(truth, nullptr)));
    if (auto front = frontPicture(keyframe))
      pictures.pictures.emplace_back("front camera", std::move(*front));
    return pictures;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<PictureLegend> legendsFor(const ReportSubject& subject, const std::set<int>& seen) {
  const OutcomeColors& colors = subject.colors;
  std::vector<PictureLegend> legends{{"Prediction",
                                      {{"right", cssOf(colors.right)},
                                       {"wrong class", cssOf(colors.wrong_class)},
                                       {"phantom", cssOf(colors.phantom)},
                                       {"missed", cssOf(colors.missed)}}},
                                     {"Truth", {}}};
  const ClassSet& classes = classSetOf(subject.truth);
  for (const int label : seen) {
    if (label >= classes.free()) continue;  // free, or not labelled
    legends.back().colours.emplace_back(classes[label].name, cssOf(classes.color(label, Palette::Studio)));
  }
  return legends;
}

}  // namespace

ReportPictures drawReportPictures(const EvaluationSummary& summary, const ReportSubject& subject,
                                  std::size_t count, Progress& progress) {
  ReportPictures pictures;
  progress.start("Drawing the worst keyframes", std::int64_t(count * summary.sources.size()));
  std::set<int> classes;
  try {
    ReportDrawer drawer(subject.colors);
    for (std::size_t source = 0; source < summary.sources.size(); ++source) {
      if (source >= subject.predictions.size() || !subject.predictions[source]) continue;
      for (const FrameScores* frame : worstFrames(summary.sources[source], count)) {
        progress.throwIfCancelled();
        if (auto drawn = picturesOf(*frame, source, subject, drawer, classes))
          pictures.keyframes.push_back(std::move(*drawn));
        progress.advance();
      }
    }
  } catch (const Error& error) {
    pictures.note = "Pictures could not be drawn: " + error.problem().summary + ".";
    return pictures;
  }
  if (!pictures.keyframes.empty()) pictures.legends = legendsFor(subject, classes);
  return pictures;
}

}  // namespace hbev
