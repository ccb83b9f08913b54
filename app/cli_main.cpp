// hbevocc: the command line. Exit codes: 0 done, 1 failed, 2 wrong usage.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "app/commands/commands.h"
#ifdef HBEV_HAS_TORCH
#include "app/commands/network_commands.h"
#include "app/sleeping_threads.h"
#endif
#include "app/usage.h"
#include "core/base/error.h"

namespace {

constexpr int kFailed = 1, kWrongUsage = 2;

#ifdef HBEV_HAS_TORCH
/// The commands themselves when one of them is meant; else their titles for the list of commands, so that
/// LibTorch is not loaded for it.
void addNetworkCommands(CLI::App& app, std::string_view command, char** argv) {
  const bool needed =
      std::ranges::any_of(hbev::kNetworkCommands, [&](const auto& title) { return command == title.name; });
  if (needed) {
    hbev::useSleepingThreads(argv);
    using AddCommands = decltype(&hbevAddNetworkCommands);
    return reinterpret_cast<AddCommands>(hbev::networkLibraryEntry("hbevAddNetworkCommands"))(app);
  }
  for (const hbev::CommandTitle& title : hbev::kNetworkCommands)
    app.add_subcommand(title.name, title.about);
}
#endif

int run(int argc, char** argv) {
  const std::vector<std::string> words = hbev::wordsOf(argc, argv);
  CLI::App app("HBEVOcc Studio's command line: look at, score and draw occupancy predictions.", "hbevocc");
  app.set_version_flag("--version", "hbevocc " HBEV_VERSION);
  app.require_subcommand(1);
  app.failure_message(hbev::usageMessage);
  app.footer(
      "Begin with:\n"
      "  hbevocc demo-data demo\n"
      "  hbevocc info demo\n"
      "  hbevocc evaluate demo demo/predictions/spoiled --truth openocc\n"
      "Every command explains itself: hbevocc evaluate --help\n"
      "Exit codes: 0 done, 1 failed, 2 wrong usage.");
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
  addNetworkCommands(app, hbev::commandOf(words), argv);
#endif
#ifdef HBEV_HAS_STUDIO
  hbev::addRenderCommand(app);
  hbev::addDemoDataCommand(app);
#endif
  try {
    hbev::demandCommand(app, hbev::commandOf(words));
    hbev::demandNoEmptyWord(words);
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));  // CLI11 takes them from the end
  } catch (const CLI::RuntimeError& done) {  // a command that has said all, such as doctor
    return done.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return 0;
}

/// What was printed may wait in a buffer: a full disk shows only when that is emptied. A reader who has read
/// enough, as head does, is no failure to tell.
int finished(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  if (errno != EPIPE)
    fmt::print(stderr, "error: Standard output cannot be written: {}.\n", std::strerror(errno));
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return finished(run(argc, argv));
  } catch (const hbev::Cancelled&) {
    fmt::print(stderr, "Cancelled. Nothing was written.\n");
  } catch (const std::bad_alloc&) {
    fmt::print(
        stderr,
        "error: There is too little memory. Close other programs, or raise the limit where one is set.\n");
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again) {
      fmt::print(stderr,
                 "error: No thread can be started. Raise the limit of processes or memory (ulimit -a).\n");
    } else if (error.code() != std::errc::broken_pipe) {
      fmt::print(stderr, "error: {}\n", error.what());
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
  }
  return kFailed;
}
