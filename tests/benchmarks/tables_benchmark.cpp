// How long tables of nuScenes' full size take to open: the first time, the second time (from the index
// cache), and Python's json on the three large ones beside it. bench_tables FOLDER, or HBEV_TABLES=FOLDER
// bench_tables. FOLDER holds v1.0-trainval. Its cache file is removed and made again.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "core/base/error.h"
#include "core/data/dataset.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

struct Run {
  double seconds = 0;
  double processor_seconds = 0;  ///< of all threads together
  double peak_mb = 0;
};

/// Runs a command and reads the seconds and processor seconds that it prints.
Run runProcess(std::vector<std::string> command) {
  int ends[2];
  if (::pipe(ends) != 0) throw Error({"No pipe", {}, {}, {}, {}});
  std::vector<char*> arguments;
  for (std::string& argument : command)
    arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::array<char, 64> text{};
  const bool is_read = ::read(ends[0], text.data(), text.size() - 1) > 0;
  ::close(ends[0]);
  int status = 0;
  struct rusage usage {};
  ::wait4(child, &status, 0, &usage);
  if (!is_read || status != 0) throw Error({command[0] + " failed", {}, {}, {}, {}});
  char* rest = text.data();
  const double seconds = std::strtod(rest, &rest);
  return {seconds, std::strtod(rest, &rest), double(usage.ru_maxrss) / 1024};
}

/// Opens in a fresh process; the clock stops when a keyframe is there. What opening leaves to do behind the
/// scenes (writing the cache) happens before the process ends.
Run openElsewhere(const fs::path& folder) {
  return runProcess({"/proc/self/exe", "--once", folder.string()});
}

void openHere(const fs::path& folder) {
  const auto begin = std::chrono::steady_clock::now();
  const auto dataset = Dataset::open(folder);
  dataset->keyframe(dataset->scenes().size() / 2, 0);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  fmt::print("{} {}\n", taken.count(), double(std::clock()) / CLOCKS_PER_SEC);
}

Run python(const fs::path& tables) {
  return runProcess(
      {"python3", "-c",
       fmt::format("import json, time; t = time.time()\n"
                   "a = [json.load(open('{}/' + n + '.json')) for n in ('sample_data', 'ego_pose', "
                   "'sample_annotation')]\nprint(time.time() - t, time.process_time())",
                   tables.string())});
}

/// Rows of the three large tables: nuScenes writes one token a row.
std::int64_t countRows(const fs::path& tables) {
  std::int64_t rows = 0;
  for (const char* name : {"sample_data", "ego_pose", "sample_annotation"}) {
    std::ifstream stream(tables / (std::string(name) + ".json"), std::ios::binary);
    std::vector<char> text(1 << 20);
    while (stream.read(text.data(), std::streamsize(text.size())), stream.gcount() > 0)
      rows += std::count(text.begin(), text.begin() + stream.gcount(), '{');
  }
  return rows;
}

double median(std::vector<Run> runs) {
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.seconds < b.seconds; });
  return runs[runs.size() / 2].seconds;
}

void printRuns(const char* name, const std::vector<Run>& runs) {
  const auto [least, most] = std::minmax_element(
      runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.seconds < b.seconds; });
  double peak_mb = 0, processor_seconds = runs.front().processor_seconds;
  for (const Run& run : runs) {
    peak_mb = std::max(peak_mb, run.peak_mb);
    processor_seconds = std::min(processor_seconds, run.processor_seconds);
  }
  fmt::print("{:<28} {:8.3f} s  ({:.3f} to {:.3f}), {:.2f} s of processors at least, {:.0f} MB at most\n",
             name, median(runs), least->seconds, most->seconds, processor_seconds, peak_mb);
}

}  // namespace
}  // namespace hbev

int main(int count, char** arguments) {
  using namespace hbev;
  if (count == 3 && std::string(arguments[1]) == "--once") {
    openHere(arguments[2]);
    return 0;
  }
  const char* given = count > 1 ? arguments[1] : std::getenv("HBEV_TABLES");
  if (!given || !fs::exists(given)) {
    fmt::print("Skipped: name a folder with tables, as an argument or in HBEV_TABLES.\n");
    return 0;
  }
  constexpr int kRuns = 5;
  const fs::path folder = given;
  const fs::path tables = folder / Dataset::open(folder)->version();
  const std::int64_t rows = countRows(tables);
  std::vector<Run> cold, warm;
  for (int i = 0; i < kRuns; ++i) {
    fs::remove(tables / ".hbevocc-index");
    cold.push_back(openElsewhere(folder));
    warm.push_back(openElsewhere(folder));
  }
  printRuns("first time", cold);
  printRuns("second time (cache)", warm);
  fmt::print("{:.1f} M rows/s\n", double(rows) * 1e-6 / median(cold));
  if (std::system("python3 -c pass > /dev/null 2>&1") != 0) return 0;
  const Run anchor = python(tables);
  printRuns("Python's json, three tables", {anchor});
  fmt::print("first time {:.1f}, second time {:.1f} times faster\n", anchor.seconds / median(cold),
             anchor.seconds / median(warm));
  return 0;
}
