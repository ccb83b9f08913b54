#include "ui/report_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <QtCore/QBuffer>
#include <QtGui/QImage>
#include <fmt/format.h>

#include "core/base/error.h"
#include "core/eval/table.h"
#include "render/coloring.h"
#include "render/frame_scene.h"
#include "render/offscreen.h"
#include "ui/kit/theme.h"
#include "ui/score_export.h"
#include "ui/source.h"

namespace hbev::ui {
namespace {

constexpr int kWidth = 560, kHeight = 360, kQuality = 84;

Rgb rgbOf(Role role) {
  const QColor color = Theme::current().tokens().color(role, Tone::Dark);
  return {std::uint8_t(color.red()), std::uint8_t(color.green()), std::uint8_t(color.blue())};
}

std::string dataUrl(const Image& image) {
  const QImage picture(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888);
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  picture.save(&buffer, "JPEG", kQuality);
  return "data:image/jpeg;base64," + bytes.toBase64().toStdString();
}

/// Draws one view after the other, off screen. Throws Error where there is no OpenGL.
class Drawer {
 public:
  Drawer() : context_(kWidth, kHeight) {}

  /// By outcome when there is something to compare with, else by class.
  Image draw(const std::shared_ptr<const Occupancy>& occupancy, const Occupancy* truth) {
    const OutcomeColors colors{rgbOf(Role::Right), rgbOf(Role::WrongClass), rgbOf(Role::Phantom),
                               rgbOf(Role::Missed), rgbOf(Role::OutsideMask)};
    scene_.setOccupancy(truth ? std::make_shared<const Occupancy>(withMissed(*occupancy, *truth))
                              : occupancy);
    scene_.setPaint(
        paintVoxels(*occupancy, truth ? Coloring::Outcome : Coloring::Class, Palette::Studio, colors, truth));
    scene_.draw(ViewCamera::orbit(), kWidth, kHeight, {});
    return context_.read();
  }

 private:
  OffscreenContext context_;
  FrameScene scene_;
};

std::string figureOf(const ScoreExport& scores, std::size_t source, const FrameFigures& frame,
                     Drawer& drawer) {
  const Scene& scene = scores.dataset->scenes()[frame.key.scene];
  const Keyframe keyframe = scores.dataset->keyframe(frame.key.scene, frame.key.index);
  const LoadedOccupancy prediction =
      loadOccupancy(*scores.dataset, {std::nullopt, scores.predictions[source]}, keyframe);
  const LoadedOccupancy truth = loadOccupancy(*scores.dataset, {scores.truth, nullptr}, keyframe);
  if (!prediction.occupancy || !truth.occupancy) return {};
  return fmt::format(
      "<figure style=\"margin:1rem 0\"><img alt=\"prediction by outcome\" style=\"max-width:49%\" "
      "src=\"{}\"> "
      "<img alt=\"truth by class\" style=\"max-width:49%\" src=\"{}\">"
      "<figcaption class=\"note\">{} keyframe {}: RayIoU {:.1f} %, mIoU {:.1f} %</figcaption></figure>\n",
      dataUrl(drawer.draw(prediction.occupancy, truth.occupancy.get())),
      dataUrl(drawer.draw(truth.occupancy, nullptr)), escapedHtml(scene.name), frame.key.index + 1,
      100 * frame.ray_iou, 100 * frame.mean_iou);
}

/// The `count` frames of lowest RayIoU.
std::vector<const FrameFigures*> worstOf(const Evaluation& evaluation, std::size_t source,
                                         std::size_t count) {
  std::vector<const FrameFigures*> worst;
  for (const FrameFigures& frame : evaluation.frames[source]) {
    if (std::isfinite(frame.ray_iou)) worst.push_back(&frame);
  }
  std::ranges::stable_sort(worst, {}, [](const FrameFigures* frame) { return frame->ray_iou; });
  worst.resize(std::min(count, worst.size()));
  return worst;
}

std::string legend() {
  std::string text;
  const std::array<std::pair<const char*, Role>, 4> entries{{{"right", Role::Right},
                                                             {"wrong class", Role::WrongClass},
                                                             {"phantom", Role::Phantom},
                                                             {"missed", Role::Missed}}};
  for (const auto& [name, role] : entries) {
    const Rgb color = rgbOf(role);
    text += fmt::format("<span style=\"color:#{:02x}{:02x}{:02x}\">&#9632;</span> {} ", color.r, color.g,
                        color.b, name);
  }
  return text;
}

}  // namespace

std::string worstPicturesHtml(const ScoreExport& scores, std::size_t count, Progress& progress) {
  std::string html = "<h2>The worst keyframes</h2>\n<p class=\"note\">At left the prediction: " + legend() +
                     "; at right the truth, by class.</p>\n";
  const auto& sources = scores.evaluation->summary.sources;
  progress.start("Drawing the worst keyframes", std::int64_t(count * sources.size()));
  bool any = false;
  try {
    const auto drawer = std::make_unique<Drawer>();
    for (std::size_t source = 0; source < sources.size(); ++source) {
      if (!scores.predictions[source]) continue;
      html += fmt::format("<h3>{}</h3>\n", escapedHtml(sources[source].facts.title));
      for (const FrameFigures* frame : worstOf(*scores.evaluation, source, count)) {
        progress.throwIfCancelled();
        html += figureOf(scores, source, *frame, *drawer);
        any = true;
        progress.advance();
      }
    }
  } catch (const Error& error) {
    // Without OpenGL off screen the report is complete but for the pictures.
    return html + fmt::format("<p class=\"note\">They could not be drawn: {}.</p>\n",
                              escapedHtml(error.problem().summary));
  }
  return any ? html : std::string();
}

}  // namespace hbev::ui
