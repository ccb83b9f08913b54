#include "core/runs/run_writer.h"

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/json_text.h"
#include "core/base/log.h"
#include "core/runs/process_facts.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds kHeartbeat(2);

Error cannotWrite(const fs::path& file, const std::string& why) {
  return Error({"The run cannot be written", file, {}, why, "Check the free space and the permissions."});
}

/// The event log, open for this process alone.
int openEvents(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) throw cannotWrite(file, std::strerror(errno));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    if (reason == EWOULDBLOCK) {
      ::close(descriptor);
      throw Error({"Another process trains this run",
                   file,
                   {},
                   {},
                   "Stop it first, or choose another folder for a new run."});
    }
    log().debug("No locks in {}: {}", file.string(), std::strerror(reason));  // some network file systems
  }
  return descriptor;
}

/// After a kill the last line may lack its end: what follows must not become a part of it.
void finishLastLine(int descriptor) {
  struct stat facts {};
  char last = '\n';
  if (::fstat(descriptor, &facts) == 0 && facts.st_size > 0)
    (void)!::pread(descriptor, &last, 1, facts.st_size - 1);
  if (last != '\n') (void)!::write(descriptor, "\n", 1);
}

Json jsonOf(const RunValue& value) {
  if (const auto* number = std::get_if<double>(&value))
    return std::isfinite(*number) ? Json(*number) : Json(nullptr);
  return std::visit([](const auto& other) { return Json(other); }, value);
}

void demandNoRun(const RunPaths& paths) {
  std::error_code code;
  if (!fs::exists(paths.facts(), code)) return;
  throw Error({"There is a run in this folder already",
               paths.folder,
               {},
               {},
               "Choose another folder, or --resume to go on with it."});
}

void prepareFolder(const RunPaths& paths, const RunFacts& facts, std::string_view config_toml, bool resumed) {
  std::error_code code;
  fs::create_directories(paths.checkpoints(), code);
  if (code) throw cannotWrite(paths.checkpoints(), code.message());
  if (resumed) {
    RunFacts stored = readRunFacts(paths.folder);
    stored.total_steps = facts.total_steps;  // it may go on for longer, and in another rhythm
    stored.checkpoint_every = facts.checkpoint_every;
    stored.keep = facts.keep;
    stored.evaluate_every = facts.evaluate_every;
    stored.evaluate_keyframes = facts.evaluate_keyframes;
    writeRunFacts(paths.folder, stored);
  } else {
    writeFile(paths.config(), config_toml);
    writeRunFacts(paths.folder, facts);  // the last: with it the folder is a run
  }
  for (const RunWish wish : pendingWishes(paths.folder))  // of those who spoke to the process before
    fs::remove(paths.wishes() / wishName(wish), code);
}

}  // namespace

RunWriter::RunWriter(const fs::path& folder, const RunFacts& facts, std::string_view config_toml,
                     std::int64_t resumed_step)
    : paths_(folder) {
  const bool resumed = resumed_step >= 0;
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) throw cannotWrite(folder, code.message());
  events_ = openEvents(paths_.events());
  try {
    if (!resumed) demandNoRun(paths_);
    process_.pid = ::getpid();
    process_.host = hostName();
    process_.process_started = processStart(process_.pid);
    process_.started = unixTime_s();
    process_.step = resumed ? resumed_step : 0;
    process_.total_steps = facts.total_steps;
    if (const auto before = resumed ? readRunProcess(folder) : std::nullopt) {
      // Until it has figures of its own: a run that was done already never does.
      process_.loss = before->loss;
      process_.seconds_per_step = before->seconds_per_step;
      process_.ray_iou = before->ray_iou;
      process_.best_ray_iou = before->best_ray_iou;
      process_.best_step = before->best_step;
      if (const double worked = workedSeconds(*before); worked > 0) process_.seconds_before = worked;
    }
    writeProcess();
    prepareFolder(paths_, facts, config_toml, resumed);
    finishLastLine(events_);
    tensorboard_ = std::make_unique<TensorBoardWriter>(folder);
    event("start", process_.step, {{"resumed", resumed}, {"device", facts.device}});
  } catch (...) {
    ::close(events_);
    throw;
  }
  heartbeat_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
}

RunWriter::~RunWriter() {
  heartbeat_.request_stop();
  heartbeat_.join();
  ::close(events_);
}

void RunWriter::event(std::string_view kind, std::int64_t step, const RunFields& fields) {
  const double time = unixTime_s();
  Json json{{"kind", kind}, {"time", time}, {"step", step}};
  std::vector<TensorBoardWriter::Scalar> scalars;
  for (const auto& [name, value] : fields) {
    json[name] = jsonOf(value);
    if (const auto* number = std::get_if<double>(&value)) scalars.emplace_back(name, *number);
  }
  const std::string line = dumped(json, -1) + "\n";
  errno = 0;
  if (::write(events_, line.data(), line.size()) != ssize_t(line.size()))
    throw cannotWrite(paths_.events(), errno != 0 ? std::strerror(errno) : "a part of a line");
  if (!scalars.empty() && (kind == "step" || kind == "evaluate")) tensorboard_->add(step, time, scalars);
}

RunActivity RunWriter::activity() {
  const std::lock_guard lock(mutex_);
  return process_.activity;
}

void RunWriter::setActivity(RunActivity activity, std::string sentence) {
  const std::lock_guard lock(mutex_);
  process_.activity = activity;
  process_.sentence = std::move(sentence);
  activity_changed_ = true;
  wake_.notify_all();
}

void RunWriter::setProgress(std::int64_t step, double loss, double seconds_per_step) {
  const std::lock_guard lock(mutex_);
  process_.step = step;
  process_.loss = loss;
  process_.seconds_per_step = seconds_per_step;
}

void RunWriter::setScore(std::int64_t step, double ray_iou, bool best) {
  const std::lock_guard lock(mutex_);
  process_.ray_iou = ray_iou;
  if (!best) return;
  process_.best_ray_iou = ray_iou;
  process_.best_step = step;
}

std::vector<RunWish> RunWriter::takeWishes() {
  std::vector<RunWish> wishes = pendingWishes(paths_.folder);
  for (const RunWish wish : wishes) {
    std::error_code code;
    fs::remove(paths_.wishes() / wishName(wish), code);
  }
  return wishes;
}

void RunWriter::end(RunActivity activity, std::int64_t step, const std::string& sentence) noexcept {
  try {
    setActivity(activity, sentence);
    {
      const std::lock_guard lock(mutex_);
      process_.step = step;
    }
    event("end", step, {{"reason", std::string(activityName(activity))}, {"text", sentence}});
  } catch (const std::exception& error) {
    log().error("The run's end could not be noted: {}", error.what());
  }
  try {
    writeProcess();
  } catch (const std::exception& error) {
    log().error("The run's end could not be noted: {}", error.what());
  }
}

void RunWriter::beat(const std::stop_token& stop) {
  bool complained = false;
  while (!stop.stop_requested()) {
    std::unique_lock lock(wait_mutex_);
    wake_.wait_for(lock, stop, kHeartbeat, [this] { return activity_changed_.exchange(false); });
    if (stop.stop_requested()) return;
    try {
      writeProcess();
    } catch (const Error& error) {  // the training itself meets a full disk soon enough
      if (!complained) log().warn("{}", error.what());
      complained = true;
    }
  }
}

void RunWriter::writeProcess() {
  const std::lock_guard writing(writing_);
  RunProcess process;
  {
    const std::lock_guard lock(mutex_);
    process_.heartbeat = unixTime_s();
    process = process_;
  }
  writeRunProcess(paths_.folder, process);
}

}  // namespace hbev
