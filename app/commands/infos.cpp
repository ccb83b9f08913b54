// hbevocc infos: writes the info pickle that BEVDet, HBEVOcc and mmdet3d train from.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "core/base/files.h"
#include "core/data/infos_writer.h"
#include "core/data/splits.h"

namespace hbev {
namespace {

struct InfosCommand {
  std::string data, version, out, data_root;
  std::string split = "all", format = "bevdet";
  InfosOptions options;
};

void run(InfosCommand command) {
  if (command.format == "mmdet3d-v1.1") command.options.dialect = InfosDialect::MmDet3dV11;
  demandWritableFile(command.out, Devices::Refused);
  InfosWritten written;
  {
    TerminalProgress terminal;
    const auto dataset = Dataset::open(command.data, command.version, &terminal.progress());
    command.options.scenes = scenesOfSplit(*dataset, command.split);
    command.options.data_root = command.data_root.empty() ? dataset->root().string() : command.data_root;
    while (command.options.data_root.size() > 1 && command.options.data_root.back() == '/')
      command.options.data_root.pop_back();
    written = writeInfos(command.out, *dataset, command.options, &terminal.progress());
  }
  const std::size_t scenes = command.options.scenes.size();
  fmt::print("{} holds {} keyframes of {} scene{}.\n", command.out, written.keyframes, scenes,
             scenes == 1 ? "" : "s");
  if (written.left_out > 0) {
    fmt::print(
        "{} keyframes were left out: a camera, the lidar or a pose is missing. hbevocc doctor says which.\n",
        written.left_out);
  }
}

}  // namespace

void addInfosCommand(CLI::App& app) {
  auto command = std::make_shared<InfosCommand>();
  CLI::App* infos =
      app.add_subcommand("infos", "Writes the info pickle that BEVDet, HBEVOcc and mmdet3d train from");
  infos->add_option("DATA", command->data, "A nuScenes folder, or infos to write in another form")
      ->required();
  infos->add_option("--out", command->out, "The file to write: hbevocc-nuscenes_infos_val.pkl")->required();
  infos->add_option("--format", command->format, "bevdet (HBEVOcc's too) or mmdet3d-v1.1")
      ->check(CLI::IsMember({"bevdet", "mmdet3d-v1.1"}).description(""))
      ->capture_default_str();
  infos->add_option("--split", command->split, "train, val, all, a split of splits.json, or a scene's name")
      ->capture_default_str();
  infos->add_option(
      "--data-root", command->data_root,
      "What stands before samples/ in paths, such as ./data/nuscenes; the folder itself without");
  infos
      ->add_option("--sweeps", command->options.max_sweeps,
                   "Earlier lidar sweeps a keyframe; HBEVOcc reads none")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  infos->add_option("--version-folder", command->version, "Which version, when there are several: v1.0-mini");
  infos->callback([command] { run(*command); });
}

}  // namespace hbev
