#include <gtest/gtest.h>

#include "core/doctor/machine_facts.h"
#include "tests/doctor/found.h"

namespace hbev::doctor {
namespace {

using test::find;
using test::stateOf;
using State = Finding::State;

MachineFacts goodMachine() {
  MachineFacts facts;
  facts.processor = "A processor";
  facts.cores = 8;
  facts.instructions = "AVX2";
  facts.memory_bytes = facts.memory_limit.bytes = 32'000'000'000;
  facts.memory_left.bytes = 20'000'000'000;
  facts.cache_folder = "/home/somebody/.cache";
  facts.cache_free_bytes = std::uint64_t(100) << 30;
  facts.torch_version = "1.13.1";
  facts.openmp_threads = 8;
  facts.python = "/usr/bin/python3";
  facts.cuda.driver_library = facts.cuda.device_present = true;
  facts.cuda.driver_version = "580.65";
  facts.cuda.driver_cuda = 13000;
  facts.cuda.toolkit_cuda = 12040;
  facts.cuda.devices = {{"A card", 24000000000}};
  return facts;
}

TEST(MachineDoctor, AGoodMachineIsGood) {
  const std::vector<Finding> findings = judgeMachine(goodMachine());
  EXPECT_EQ(worstOf(findings), State::Good) << testing::PrintToString(findings);
  EXPECT_TRUE(find(findings, "A processor"));
  EXPECT_TRUE(find(findings, "A card, 24 GB"));
}

TEST(MachineDoctor, ThisMachineIsExamined) {
  const std::vector<Finding> findings = inspectMachine();
  EXPECT_GE(findings.size(), 6U);
  EXPECT_EQ(find(findings, "Unknown processor"), std::nullopt);
  for (const Finding& finding : findings) {
    EXPECT_FALSE(finding.area.empty() || finding.title.empty()) << testing::PrintToString(finding);
    if (finding.state >= State::Warning) {
      EXPECT_NE(finding.advice, "") << testing::PrintToString(finding);
    }
  }
}

TEST(MachineDoctor, LittleMemoryAndDiskAreWarnings) {
  MachineFacts facts = goodMachine();
  facts.memory_limit.bytes = facts.memory_left.bytes = 2'000'000'000;
  facts.cache_free_bytes = 100000000;
  const std::vector<Finding> findings = judgeMachine(facts);
  EXPECT_EQ(stateOf(findings, "2.0 GB"), State::Warning);
  EXPECT_EQ(stateOf(findings, "100 MB are free for caches"), State::Warning);
  facts.cache_free_bytes.reset();
  EXPECT_EQ(stateOf(judgeMachine(facts), "cache folder cannot be used"), State::Warning);
}

TEST(MachineDoctor, TheLimitOfTheMemoryThatHoldsIsNamed) {
  using Holder = MemoryLimit::Holder;
  MachineFacts facts = goodMachine();
  EXPECT_EQ(find(judgeMachine(facts), "32 GB")->detail, "20 GB are free.");
  facts.memory_limit = {8'000'000'000, Holder::ControlGroup, "/slurm/job_7"};
  facts.memory_left = {6'000'000'000, Holder::ControlGroup, "/slurm/job_7"};
  EXPECT_EQ(find(judgeMachine(facts), "8.0 GB, the limit of this container or job")->detail,
            "6.0 GB are free. The machine has 32 GB. Control group: /slurm/job_7.");
  facts.memory_left = {1'000'000'000, Holder::AddressSpace, {}};
  EXPECT_EQ(find(judgeMachine(facts), "8.0 GB")->detail,
            "1.0 GB are free, the limit of this process (ulimit -v). The machine has 32 GB. Control group: "
            "/slurm/job_7.");
  facts.memory_limit = {2'000'000'000, Holder::AddressSpace, {}};
  EXPECT_EQ(stateOf(judgeMachine(facts), "2.0 GB, the limit of this process (ulimit -v)"), State::Warning);
}

TEST(MachineDoctor, ThreadVariablesAreJudgedByTheCores) {
  MachineFacts facts = goodMachine();
  facts.environment["OMP_NUM_THREADS"] = "2";
  EXPECT_EQ(stateOf(judgeMachine(facts), "OMP_NUM_THREADS=2 leaves 6 cores idle"), State::Note);
  facts.environment["OMP_NUM_THREADS"] = "64";
  EXPECT_EQ(stateOf(judgeMachine(facts), "OMP_NUM_THREADS=64 on 8 cores"), State::Warning);
  facts.environment["OMP_NUM_THREADS"] = "many";
  EXPECT_EQ(stateOf(judgeMachine(facts), "no number"), State::Warning);
  facts.environment["OMP_NUM_THREADS"] = "8";
  EXPECT_EQ(stateOf(judgeMachine(facts), "8 threads for work"), State::Good);
  facts.openblas_kind = 1;
  EXPECT_EQ(stateOf(judgeMachine(facts), "OpenBLAS brings threads"), State::Note);
  facts.environment["OPENBLAS_NUM_THREADS"] = "1";
  EXPECT_EQ(stateOf(judgeMachine(facts), "OpenBLAS brings threads"), std::nullopt);
}

TEST(MachineDoctor, CudaDevices) {
  EXPECT_EQ(stateOf(judgeCuda({}), "No NVIDIA card was found"), State::Note);
  CudaFacts facts;
  facts.device_present = true;
  EXPECT_EQ(stateOf(judgeCuda(facts), "not its driver"), State::Warning);
  facts.driver_library = true;
  facts.refusal = "unknown error";
  EXPECT_NE(find(judgeCuda(facts), "cannot be used")->detail.find("unknown error"), std::string::npos);
  facts = goodMachine().cuda;
  facts.toolkit_cuda = 14010;
  EXPECT_NE(find(judgeCuda(facts), "driver is older")->detail.find("14.1"), std::string::npos);
  facts.toolkit_cuda = 0;
  EXPECT_EQ(stateOf(judgeCuda(facts), "built without CUDA"), State::Note);
}

}  // namespace
}  // namespace hbev::doctor
