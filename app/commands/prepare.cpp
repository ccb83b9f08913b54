// hbevocc prepare: packs a data set for training on machines that cannot decode pictures, or shall not wait
// for it.
#include <memory>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "core/base/files.h"
#include "core/data/pack.h"
#include "core/data/splits.h"
#include "core/model/config.h"
#include "core/train/picture_width.h"

namespace hbev {
namespace {

struct PrepareCommand {
  std::string data, version, out, config;
  std::string split = "all";
};

void prepare(const PrepareCommand& command) {
  demandWritableFolder(command.out);
  PackOptions options;
  if (!command.config.empty()) {
    options.picture_width = trainedPictureWidth(findModelConfig(command.config));
  }
  PackWritten written;
  {
    TerminalProgress terminal;
    const auto dataset = Dataset::open(command.data, command.version, &terminal.progress());
    options.scenes = scenesOfSplit(*dataset, command.split);
    written = writePack(command.out, *dataset, options, terminal.progress());
  }
  fmt::print("{} holds {} keyframes, {:.2f} GB.\n", command.out, written.keyframes,
             double(written.bytes) / 1e9);
  if (written.left_out > 0) {
    fmt::print("{} files were left out: they are absent or damaged. hbevocc doctor says which.\n",
               written.left_out);
  }
}

}  // namespace

void addPrepareCommand(CLI::App& app) {
  auto command = std::make_shared<PrepareCommand>();
  CLI::App* prepare_command =
      app.add_subcommand("prepare", "Packs a data set for training where pictures cannot be decoded");
  prepare_command->add_option("DATA", command->data, "A nuScenes folder")->required();
  prepare_command->add_option("--out", command->out, "The pack's folder, for `hbevocc train`")->required();
  prepare_command->add_option("--config", command->config,
                              "Pictures as large as this configuration's training needs them, which may be "
                              "much smaller; without it full size");
  prepare_command
      ->add_option("--split", command->split, "train, val, all, a split of splits.json, or a scene")
      ->capture_default_str();
  prepare_command->add_option("--version-folder", command->version,
                              "Which version, when there are several: v1.0-mini");
  prepare_command->callback([command] { prepare(*command); });
}

}  // namespace hbev
