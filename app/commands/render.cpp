// hbevocc render: a keyframe as a picture, without a window or a display.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/predictions/source.h"
#include "core/data/sample_loader.h"
#include "core/eval/metric_rays.h"
#include "render/coloring.h"
#include "render/frame_scene.h"
#include "render/offscreen.h"
#include "render/outcome_colors.h"
#include "render/overlay.h"

namespace hbev {
namespace {

struct RenderOptions {
  std::string data, version, scene, predictions, labels, out;
  std::size_t keyframe = 1;
  std::string overlay = "none", coloring = "class", view, palette = "studio";
  int width = 1600, height = 900;
  bool light = false;
};

template <class T>
T chosen(const std::map<std::string, T>& values, const std::string& name) {
  return values.at(name);
}

const std::map<std::string, OverlayKind> kOverlays{{"none", OverlayKind::None},
                                                   {"voxels", OverlayKind::Voxels},
                                                   {"lidar", OverlayKind::Lidar},
                                                   {"boxes", OverlayKind::Boxes}};
const std::map<std::string, Coloring> kColoringNames{{"class", Coloring::Class},
                                                     {"outcome", Coloring::Outcome},
                                                     {"height", Coloring::Height},
                                                     {"flow", Coloring::Flow}};
const std::map<std::string, Palette> kPaletteNames{
    {"studio", Palette::Studio}, {"papers", Palette::Papers}, {"nuscenes", Palette::NuScenes}};

template <class T>
std::vector<std::string> names(const std::map<std::string, T>& values) {
  std::vector<std::string> result;
  for (const auto& [name, value] : values)
    result.push_back(name);
  return result;
}

/// What is drawn: the predictions and/or the truth of the keyframe.
struct Subject {
  std::shared_ptr<const Frame> frame;
  std::shared_ptr<const Occupancy> prediction, truth;
};

Subject loadSubject(const RenderOptions& options) {
  const auto dataset = Dataset::open(options.data, options.version);
  const std::size_t scene = options.scene.empty() ? 0 : dataset->sceneIndex(options.scene);
  const std::size_t count = dataset->scenes()[scene].keyframes.size();
  if (options.keyframe < 1 || options.keyframe > count) {
    throw Error({"There is no such keyframe",
                 dataset->root(),
                 fmt::format("1 to {}", count),
                 std::to_string(options.keyframe),
                 {}});
  }
  Subject subject;
  subject.frame = loadFrame(*dataset, {scene, options.keyframe - 1}, {});
  for (const Problem& problem : subject.frame->problems)
    fmt::print(stderr, "note: {}\n", toString(problem));
  const ClassSet* classes = nullptr;  // null: any
  if (!options.labels.empty()) classes = &classSetOf(*findLabelKind(options.labels));
  if (!options.predictions.empty()) {
    const auto source =
        openPredictions(options.predictions, {.dataset = dataset, .rays = metricRays(dataset)});
    subject.prediction = std::make_shared<Occupancy>(source->read(subject.frame->keyframe));
    if (!classes) classes = &source->classes();
  }
  for (const auto& [kind, truth] : subject.frame->truth) {
    if (!subject.truth && (!classes || truth->classes == classes)) subject.truth = truth;
  }
  return subject;
}

ViewCamera viewCamera(const RenderOptions& options, const Keyframe& keyframe) {
  if (options.view == "top") return ViewCamera::top();
  if (options.view == "ego") return ViewCamera::followEgo();
  if (const std::optional<Camera> camera = findCamera(options.view)) {
    const auto& reading = keyframe.cameras[std::size_t(*camera)];
    if (!reading) throw Error({"The keyframe has no camera " + options.view, {}, {}, {}, {}});
    CameraReading seen = *reading;
    seen.ego_from_sensor = keyframe.camera_from_ego(*camera).inverse();
    return ViewCamera::fromCarCamera(seen);
  }
  return ViewCamera::orbit();
}

/// One view of an occupancy, `width` x `height`.
Image drawView(const RenderOptions& options, const Subject& subject,
               const std::shared_ptr<const Occupancy>& occupancy,
               const std::shared_ptr<const Occupancy>& truth, int width) {
  OffscreenContext context(width, options.height);
  FrameScene scene;
  const Coloring coloring = chosen(kColoringNames, options.coloring);
  const bool outcome = coloring == Coloring::Outcome && truth && truth != occupancy;
  const OutcomeColors& colors = options.light ? kLightOutcomes : kDarkOutcomes;
  DrawStyle style;
  if (options.light) {
    style.background_top = {0xF1, 0xF3, 0xF6};
    style.background_bottom = {0xD8, 0xDD, 0xE4};
  }
  const OverlayKind overlay = chosen(kOverlays, options.overlay);
  style.lidar = overlay == OverlayKind::Lidar;
  style.boxes = overlay == OverlayKind::Boxes;
  const Keyframe& keyframe = subject.frame->keyframe;
  if (keyframe.lidar) scene.setLidar(subject.frame->lidar, keyframe.lidar->ego_from_sensor);
  std::vector<ColoredBox> boxes;
  for (const BoxAnnotation& annotation : keyframe.boxes) {
    const auto label = ClassSet::openocc().labelOfCategory(annotation.category);
    boxes.push_back({keyframe.global_from_ego().inverse() * annotation.box,
                     label ? ClassSet::openocc().color(*label, chosen(kPaletteNames, options.palette))
                           : Rgb{160, 160, 160}});
  }
  scene.setBoxes(boxes);
  if (occupancy) {
    scene.setOccupancy(outcome ? std::make_shared<const Occupancy>(withMissed(*occupancy, *truth))
                               : occupancy);
    scene.setPaint(paintVoxels(*occupancy,
                               outcome || coloring != Coloring::Outcome ? coloring : Coloring::Class,
                               chosen(kPaletteNames, options.palette), colors, truth.get()));
    scene.setFlow(flowArrows(*occupancy, VoxelFilter{}), {255, 255, 255});
  }
  scene.draw(viewCamera(options, keyframe), width, options.height, style);
  return context.read();
}

/// Pictures beside each other, of the same height.
Image beside(const std::vector<Image>& images, int gap) {
  Image joined;
  for (const Image& image : images) {
    joined.width += image.width + (joined.width > 0 ? gap : 0);
    joined.height = std::max(joined.height, image.height);
  }
  joined.rgb.assign(std::size_t(joined.width) * std::size_t(joined.height) * 3, 0);
  int x = 0;
  for (const Image& image : images) {
    for (int y = 0; y < image.height; ++y) {
      std::memcpy(&joined.rgb[3 * (std::size_t(y) * std::size_t(joined.width) + std::size_t(x))],
                  &image.rgb[3 * std::size_t(y) * std::size_t(image.width)], 3 * std::size_t(image.width));
    }
    x += image.width + gap;
  }
  return joined;
}

/// The six cameras in two rows, with the overlay.
Image drawCameras(const RenderOptions& options, const Subject& subject) {
  const auto& occupancy = subject.prediction ? subject.prediction : subject.truth;
  std::vector<Image> rows;
  for (std::size_t row = 0; row < 2; ++row) {
    std::vector<Image> images;
    for (std::size_t i = 3 * row; i < 3 * row + 3; ++i) {
      if (!subject.frame->images[i]) continue;
      Image image = *subject.frame->images[i];
      const Camera camera = Camera(i);
      const Keyframe& keyframe = subject.frame->keyframe;
      const Palette palette = chosen(kPaletteNames, options.palette);
      switch (chosen(kOverlays, options.overlay)) {
        case OverlayKind::Voxels:
          if (occupancy) {
            OverlayStyle style;
            style.palette = palette;
            composeOverlay(image,
                           drawVoxelOverlay(*occupancy, keyframe, camera, image.width, image.height, style),
                           style.opacity);
          }
          break;
        case OverlayKind::Lidar:
          composeLidar(image,
                       projectLidar(subject.frame->lidar, keyframe, camera, image.width, image.height));
          break;
        case OverlayKind::Boxes:
          composeLines(image, projectBoxes(keyframe, camera, image.width, image.height, palette));
          break;
        case OverlayKind::Depth:  // of a network; this command has none
        case OverlayKind::None:
          break;
      }
      images.push_back(std::move(image));
    }
    if (!images.empty()) rows.push_back(beside(images, 4));
  }
  if (rows.empty())
    throw Error({"The keyframe has no pictures", {}, "at least one readable camera picture", "none", {}});
  Image joined{0, 0, {}};
  for (const Image& row : rows) {
    joined.width = std::max(joined.width, row.width);
    joined.height += row.height;
  }
  joined.rgb.assign(std::size_t(joined.width) * std::size_t(joined.height) * 3, 0);
  std::size_t y = 0;
  for (const Image& row : rows) {
    for (int line = 0; line < row.height; ++line, ++y) {
      std::memcpy(&joined.rgb[3 * y * std::size_t(joined.width)],
                  &row.rgb[3 * std::size_t(line) * std::size_t(row.width)], 3 * std::size_t(row.width));
    }
  }
  return joined;
}

void renderPicture(const RenderOptions& options) {
  demandWritableFile(options.out);
  const Subject subject = loadSubject(options);
  if (options.view == "cameras") return writeImage(options.out, drawCameras(options, subject));
  std::vector<Image> views;
  const bool both = subject.prediction && subject.truth;
  const int width = both ? (options.width - 2) / 2 : options.width;
  if (subject.prediction)
    views.push_back(drawView(options, subject, subject.prediction, subject.truth, width));
  if (subject.truth || views.empty())
    views.push_back(
        drawView(options, subject, subject.truth, subject.prediction ? subject.prediction : nullptr, width));
  writeImage(options.out, beside(views, 2));
}

}  // namespace

void addRenderCommand(CLI::App& app) {
  auto options = std::make_shared<RenderOptions>();
  CLI::App* command = app.add_subcommand(
      "render", "Draws a keyframe into a PNG: prediction beside truth, or the six cameras with an overlay");
  command->add_option("DATA", options->data, "A nuScenes folder or a labels .npz")->required();
  command->add_option("--scene", options->scene, "Name or token; the first scene without it");
  command->add_option("--keyframe", options->keyframe, "Number in the scene, from 1")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--predictions", options->predictions,
                      "Folder with <scene>/<token>.npz; drawn at the left of the truth");
  command
      ->add_option("--labels", options->labels, "The truth to draw; by the predictions' classes without it")
      ->check(CLI::IsMember({"openocc", "occ3d"}));
  command->add_option("--version-folder", options->version, "Which version, when there are several");
  command
      ->add_option("--view", options->view,
                   "orbit, top, ego, a camera's eye (CAM_FRONT, ...), or cameras for the six pictures; "
                   "cameras with --overlay, else orbit")
      ->check(CLI::IsMember({"orbit", "top", "ego", "cameras", "CAM_FRONT_LEFT", "CAM_FRONT",
                             "CAM_FRONT_RIGHT", "CAM_BACK_LEFT", "CAM_BACK", "CAM_BACK_RIGHT"}));
  command->add_option("--overlay", options->overlay, "On the pictures (--view cameras), or as layers in 3D")
      ->check(CLI::IsMember(names(kOverlays)))
      ->capture_default_str();
  command->add_option("--colour,--color", options->coloring, "What colours say")
      ->check(CLI::IsMember(names(kColoringNames)))
      ->capture_default_str();
  command->add_option("--palette", options->palette, "Class colours")
      ->check(CLI::IsMember(names(kPaletteNames)))
      ->capture_default_str();
  command->add_option("--width", options->width, "Pixels, of 3D views")
      ->check(CLI::Range(64, 8192))
      ->capture_default_str();
  command->add_option("--height", options->height, "Pixels, of 3D views")
      ->check(CLI::Range(64, 8192))
      ->capture_default_str();
  command->add_flag("--light", options->light, "Light background");
  command->add_option("--out", options->out, "The PNG or JPEG to write")->required();
  command->callback([options] {
    if (options->view.empty()) options->view = options->overlay == "none" ? "orbit" : "cameras";
    renderPicture(*options);
  });
}

}  // namespace hbev
