#include "core/runs/launch.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {
namespace {

constexpr int kUsualPort = 29500;

int wholeNumber(const std::string& text, const char* name, int least, int most) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  throw Error({.summary = fmt::format("The variable {} makes no sense", name),
               .file = {},
               .expected = fmt::format("a whole number from {} to {}", least, most),
               .found = text.empty() ? "nothing" : text,
               .advice = "It is set by torchrun or srun; unset it to work with one process."});
}

Launch launchOfTorchrun(const std::function<std::string(const char*)>& variable) {
  Launch launch;
  constexpr int kMost = 1 << 20;
  launch.count = wholeNumber(variable("WORLD_SIZE"), "WORLD_SIZE", 1, kMost);
  launch.rank = wholeNumber(variable("RANK"), "RANK", 0, launch.count - 1);
  const std::string local = variable("LOCAL_RANK"), local_count = variable("LOCAL_WORLD_SIZE");
  launch.local_rank = local.empty() ? 0 : wholeNumber(local, "LOCAL_RANK", 0, launch.count - 1);
  launch.local_count =
      local_count.empty() ? 1 : wholeNumber(local_count, "LOCAL_WORLD_SIZE", 1, launch.count);
  if (const std::string host = variable("MASTER_ADDR"); !host.empty()) launch.host = host;
  const std::string port = variable("MASTER_PORT");
  launch.port = port.empty() ? kUsualPort : wholeNumber(port, "MASTER_PORT", 1, 65534);
  // There torchrun itself listens.
  if (variable("TORCHELASTIC_USE_AGENT_STORE") == "True") ++launch.port;
  return launch;
}

Launch launchOfSlurm(const std::function<std::string(const char*)>& variable) {
  Launch launch;
  constexpr int kMost = 1 << 20;
  const std::string of_step = variable("SLURM_STEP_NUM_TASKS");
  launch.count = wholeNumber(of_step.empty() ? variable("SLURM_NTASKS") : of_step, "SLURM_NTASKS", 1, kMost);
  launch.rank = wholeNumber(variable("SLURM_PROCID"), "SLURM_PROCID", 0, launch.count - 1);
  const std::string local = variable("SLURM_LOCALID");
  launch.local_rank = local.empty() ? 0 : wholeNumber(local, "SLURM_LOCALID", 0, launch.count - 1);
  // "4" or "4(x2),3": how many tasks each node has.
  const std::string tasks = variable("SLURM_STEP_TASKS_PER_NODE");
  std::from_chars(tasks.data(), tasks.data() + tasks.size(), launch.local_count);
  launch.local_count = std::clamp(launch.local_count, 1, launch.count);
  std::string host = variable("MASTER_ADDR");
  if (host.empty()) host = firstNode(variable("SLURM_JOB_NODELIST"));
  if (host.empty()) host = variable("SLURM_LAUNCH_NODE_IPADDR");
  if (!host.empty()) launch.host = host;
  if (const std::string port = variable("MASTER_PORT"); !port.empty()) {
    launch.port = wholeNumber(port, "MASTER_PORT", 1, 65535);
  } else {  // jobs that share a machine meet in different places
    const std::string job = variable("SLURM_JOB_ID");
    unsigned number = 0;
    std::from_chars(job.data(), job.data() + job.size(), number);
    launch.port = 20000 + int(number % 10000);
  }
  return launch;
}

}  // namespace

std::string firstNode(std::string_view list) {
  const std::size_t bracket = list.find('['), comma = list.find(',');
  if (bracket == list.npos || comma < bracket) return std::string(list.substr(0, comma));
  const std::size_t end = list.find_first_of(",-]", bracket);
  return std::string(list.substr(0, bracket)) +
         std::string(list.substr(bracket + 1, end == list.npos ? list.npos : end - bracket - 1));
}

Launch launchOf(const std::function<std::string(const char*)>& variable) {
  if (!variable("RANK").empty() && !variable("WORLD_SIZE").empty()) return launchOfTorchrun(variable);
  // A batch script has a SLURM_PROCID too, and is one process whatever was allocated for it: srun's tasks are
  // steps.
  const bool is_step = !variable("SLURM_STEP_ID").empty() || !variable("SLURM_STEP_NUM_TASKS").empty() ||
                       !variable("SLURM_STEP_TASKS_PER_NODE").empty();
  if (is_step && !variable("SLURM_PROCID").empty() && !variable("SLURM_NTASKS").empty())
    return launchOfSlurm(variable);
  return {};
}

Launch launchOfEnvironment() {
  return launchOf([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  });
}

}  // namespace hbev
