// What torchrun and Slurm say to their processes is understood, and how the first of them is found.
#include "core/runs/launch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/base/error.h"
#include "core/runs/launch_meeting.h"
#include "tests/base/free_port.h"

namespace hbev {
namespace {

using Variables = std::map<std::string, std::string>;

Launch launchWith(Variables variables) {
  return launchOf([&](const char* name) { return variables[name]; });
}

// As torch 2.11's torchrun sets them.
TEST(Launch, FollowsTorchrun) {
  EXPECT_EQ(launchWith({}).count, 1);
  Variables variables{{"RANK", "5"},        {"WORLD_SIZE", "16"},
                      {"LOCAL_RANK", "1"},  {"LOCAL_WORLD_SIZE", "4"},
                      {"MASTER_ADDR", "a"}, {"MASTER_PORT", "29400"}};
  const Launch by_hand = launchWith(variables);
  EXPECT_EQ(by_hand.rank, 5);
  EXPECT_EQ(by_hand.count, 16);
  EXPECT_EQ(by_hand.local_rank, 1);
  EXPECT_EQ(by_hand.local_count, 4);
  EXPECT_EQ(by_hand.host, "a");
  EXPECT_EQ(by_hand.port, 29400);
  EXPECT_FALSE(by_hand.restarts);
  variables["TORCHELASTIC_USE_AGENT_STORE"] = "True";  // torchrun itself listens at its port
  variables["TORCHELASTIC_RUN_ID"] = "night";
  variables["TORCHELASTIC_MAX_RESTARTS"] = "0";
  EXPECT_EQ(launchWith(variables).port, 29401);
  EXPECT_EQ(launchWith(variables).id, "night");
  EXPECT_FALSE(launchWith(variables).restarts);
  variables["TORCHELASTIC_MAX_RESTARTS"] = "3";
  EXPECT_TRUE(launchWith(variables).restarts);
  variables["RANK"] = "16";
  EXPECT_THROW(launchWith(variables), Error);
  variables["RANK"] = "five";
  EXPECT_THROW(launchWith(variables), Error);
}

// As Slurm 22.05's srun sets them.
TEST(Launch, FollowsSlurm) {
  Variables variables{{"SLURM_PROCID", "9"},
                      {"SLURM_NTASKS", "19"},
                      {"SLURM_STEP_NUM_TASKS", "16"},
                      {"SLURM_LOCALID", "1"},
                      {"SLURM_NODEID", "1"},
                      {"SLURM_STEP_TASKS_PER_NODE", "7,9"},
                      {"SLURM_JOB_ID", "123456"},
                      {"SLURM_STEP_ID", "0"},
                      {"SLURM_JOB_NODELIST", "gpu[02-04],login1"},
                      {"SLURM_STEP_NODELIST", "gpu[03-04]"},
                      {"SLURM_LAUNCH_NODE_IPADDR", "10.0.0.9"}};
  const Launch launch = launchWith(variables);
  EXPECT_EQ(launch.rank, 9);
  EXPECT_EQ(launch.count, 16);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.local_count, 9);
  EXPECT_EQ(launch.host, "gpu03");
  EXPECT_EQ(launch.port, 23456);
  EXPECT_EQ(launch.id, "123456.0");
  variables["SLURM_STEP_ID"] = "1";  // two steps of a job at the same time
  EXPECT_EQ(launchWith(variables).port, 23557);
  EXPECT_EQ(launchWith(variables).id, "123456.1");
  variables["MASTER_ADDR"] = "head";
  variables["MASTER_PORT"] = "29500";
  EXPECT_EQ(launchWith(variables).host, "head");
  EXPECT_EQ(launchWith(variables).port, 29500);
}

TEST(Launch, OfSlurmOnOneMachineNeedsNoName) {
  Variables variables{{"SLURM_PROCID", "1"},
                      {"SLURM_NTASKS", "2"},
                      {"SLURM_STEP_ID", "0"},
                      {"SLURM_STEP_TASKS_PER_NODE", "2"},
                      {"SLURM_STEP_NODELIST", "node01"}};
  EXPECT_EQ(launchWith(variables).host, "127.0.0.1");
  variables["SLURM_STEP_TASKS_PER_NODE"] = "1(x2)";
  EXPECT_EQ(launchWith(variables).host, "node01");
  variables.erase("SLURM_STEP_ID");  // a batch script, which srun did not start
  variables.erase("SLURM_STEP_TASKS_PER_NODE");
  EXPECT_EQ(launchWith(variables).count, 1);
}

TEST(Launch, KnowsWhatBelongsToAProcessAlone) {
  Variables variables{{"SLURM_PROCID", "3"},        {"SLURM_NTASKS", "4"},
                      {"SLURM_STEP_ID", "0"},       {"SLURM_LOCALID", "3"},
                      {"SLURM_CPUS_PER_TASK", "1"}, {"SLURM_STEP_TASKS_PER_NODE", "4"}};
  EXPECT_EQ(launchWith(variables).card, 3);
  variables["CUDA_VISIBLE_DEVICES"] = "0,1,2,3";
  EXPECT_EQ(launchWith(variables).card, 3);
  variables["CUDA_VISIBLE_DEVICES"] = "3";  // srun --gpus-per-task=1
  EXPECT_EQ(launchWith(variables).card, 0);
  EXPECT_EQ(launchWith(variables).processors, 1);
  EXPECT_EQ(processorsOf(launchWith(variables)), 1);
  Launch launch;
  const int all = processorsOf(launch);
  launch.processors = all + 1;
  EXPECT_EQ(processorsOf(launch), all);
  launch.processors = 0;
  launch.local_count = 4;
  EXPECT_EQ(processorsOf(launch, 8, 8), 2);
  EXPECT_EQ(processorsOf(launch, 2, 8), 2);  // each bound to its own
  EXPECT_EQ(processorsOf(launch, 6, 8), 1);  // all bound to the same
  EXPECT_EQ(processorsOf(launch, 2, 2), 1);
}

TEST(Launch, ReadsSlurmsLists) {
  EXPECT_EQ(firstNode("node7"), "node7");
  EXPECT_EQ(firstNode("node[01-04,07]"), "node01");
  EXPECT_EQ(firstNode("a,b[1-2]"), "a");
  EXPECT_EQ(firstNode("n[12,14]-x"), "n12-x");
  EXPECT_EQ(firstNode("rack[2-3]node[07-09],other"), "rack2node07");
  EXPECT_EQ(firstNode("n[3"), "n3");
  EXPECT_EQ(firstNode("n["), "n");
  EXPECT_EQ(firstNode(""), "");
  for (const auto& [node, tasks] : {std::pair(0, 4), {1, 4}, {2, 3}, {3, 0}})
    EXPECT_EQ(tasksOfNode("4(x2),3", node), tasks) << node;
  EXPECT_EQ(tasksOfNode("8", 0), 8);
  EXPECT_EQ(tasksOfNode("", 0), 0);
  EXPECT_EQ(tasksOfNode("x(x", 5), 0);
  EXPECT_EQ(tasksOfNode("2(x999999999999),3(x-4),5", 7), 0);
}

TEST(LaunchMeeting, WaitsForTheFirst) {
  test::FreePort listener;
  int looks = 0;
  const std::string address = awaitListener({.host = "localhost", .port = listener.number(), .look = [&] {
                                               if (++looks == 2) listener.listen();
                                             }});
  EXPECT_EQ(address, "127.0.0.1");
  EXPECT_GE(looks, 2);
  EXPECT_THROW(demandFreePort(listener.number()), Error);
}

TEST(LaunchMeeting, SaysWhoIsNotThere) {
  const auto said = [](const MeetingOptions& options) -> std::string {
    try {
      return awaitListener(options);
    } catch (const Error& error) {
      return error.what();
    }
  };
  const test::FreePort listener;
  const std::string nobody = said({.host = "127.0.0.1", .port = listener.number(), .patience_s = 1});
  EXPECT_NE(nobody.find("Rank 0 cannot be met at 127.0.0.1 port"), std::string::npos) << nobody;
  EXPECT_NE(nobody.find("rank 0 there within 1 s"), std::string::npos) << nobody;
  EXPECT_NE(nobody.find("Connection refused"), std::string::npos) << nobody;
  const std::string unknown = said({.host = "no.such.machine.invalid", .port = 7, .name_patience_s = 0});
  EXPECT_NE(unknown.find("no such machine"), std::string::npos) << unknown;
  EXPECT_THROW(
      awaitListener({.host = "127.0.0.1", .port = listener.number(), .look = [] { throw Cancelled(); }}),
      Cancelled);
}

TEST(LaunchMeeting, IsSeenByOthersUnderAnAddressThatIsNotLoopback) {
  const std::string address = addressTowards("127.0.0.1");
  if (address.empty()) GTEST_SKIP() << "no network";
  in_addr v4{};
  ASSERT_EQ(::inet_pton(AF_INET, address.c_str(), &v4), 1) << address;
  EXPECT_NE(ntohl(v4.s_addr) >> 24, 127U);
  EXPECT_EQ(addressTowards(address), address);
}

}  // namespace
}  // namespace hbev
