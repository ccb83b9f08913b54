#include "ui/window/session_options.h"

#include <filesystem>

#include <CLI/CLI.hpp>

#include "core/data/labels.h"
#include "ui/window/session_link.h"

namespace hbev::ui {
namespace {

std::string checkSource(const std::string& word) {
  std::error_code none;
  if (findLabelKind(word) || std::filesystem::exists(word, none)) return {};
  return "'" + word + "' is neither openocc nor occ3d, nor a path of predictions";
}

std::string checkCamera(const std::string& text) {
  return parseCamera(QString::fromStdString(text)) ? std::string()
                                                   : "a camera is seven numbers with commas between";
}

}  // namespace

void addSessionOptions(CLI::App& app, SessionOptions& options) {
  app.add_option("DATA", options.data, "A nuScenes folder or a labels .npz");
  app.add_option("--predictions", options.predictions,
                 "Folders of predictions, files of hbevocc evaluate --out");
  app.add_option("--a", options.a, "What A shows: openocc, occ3d (the truths), or a path of predictions");
  app.add_option("--b", options.b, "What B shows, in the same words");
  app.add_option("--scene", options.scene, "Name or token of the scene to begin with");
  app.add_option("--keyframe", options.keyframe, "Number in the scene, from 1");
  app.add_option("--workspace", options.workspace, "browse, errors or training");
  app.add_option(
         "--camera", options.camera,
         "Where the viewports look from, as a link says it: X,Y,Z of what is looked at, distance (m), "
         "direction, height and field of view (degrees)")
      ->check(checkCamera);
  app.add_option("--view", options.view,
                 "How it is drawn, as a link says it: color-a=height hide=car,truck clip=-20,20,-10,10 ...");
}

void addProgramOptions(CLI::App& app, SessionOptions& options) {
  app.get_option("--workspace")->check(CLI::IsMember({"browse", "errors", "training"}));
  // Before there is a window that could wait for a disk.
  for (const char* side : {"--a", "--b"})
    app.get_option(side)->check(checkSource);
  app.add_option("--predict", options.predict,
                 "Predict the first keyframe shown with this network: a configuration's name or .toml file");
  app.add_option(
      "--weights", options.weights,
      "Checkpoint for --predict; without it those that come with the studio, else untrained weights");
}

}  // namespace hbev::ui
