// A run's folder: facts, process, labels and the event log, which grows while it is followed.
//
// An input is a byte (how much of the log is there at first, in 255ths), the pieces run.json, process.json
// and labels.json, and the log.
#include <algorithm>
#include <cmath>

#include "core/runs/run_reader.h"
#include "tests/fuzz/target.h"

using namespace hbev;

namespace {

void requireSound(const RunReader& reader) {
  for (const std::string& name : reader.seriesNames()) {
    const RunSeries series = reader.series(name);
    fuzz::require(series.steps.size() == series.values.size(), "a step for each value");
    fuzz::require(series.times.size() == series.values.size(), "a time for each value");
    fuzz::require(std::ranges::is_sorted(series.steps), "steps ascend");
  }
  for (const RunCheckpoint& checkpoint : reader.checkpoints())
    fuzz::require(checkpoint.step >= 0, "steps are counted");
  fuzz::require(std::ranges::count_if(reader.checkpoints(), &RunCheckpoint::best) <= 1, "one is the best");
}

void followToTheEnd(RunReader& reader) {
  for (int i = 0; i < 100 && reader.poll(); ++i)
    requireSound(reader);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::MemoryFolder folder;
  fuzz::Pieces pieces(data, size);
  const std::size_t share = pieces.byte();
  for (const char* file : {"run.json", "process.json", "labels.json"})
    folder.write(file, pieces.piece());
  const std::string_view log = pieces.rest();
  folder.write("events.jsonl", log.substr(0, log.size() * share / 255));
  fuzz::readOrRefuse([&] {
    RunReader reader(folder.path());
    followToTheEnd(reader);
    folder.write("events.jsonl", log);
    followToTheEnd(reader);
    RunReader anew(folder.path());
    followToTheEnd(anew);
    fuzz::require(anew.seriesNames() == reader.seriesNames(), "followed or read at once, it is the same run");
    fuzz::require(anew.lastStep() == reader.lastStep(), "followed or read at once, it is as far");
    workedSeconds(reader.process());
  });
  listRuns(folder.path());  // shows damaged ones, too
  return 0;
}
