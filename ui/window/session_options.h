// What shall be shown, as the words of a command line: of the program, and of a link that somebody sends.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hbev::ui {

struct SessionOptions {
  std::string data;  ///< a nuScenes folder or a labels .npz
  std::vector<std::string> predictions;
  std::string a, b;  ///< what a viewport shows: "openocc", "occ3d" or predictions; empty: as opening chooses
  std::string scene;
  int keyframe = 1;
  std::string workspace = "browse";  ///< "browse", "errors" or "training"
  std::string camera;                ///< see cameraText(); empty: as it is at first
  std::vector<std::string> view;     ///< see shared_view.h
  std::string predict, weights;
};

/// What the program and links read alike.
void addSessionOptions(CLI::App& app, SessionOptions& options);
/// What the program may be told and no link: to run the network. Words that are not known are refused.
void addProgramOptions(CLI::App& app, SessionOptions& options);

}  // namespace hbev::ui
