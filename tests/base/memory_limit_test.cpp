#include "core/base/memory_limit.h"

#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using Holder = MemoryLimit::Holder;

constexpr std::uint64_t kMiB = 1 << 20;

/// A machine made of files: 1 GiB, of which 800 MiB are free, and 100 MiB of swap.
class MemoryLimits : public testing::Test {
 protected:
  void SetUp() override {
    rlimit limit{};
    getrlimit(RLIMIT_AS, &limit);
    if (limit.rlim_cur != RLIM_INFINITY) GTEST_SKIP() << "the address space is limited";
    put("proc/meminfo",
        "MemTotal:  1048576 kB\nMemFree: 1 kB\nMemAvailable: 819200 kB\nSwapFree: 102400 kB\n");
  }

  void put(const std::string& file, const std::string& text) const { writeFile(root_ / file, text); }

  void expectLimit(std::uint64_t bytes, Holder holder, const std::string& group = {}) const {
    const MemoryLimit limit = memoryLimit(root_.path());
    EXPECT_EQ(limit.bytes, bytes);
    EXPECT_EQ(limit.holder, holder);
    EXPECT_EQ(limit.group, group);
  }
  std::uint64_t left() const { return memoryLeft(root_.path()).bytes; }

  test::TemporaryFolder root_;
};

TEST_F(MemoryLimits, OfAMachineWithoutGroupsAreItsMemory) {
  expectLimit(1024 * kMiB, Holder::Machine);
  EXPECT_EQ(left(), 800 * kMiB);
  EXPECT_EQ(machineMemoryAndSwap(root_.path()), 900 * kMiB);
}

TEST_F(MemoryLimits, OfGroupsAreTheLeastOfOwnAndParents) {
  put("proc/self/cgroup", "0::/jobs/job_7/step_0\n");
  put("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
  const std::string groups = "sys/fs/cgroup/jobs/";
  put(groups + "job_7/step_0/memory.max", "max\n");
  expectLimit(1024 * kMiB, Holder::Machine);
  put(groups + "job_7/memory.max", "314572800\n");
  put(groups + "job_7/memory.current", "209715200\n");
  put(groups + "memory.max", "524288000\n");
  put(groups + "memory.current", "500000000\n");
  expectLimit(300 * kMiB, Holder::ControlGroup, "/jobs/job_7");
  EXPECT_EQ(left(), 524288000 - 500000000) << "the parent has less left";
  put(groups + "memory.current", "209715200\n");
  EXPECT_EQ(left(), 100 * kMiB);
  put(groups + "job_7/step_0/memory.max", "0\n");
  EXPECT_EQ(left(), 1U) << "0 would be unknown";
}

TEST_F(MemoryLimits, CountWhatWasOnlyReadAsFree) {
  put("proc/self/cgroup", "0::/\n");
  put("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  put("sys/fs/cgroup/memory.max", "314572800\n");
  put("sys/fs/cgroup/memory.current", "314572800\n");
  put("sys/fs/cgroup/memory.stat",
      "anon 104857600\nfile 209715200\nactive_file 52428800\ninactive_file 157286400\n");
  EXPECT_EQ(left(), 200 * kMiB);
  EXPECT_EQ(machineMemoryAndSwap(root_.path()), 300 * kMiB) << "all of the machine's swap";
  put("sys/fs/cgroup/memory.swap.max", "31457280\n");
  put("sys/fs/cgroup/memory.swap.current", "20971520\n");
  EXPECT_EQ(machineMemoryAndSwap(root_.path()), 210 * kMiB);
}

TEST_F(MemoryLimits, OfTheFirstVersionOfGroups) {
  put("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/slurm/uid_1/job_7\n0::/\n");
  put("proc/self/mountinfo",
      "34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
      "35 31 0:32 / /sys/fs/cgroup/cpu\\040memory rw - cgroup cgroup rw,cpu,memory\n");
  const std::string group = "sys/fs/cgroup/cpu memory/slurm/uid_1/job_7/";
  put(group + "memory.limit_in_bytes", "314572800\n");
  put(group + "memory.usage_in_bytes", "262144000\n");
  put(group + "memory.stat", "inactive_file 1\ntotal_inactive_file 52428800\n");
  put("sys/fs/cgroup/cpu memory/memory.limit_in_bytes", "9223372036854771712\n");
  expectLimit(300 * kMiB, Holder::ControlGroup, "/slurm/uid_1/job_7");
  EXPECT_EQ(left(), 100 * kMiB);
  put(group + "memory.memsw.limit_in_bytes", "335544320\n");
  put(group + "memory.memsw.usage_in_bytes", "262144000\n");
  EXPECT_EQ(machineMemoryAndSwap(root_.path()), 120 * kMiB) << "20 MiB of swap are granted";
}

TEST_F(MemoryLimits, OfAContainerThatSeesItsOwnGroupOnly) {
  put("proc/self/cgroup", "0::/docker/4f1e\n");
  put("sys/fs/cgroup/memory.max", "314572800\n");
  put("proc/self/mountinfo", "31 23 0:28 /docker/4f1e /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  expectLimit(300 * kMiB, Holder::ControlGroup, "/docker/4f1e");
  put("proc/self/cgroup", "0::/../elsewhere\n");
  put("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  expectLimit(300 * kMiB, Holder::ControlGroup, "/");
}

TEST_F(MemoryLimits, OfDamagedFilesAreNone) {
  put("proc/self/cgroup", "0::/\n0\n::\n:");
  put("proc/self/mountinfo",
      "31\n\n31 23 0:28 / /sys/fs/cgroup rw\n31 23 0:28 / /sys/fs/cgroup rw - cgroup2\n");
  put("sys/fs/cgroup/memory.max", "much\n");
  expectLimit(1024 * kMiB, Holder::Machine);
  fs::remove(root_ / "proc/meminfo");
  expectLimit(0, Holder::Machine);
  EXPECT_EQ(machineMemoryAndSwap(root_.path()), 0U);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(MemoryLimits, OfTheAddressSpaceHoldToo) {
  put("proc/meminfo", "MemTotal:  1073741824 kB\nMemAvailable: 1073741824 kB\n");
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  const rlimit limit{rlim_t(64) << 30, before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
  const MemoryLimit all = memoryLimit(root_.path()), left = memoryLeft(root_.path());
  setrlimit(RLIMIT_AS, &before);
  EXPECT_EQ(all.bytes, std::uint64_t(64) << 30);
  EXPECT_EQ(all.holder, Holder::AddressSpace);
  EXPECT_LT(left.bytes, all.bytes);
  EXPECT_GT(left.bytes, std::uint64_t(32) << 30);
  EXPECT_EQ(addressSpaceLeft(), std::nullopt);
}
#endif

}  // namespace
}  // namespace hbev
