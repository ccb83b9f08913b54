#include "core/train/launch.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/base/error.h"

namespace hbev {
namespace {

int freePort() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const bool found = descriptor >= 0 && ::bind(descriptor, plain, length) == 0 &&
                     ::getsockname(descriptor, plain, &length) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (found) return ntohs(address.sin_port);
  throw Error({"There is no free port for the processes to meet at", {}, {}, std::strerror(errno), {}});
}

[[noreturn]] void failToStart(int count, const std::string& why) {
  throw Error({"The processes of the training cannot be started",
               {},
               fmt::format("room for {} of them", count),
               why,
               "Take a smaller --nproc, or raise this shell's limits (ulimit -n, ulimit -u)."});
}

/// This process's variables, with torchrun's for another rank on this machine.
std::vector<std::string> environmentOf(int rank, const Launch& launch) {
  const auto names = {"RANK=",
                      "WORLD_SIZE=",
                      "LOCAL_RANK=",
                      "LOCAL_WORLD_SIZE=",
                      "MASTER_ADDR=",
                      "MASTER_PORT=",
                      "TORCHELASTIC_USE_AGENT_STORE=",
                      "TORCHELASTIC_RUN_ID=",
                      "TORCHELASTIC_MAX_RESTARTS="};
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (std::ranges::none_of(names, [&](const char* name) { return text.starts_with(name); }))
      environment.emplace_back(text);
  }
  for (const std::string& entry :
       {fmt::format("RANK={}", rank), fmt::format("WORLD_SIZE={}", launch.count),
        fmt::format("LOCAL_RANK={}", rank), fmt::format("LOCAL_WORLD_SIZE={}", launch.count),
        std::string("MASTER_ADDR=127.0.0.1"), fmt::format("MASTER_PORT={}", launch.port)}) {
    environment.push_back(entry);
  }
  return environment;
}

}  // namespace

struct LocalProcesses::Child {
  int rank = 0;
  pid_t pid = 0;
  int output = -1;  // what it prints
  std::atomic<bool> ended{false};
  mutable std::mutex mutex;
  std::string failure;
  std::jthread reader;

  /// Until it ends.
  void follow() {
    std::string line;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = ::read(output, part.data(), part.size())) != 0;) {
      if (got < 0 && errno != EINTR) break;
      for (ssize_t i = 0; i < got; ++i) {
        if (part[std::size_t(i)] != '\n') {
          line += part[std::size_t(i)];
          continue;
        }
        fmt::print(stderr, "[rank {}] {}\n", rank, line);
        line.clear();
      }
    }
    if (!line.empty()) fmt::print(stderr, "[rank {}] {}\n", rank, line);
    ::close(output);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    const std::lock_guard lock(mutex);
    if (WIFSIGNALED(status)) {
      failure = fmt::format("Rank {} was ended by signal {}", rank, WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
      failure = fmt::format("Rank {} failed", rank);
    }
    ended = true;
  }
};

LocalProcesses::LocalProcesses(int count, const std::vector<std::string>& arguments) {
  launch_ = {.rank = 0, .count = count, .local_rank = 0, .local_count = count, .port = freePort()};
  try {
    for (int rank = 1; rank < count; ++rank)
      start(rank, arguments);
  } catch (const std::system_error& error) {  // no thread
    endAll();
    failToStart(count, error.code().message());
  } catch (...) {
    endAll();
    throw;
  }
}

void LocalProcesses::start(int rank, const std::vector<std::string>& arguments) {
  // All that a child needs is made before the fork: between it and exec it may not allocate.
  const std::vector<std::string> environment = environmentOf(rank, launch_);
  const auto pointersTo = [](const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const std::string& word : words)
      pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return pointers;
  };
  const std::vector<char*> words = pointersTo(arguments), variables = pointersTo(environment);
  auto child = std::make_unique<Child>();
  child->rank = rank;
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) failToStart(launch_.count, std::strerror(errno));
  const pid_t parent = ::getpid(), pid = ::fork();
  if (pid < 0) {
    const std::string why = std::strerror(errno);
    ::close(pipe[0]);
    ::close(pipe[1]);
    failToStart(launch_.count, why);
  }
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe[1], STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    if (::getppid() == parent) ::execve("/proc/self/exe", words.data(), variables.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  child->pid = pid;
  child->output = pipe[0];
  try {
    child->reader = std::jthread([raw = child.get()] { raw->follow(); });
  } catch (const std::system_error&) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ::close(pipe[0]);
    throw;
  }
  children_.push_back(std::move(child));
}

void LocalProcesses::endAll() {
  constexpr auto kPatience = std::chrono::seconds(5);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  const auto running = [&] {
    return std::ranges::any_of(children_, [](const auto& c) { return !c->ended; });
  };
  for (const auto& child : children_) {
    if (!child->ended) ::kill(child->pid, SIGTERM);
  }
  while (running() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (const auto& child : children_) {
    if (!child->ended) ::kill(child->pid, SIGKILL);
  }
  wait();
}

LocalProcesses::~LocalProcesses() {
  endAll();
}

std::string LocalProcesses::failure() const {
  for (const auto& child : children_) {
    const std::lock_guard lock(child->mutex);
    if (!child->failure.empty()) return child->failure;
  }
  return {};
}

void LocalProcesses::wait() {
  for (const auto& child : children_) {
    if (child->reader.joinable()) child->reader.join();
  }
}

}  // namespace hbev
