#include "core/runs/launch.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/processors.h"

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

/// `srun --gpus-per-task` shows each process its own card only.
int cardOf(const std::function<std::string(const char*)>& variable, int local_rank) {
  const std::string cards = variable("CUDA_VISIBLE_DEVICES");
  return cards.empty() || cards.find(',') != cards.npos ? local_rank : 0;
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
  launch.card = launch.local_rank;
  launch.id = variable("TORCHELASTIC_RUN_ID");
  const std::string restarts = variable("TORCHELASTIC_MAX_RESTARTS");
  launch.restarts = !restarts.empty() && restarts != "0";
  return launch;
}

/// Where the first task runs. Slurm's names of nodes are not always known to the network, and need not be
/// where one machine has all tasks.
std::string hostOfSlurm(const std::function<std::string(const char*)>& variable, const Launch& launch) {
  if (std::string host = variable("MASTER_ADDR"); !host.empty()) return host;
  if (launch.local_count == launch.count) return launch.host;
  for (const char* nodes :
       {"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST"}) {  // a step may have some of a job's
    if (std::string host = firstNode(variable(nodes)); !host.empty()) return host;
  }
  const std::string host = variable("SLURM_LAUNCH_NODE_IPADDR");
  return host.empty() ? launch.host : host;
}

/// Jobs that share a machine, and steps of a job, meet in different places.
int portOfSlurm(const std::string& job, const std::string& step) {
  const auto numberOf = [](const std::string& text) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number % 10000;
  };
  return 20000 + int((numberOf(job) + 101 * numberOf(step)) % 10000);
}

Launch launchOfSlurm(const std::function<std::string(const char*)>& variable) {
  Launch launch;
  constexpr int kMost = 1 << 20;
  const std::string of_step = variable("SLURM_STEP_NUM_TASKS");
  launch.count = wholeNumber(of_step.empty() ? variable("SLURM_NTASKS") : of_step, "SLURM_NTASKS", 1, kMost);
  launch.rank = wholeNumber(variable("SLURM_PROCID"), "SLURM_PROCID", 0, launch.count - 1);
  const std::string local = variable("SLURM_LOCALID"), node = variable("SLURM_NODEID");
  launch.local_rank = local.empty() ? 0 : wholeNumber(local, "SLURM_LOCALID", 0, launch.count - 1);
  const int tasks = tasksOfNode(variable("SLURM_STEP_TASKS_PER_NODE"),
                                node.empty() ? 0 : wholeNumber(node, "SLURM_NODEID", 0, kMost));
  launch.local_count = std::clamp(tasks, 1, launch.count);
  launch.host = hostOfSlurm(variable, launch);
  const std::string port = variable("MASTER_PORT"), job = variable("SLURM_JOB_ID"),
                    step = variable("SLURM_STEP_ID");
  launch.port = port.empty() ? portOfSlurm(job, step) : wholeNumber(port, "MASTER_PORT", 1, 65535);
  launch.card = cardOf(variable, launch.local_rank);
  if (const std::string processors = variable("SLURM_CPUS_PER_TASK"); !processors.empty())
    launch.processors = wholeNumber(processors, "SLURM_CPUS_PER_TASK", 1, kMost);
  launch.id = fmt::format("{}.{}", job, step);
  return launch;
}

}  // namespace

int processorsOf(const Launch& launch) {
  return processorsOf(launch, usableProcessors(), machineProcessors());
}

int processorsOf(const Launch& launch, int usable, int machine) {
  if (launch.processors > 0) return std::min(launch.processors, usable);
  // Tasks that srun binds one by one have no processor in common, and so no more than the machine has.
  const int share = std::max(1, launch.local_count);
  return std::int64_t(usable) * share <= machine ? usable : std::max(1, usable / share);
}

std::string firstNode(std::string_view list) {
  std::string name;
  while (!list.empty() && list.front() != ',') {
    if (list.front() != '[') {
      name += list.front();
      list.remove_prefix(1);
      continue;
    }
    list.remove_prefix(1);
    name += list.substr(0, list.find_first_of(",-]"));
    const std::size_t end = list.find(']');
    list.remove_prefix(end == list.npos ? list.size() : end + 1);
  }
  return name;
}

int tasksOfNode(std::string_view list, int node) {
  for (int first = 0; !list.empty();) {
    const std::string_view entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), entry.size() + 1));
    int tasks = 0, nodes = 1;
    std::from_chars(entry.data(), entry.data() + entry.size(), tasks);
    if (const std::size_t times = entry.find("(x"); times != entry.npos)
      std::from_chars(entry.data() + times + 2, entry.data() + entry.size(), nodes);
    if (node - first < nodes) return tasks;
    first += std::clamp(nodes, 0, node);
  }
  return 0;
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
