// Processes of a training that fall silent, as when a machine or its network is gone: they are suspended, so
// that their connections stay. The others end within the limits of JoinOptions, and say why.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/train/distributed.h"
#include "tests/base/free_port.h"
#include "tests/base/temporary_folder.h"

namespace hbev::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRankVariable = "HBEV_TEST_RANK";
constexpr int kStuck = 7;
constexpr auto kLook = std::chrono::milliseconds(10);

/// What one process does, as one word of its environment tells it.
struct Part {
  int rank = 0, count = 2, port = 0;
  std::string act = "waits";  ///< see the acts below
  double answer_s = 60, connect_s = 60, patience_s = 60;
};

void touch(const fs::path& file) {
  std::ofstream stream(file);
}

/// Until this process or the meeting ends.
void play(const JoinOptions& options, const std::string& act, const fs::path& folder) {
  std::shared_ptr<JoinedPeers> peers = joinPeers(options);
  touch(folder / fmt::format("ready-{}", options.launch.rank));
  try {
    while (act == "waits") {
      peers->any(false);
      std::this_thread::sleep_for(kLook);
    }
  } catch (const Error& error) {
    peers->giveUp(error.what());
    throw;
  }
  std::function<void()> sum;
  const torch::Tensor values = at::ones({100});
  if (act == "gives up while it sums") sum = peers->startSum(values);
  while (!fs::exists(folder / "go"))
    std::this_thread::sleep_for(kLook);
  if (act != "leaves") peers->giveUp("its disk is on fire.");
}

/// Not a test: one process of those below.
TEST(SilentRank, DISABLED_Process) {
  const char* text = std::getenv(kRankVariable);
  if (!text) GTEST_SKIP() << "is started by the tests";
  std::istringstream words(text);
  JoinOptions options;
  std::string act, folder;
  Launch& launch = options.launch;
  words >> launch.rank >> launch.count >> launch.port >> options.answer_s >> options.connect_s >>
      options.patience_s;
  std::getline(words >> std::ws, act);
  std::getline(words, folder);
  launch.local_rank = launch.rank;
  launch.local_count = launch.count;
  options.stuck = [](const std::string& sentence) {
    fmt::print("stuck: {}\n", sentence);
    std::fflush(stdout);
    std::_Exit(kStuck);
  };
  int asked = 0;
  options.stop_wanted = [&] {
    // By then it waits for the others, who have been told that it is here.
    constexpr int kMeets = 20;
    if (++asked == kMeets && act == "is suspended while it meets") ::raise(SIGSTOP);
    if (asked == 2) touch(fs::path(folder) / fmt::format("meets-{}", launch.rank));
    return false;
  };
  try {
    play(options, act, folder);
  } catch (const Error& error) {
    FAIL() << error.what();
  }
}

class SilentPeers : public testing::Test {
 protected:
  void SetUp() override {
    if (!whyOneProcess().empty()) GTEST_SKIP() << whyOneProcess();
  }
  ~SilentPeers() override {
    for (const auto& [rank, pid] : running_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

  void start(const Part& part) {
    const std::string task =
        fmt::format("{}={} {} {} {} {} {} {}\n{}", kRankVariable, part.rank, part.count, part.port,
                    part.answer_s, part.connect_s, part.patience_s, part.act, folder_.path().string());
    std::vector<std::string> arguments{"test", "--gtest_also_run_disabled_tests",
                                       "--gtest_filter=SilentRank.DISABLED_Process"};
    std::vector<char*> words, variables{const_cast<char*>(task.c_str())};
    for (std::string& argument : arguments)
      words.push_back(argument.data());
    for (char** entry = environ; *entry; ++entry)
      variables.push_back(*entry);
    words.push_back(nullptr);
    variables.push_back(nullptr);
    const std::string output = outputOf(part.rank).string();
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      ::execve("/proc/self/exe", words.data(), variables.data());
      ::_exit(127);
    }
    running_[part.rank] = pid;
  }

  void suspend(int rank) {
    ::kill(running_.at(rank), SIGSTOP);
    expectSuspended(rank);
  }
  void expectSuspended(int rank) {
    int status = 0;
    EXPECT_EQ(::waitpid(running_.at(rank), &status, WUNTRACED), running_.at(rank));
    EXPECT_TRUE(WIFSTOPPED(status)) << said(rank);
    if (!WIFSTOPPED(status)) running_.erase(rank);
  }

  /// Until the process has made the file, which it fails to do when it ends before.
  void await(const std::string& file, int rank) const {
    for (bool over = false; !fs::exists(folder_ / file);) {
      if (over) {
        ADD_FAILURE() << "rank " << rank << " has ended without " << file << ":\n" << said(rank);
        return;
      }
      siginfo_t end{};
      ::waitid(P_PID, id_t(running_.at(rank)), &end, WEXITED | WNOHANG | WNOWAIT);
      over = end.si_pid != 0;
      if (!over) std::this_thread::sleep_for(kLook);
    }
  }

  /// Its exit status. A process that has not ended after a minute never will.
  int ended(int rank) {
    const pid_t pid = running_.at(rank);
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > until) {
        ADD_FAILURE() << "rank " << rank << " outlives the others";
        return -1;
      }
      std::this_thread::sleep_for(kLook);
    }
    running_.erase(rank);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string said(int rank) const {
    const std::vector<std::byte> bytes = readFile(outputOf(rank), 1 << 20);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  void expectSaid(int rank, const std::string& sentence) const {
    EXPECT_NE(said(rank).find(sentence), std::string::npos) << said(rank);
  }

  void awaitReady(int count) const {
    for (int rank = 0; rank < count; ++rank)
      await(fmt::format("ready-{}", rank), rank);
  }
  fs::path outputOf(int rank) const { return streams_ / fmt::format("rank-{}", rank); }

  TemporaryFolder folder_, streams_;
  std::map<int, pid_t> running_;
};

TEST_F(SilentPeers, AListenerThatNeverAnswersIsNotWaitedForForEver) {
  FreePort listener;
  listener.listen();
  start({.rank = 1, .port = listener.number(), .answer_s = 1});
  // LibTorch gives up by itself, or is ended: whichever comes first.
  EXPECT_NE(ended(1), 0);
  expectSaid(1, " at 127.0.0.1 port");
}

TEST_F(SilentPeers, WhoDoesNotConnectEndsTheMeeting) {
  const int port = freePort();
  start({.rank = 0, .count = 3, .port = port, .connect_s = 0.5});
  await("meets-0", 0);
  start({.rank = 1, .count = 3, .port = port, .act = "is suspended while it meets"});
  expectSuspended(1);
  start({.rank = 2, .count = 3, .port = port, .connect_s = 0.5});
  EXPECT_EQ(ended(0), kStuck);
  expectSaid(0, "stuck: Rank 0 does not reach the other processes over the network");
  EXPECT_NE(ended(2), 0);
}

TEST_F(SilentPeers, WhoFallsSilentIsNamedWhenPatienceIsOver) {
  const int port = freePort();
  // Rank 1 beats once a second.
  start({.rank = 0, .port = port, .patience_s = 3});
  start({.rank = 1, .port = port});
  awaitReady(2);
  suspend(1);
  EXPECT_NE(ended(0), 0);
  expectSaid(0, "Rank 1 has been silent for 3 s");
}

TEST_F(SilentPeers, WhenTheFirstFallsSilentTheOthersEnd) {
  const int port = freePort();
  for (const int rank : {0, 1, 2})
    start({.rank = rank, .count = 3, .port = port, .patience_s = rank == 0 ? 60. : 3.});
  awaitReady(3);
  suspend(0);
  for (const int rank : {1, 2}) {
    EXPECT_EQ(ended(rank), kStuck);
    expectSaid(rank, "Rank 0 has been silent for 3 s");
  }
}

TEST_F(SilentPeers, WhoGivesUpDoesNotWaitForTheFirstForEver) {
  const int port = freePort();
  start({.rank = 0, .port = port});
  start({.rank = 1, .port = port, .act = "gives up", .answer_s = 2});
  awaitReady(2);
  suspend(0);
  touch(folder_ / "go");
  EXPECT_EQ(ended(1), kStuck);
  expectSaid(1, "stuck: Rank 1 has ended: its disk is on fire; another process has been silent for 2 s");
}

// It may also end by itself: when it asks nothing of the others at that moment.
TEST_F(SilentPeers, WhoEndsIsNotHeldUpByWhoIsSilent) {
  for (const std::string act : {"leaves", "gives up while it sums"}) {
    const int port = freePort();
    fs::remove(folder_ / "go");
    for (const int rank : {0, 1, 2}) {
      fs::remove(folder_ / fmt::format("ready-{}", rank));
      // Beats ten times a second, so that one is under way.
      start({.rank = rank,
             .count = 3,
             .port = port,
             .act = rank == 1 ? act : "waits",
             .answer_s = 2,
             .patience_s = rank == 1 ? 1. : 60.});
    }
    awaitReady(3);
    suspend(2);
    if (act == "leaves") suspend(0);
    touch(folder_ / "go");
    const int code = ended(1);
    if (code == kStuck) {
      expectSaid(1, "silent for");
    } else {
      EXPECT_EQ(code, 0) << said(1);
    }
    for (const int rank : {0, 2}) {
      ::kill(running_.at(rank), SIGKILL);
      ended(rank);
    }
  }
}

}  // namespace
}  // namespace hbev::test
