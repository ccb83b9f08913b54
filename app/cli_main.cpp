// hbevocc: the command line. Exit codes: 0 done, 1 failed, 2 wrong usage.
#include <algorithm>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "app/commands/commands.h"
#ifdef HBEV_HAS_TORCH
#include "app/commands/network_commands.h"
#include "app/sleeping_threads.h"
#endif
#include "core/base/error.h"

namespace {

constexpr int kFailed = 1, kWrongUsage = 2;

#ifdef HBEV_HAS_TORCH
/// The commands themselves when one of them is meant; else their titles for the list of commands, so that
/// LibTorch is not loaded for it.
void addNetworkCommands(CLI::App& app, int argc, char** argv) {
  const auto is_command = [](const std::string_view word) { return !word.starts_with('-'); };
  const char* const* const meant = std::find_if(argv + 1, argv + argc, is_command);
  const bool needed =
      meant != argv + argc && std::ranges::any_of(hbev::kNetworkCommands, [&](const auto& command) {
        return std::string_view(*meant) == command.name;
      });
  if (needed) {
    hbev::useSleepingThreads(argv);
    using AddCommands = decltype(&hbevAddNetworkCommands);
    return reinterpret_cast<AddCommands>(hbev::networkLibraryEntry("hbevAddNetworkCommands"))(app);
  }
  for (const hbev::CommandTitle& command : hbev::kNetworkCommands)
    app.add_subcommand(command.name, command.about);
}
#endif

int run(int argc, char** argv) {
  CLI::App app("HBEVOcc Studio's command line: look at, score and draw occupancy predictions.", "hbevocc");
  app.set_version_flag("--version", "hbevocc " HBEV_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Begin with:\n"
      "  hbevocc demo-data demo\n"
      "  hbevocc info demo\n"
      "  hbevocc evaluate demo demo/predictions/spoiled --truth openocc\n"
      "Every command explains itself: hbevocc evaluate --help");
  hbev::addInfoCommand(app);
  hbev::addInfosCommand(app);
  hbev::addDoctorCommand(app);
  hbev::addEvaluateCommand(app);
  hbev::addMergeCommand(app);
  hbev::addPredictionsCommand(app);
  hbev::addCheckpointCommand(app);
  hbev::addRunsCommand(app);
#ifdef HBEV_HAS_TORCH
  hbev::addPrepareCommand(app);
  addNetworkCommands(app, argc, argv);
#endif
#ifdef HBEV_HAS_STUDIO
  hbev::addRenderCommand(app);
  hbev::addDemoDataCommand(app);
#endif
  try {
    app.parse(argc, argv);
  } catch (const CLI::RuntimeError& done) {  // a command that has said all, such as doctor
    return done.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const hbev::Cancelled&) {
    fmt::print(stderr, "Cancelled. Nothing was written.\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
  }
  return kFailed;
}
