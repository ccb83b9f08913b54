// The index cache: the second opening finds what the first found, and no file that is not exactly ours is
// trusted.
#include "core/data/table_cache.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <spawn.h>
#include <thread>
#include <unistd.h>
#include <xxhash.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/index_text.h"
#include "tests/data/made_nuscenes.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::indexText;
using test::MadeNuscenes;
using test::TemporaryFolder;

class TableCache : public testing::Test {
 protected:
  TableCache() {
    made_.row("sample_data", "a0-CAM_BACK")["sample_token"] = "nowhere";
    made_.removeTable("log");
    made_.write(folder_.path());
    options_.least_bytes = 0;
    options_.user_folder = folder_ / "user";
  }

  struct Outcome {
    std::string text;
    bool is_from_cache = false;
  };
  /// Opens, and waits until the cache is written.
  Outcome open() const {
    OpenedIndex opened = openNuscenesIndex(tables_, nullptr, options_);
    return {indexText(opened.index), opened.is_from_cache};
  }
  std::string cacheBytes() const {
    std::ifstream stream(cache_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::vector<std::string> filesIn(const fs::path& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".json") names.push_back(entry.path().filename());
    }
    return names;
  }
  void expectRebuilt(const std::string& why) const {
    const Outcome first = open();
    EXPECT_FALSE(first.is_from_cache) << why;
    EXPECT_EQ(first.text, whole_) << why;
    EXPECT_TRUE(cacheBytes() == cache_bytes_) << why;
  }
  /// The first opening, after which the members below it are filled.
  void makeCache() {
    whole_ = open().text;
    cache_bytes_ = cacheBytes();
    ASSERT_GT(cache_bytes_.size(), 1000U);
  }

  TemporaryFolder folder_;
  fs::path tables_ = folder_ / "v1.0-mini";
  fs::path cache_ = tables_ / kIndexCacheName;
  MadeNuscenes made_;
  IndexCacheOptions options_;
  std::string whole_, cache_bytes_;
};

TEST_F(TableCache, TheSecondOpeningFindsWhatTheFirstFound) {
  const Outcome first = open(), second = open();
  EXPECT_FALSE(first.is_from_cache);
  EXPECT_TRUE(second.is_from_cache);
  EXPECT_EQ(first.text, second.text);
  EXPECT_NE(first.text.find("log.json is missing"), std::string::npos) << "with its issues";
  EXPECT_EQ(filesIn(tables_), std::vector<std::string>{kIndexCacheName});
  EXPECT_FALSE(fs::exists(options_.user_folder));
}

TEST_F(TableCache, ADatasetFromTheCacheAnswersTheSame) {
  for (int round = 0; round < 2; ++round) {
    const auto dataset = Dataset::open(folder_.path(), {}, nullptr, options_);
    ASSERT_EQ(dataset->scenes().size(), 2U);
    EXPECT_EQ(dataset->scenes()[0].keyframes, (std::vector<std::string>{"a0", "a1", "a2"}));
    EXPECT_EQ(dataset->keyframeCount(), 4U);
    ASSERT_EQ(dataset->issues().size(), 3U);
    EXPECT_EQ(dataset->issues()[1].what, "Sensor readings name samples that sample.json does not hold");
    const Keyframe keyframe = dataset->keyframe(0, 1);
    EXPECT_EQ(keyframe.lidar->file, folder_ / "samples/LIDAR_TOP/a1.pcd.bin");
    ASSERT_EQ(keyframe.boxes.size(), 1U);
    EXPECT_EQ(keyframe.boxes[0].category, "vehicle.car");
    EXPECT_NEAR(keyframe.boxes[0].velocity_mps.x(), 2, 1e-9);
    EXPECT_EQ(dataset->cameraSequence(0, Camera::Front).size(), 6U);
  }
}

TEST_F(TableCache, ChangedTablesAreReadAgain) {
  open();
  made_.row("scene", "a")["description"] = "Mode";  // as long as before
  made_.write(folder_.path());
  fs::last_write_time(tables_ / "scene.json",
                      fs::last_write_time(tables_ / "scene.json") + std::chrono::nanoseconds(1000));
  const Outcome changed = open();
  EXPECT_FALSE(changed.is_from_cache);
  EXPECT_NE(changed.text.find("Mode"), std::string::npos);
  EXPECT_TRUE(open().is_from_cache);
  writeFile(tables_ / "log.json", std::string_view(R"([{"token": "log", "location": "a-new-town"}])"));
  const Outcome added = open();
  EXPECT_FALSE(added.is_from_cache) << "a table that was missing";
  EXPECT_NE(added.text.find("a-new-town"), std::string::npos);
  fs::remove(tables_ / "log.json");
  EXPECT_FALSE(open().is_from_cache) << "a table that is gone";
}

TEST_F(TableCache, ShortenedAndLengthenedFilesAreRebuilt) {
  makeCache();
  for (const std::size_t bytes :
       {std::size_t(0), std::size_t(1), std::size_t(100), std::size_t(327), std::size_t(328),
        std::size_t(400), cache_bytes_.size() / 2, cache_bytes_.size() - 1}) {
    writeFile(cache_, std::string_view(cache_bytes_).substr(0, bytes));
    expectRebuilt(std::to_string(bytes) + " bytes");
  }
  writeFile(cache_, cache_bytes_ + "x");
  expectRebuilt("a byte too many");
}

TEST_F(TableCache, FlippedBitsAreFound) {
  makeCache();
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    std::string damaged = cache_bytes_;
    const std::size_t at = round < 40 ? random() % 328 : 384 + random() % (damaged.size() - 384);
    damaged[at] = char(damaged[at] ^ (1 << random() % 8));
    writeFile(cache_, damaged);
    const Outcome outcome = open();
    ASSERT_EQ(outcome.text, whole_) << "bit flipped in byte " << at;
  }
}

/// Changes a field of the header and makes its checksum right again.
template <class Value>
std::string withHeaderField(std::string bytes, std::size_t at, Value value) {
  constexpr std::size_t kChecksum = 320;
  std::memcpy(bytes.data() + at, &value, sizeof(value));
  const std::uint64_t checksum = XXH3_64bits(bytes.data(), kChecksum);
  std::memcpy(bytes.data() + kChecksum, &checksum, sizeof(checksum));
  return bytes;
}

TEST_F(TableCache, OtherMachinesAndVersionsAndLengthsAreRefusedThoughTheirChecksumsAreRight) {
  makeCache();
  EXPECT_EQ(withHeaderField(cache_bytes_, 8, std::uint32_t(0x01020304)), cache_bytes_)
      << "the layout is this one";
  const auto expectRefused = [&](const std::string& bytes, const std::string& why) {
    writeFile(cache_, bytes);
    expectRebuilt(why);
  };
  expectRefused(withHeaderField(cache_bytes_, 8, std::uint32_t(0x04030201)), "another byte order");
  expectRefused(withHeaderField(cache_bytes_, 12, std::uint32_t(999)), "another format");
  expectRefused(withHeaderField(cache_bytes_, 16, std::uint64_t(1)), "other tables");
  for (std::size_t section = 0; section < 11; ++section) {
    const std::size_t at = 56 + 24 * section;
    for (const std::uint64_t value : {std::uint64_t(64) << 40, ~std::uint64_t(63), ~std::uint64_t(0)}) {
      expectRefused(withHeaderField(cache_bytes_, at, value), "an offset");
      expectRefused(withHeaderField(cache_bytes_, at + 8, value), "a number of rows");
      expectRefused(withHeaderField(cache_bytes_, at + 16, value), "a row's length");
    }
  }
}

TEST_F(TableCache, TheCacheOfAnotherDatasetIsNotTaken) {
  const TemporaryFolder other;
  MadeNuscenes different;
  different.row("scene", "a")["name"] = "scene-z";
  different.write(other.path());
  openNuscenesIndex(other / "v1.0-mini", nullptr, options_);
  makeCache();
  fs::copy_file(other / "v1.0-mini/.hbevocc-index", cache_, fs::copy_options::overwrite_existing);
  expectRebuilt("foreign");
}

TEST_F(TableCache, GoesToTheUsersFolderWhereTheDataCannotBeWrittenTo) {
  fs::create_directory(cache_);  // nothing can be renamed to this name, whoever one is
  const Outcome first = open(), second = open();
  EXPECT_FALSE(first.is_from_cache);
  EXPECT_TRUE(second.is_from_cache);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(filesIn(options_.user_folder).size(), 1U);
  EXPECT_EQ(filesIn(tables_), std::vector<std::string>{kIndexCacheName}) << "nothing is left lying about";
}

TEST_F(TableCache, WhereNothingCanBeWrittenTheTablesAreReadEveryTime) {
  fs::create_directory(cache_);
  writeFile(folder_ / "user", std::string_view("no folder"));
  const Outcome first = open(), second = open();
  EXPECT_FALSE(second.is_from_cache);
  EXPECT_EQ(first.text, second.text);
}

TEST_F(TableCache, SmallTablesNeedNone) {
  openNuscenesIndex(tables_, nullptr);
  EXPECT_TRUE(filesIn(tables_).empty());
}

TEST_F(TableCache, ACancelledOpeningLeavesNothing) {
  std::stop_source stop;
  Progress progress([&](const Progress::State&) { stop.request_stop(); }, stop.get_token());
  EXPECT_THROW(openNuscenesIndex(tables_, &progress, options_), Cancelled);
  EXPECT_TRUE(filesIn(tables_).empty());
  open();
  Progress cancelled({}, stop.get_token());
  EXPECT_THROW(openNuscenesIndex(tables_, &cancelled, options_), Cancelled) << "from the cache too";
}

TEST_F(TableCache, ManyMayOpenAtOnce) {
  makeCache();
  for (int round = 0; round < 5; ++round) {
    fs::remove(cache_);
    std::vector<Outcome> outcomes(6);
    {
      std::vector<std::jthread> threads;
      for (Outcome& outcome : outcomes)
        threads.emplace_back([&] { outcome = open(); });
    }
    for (const Outcome& outcome : outcomes)
      EXPECT_EQ(outcome.text, whole_);
    EXPECT_TRUE(cacheBytes() == cache_bytes_);
    EXPECT_EQ(filesIn(tables_), std::vector<std::string>{kIndexCacheName});
  }
}

/// This very test in a process of its own, as its other part.
class OtherProcess {
 public:
  explicit OtherProcess(std::string test) {
    std::string program = "/proc/self/exe", filter = "--gtest_filter=" + test;
    std::array<char*, 3> arguments{program.data(), filter.data(), nullptr};
    if (::posix_spawn(&id_, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) id_ = -1;
  }
  /// True when it came to a good end.
  bool isFine() const {
    int status = 1;
    return id_ > 0 && ::waitpid(id_, &status, 0) == id_ && status == 0;
  }

 private:
  pid_t id_ = -1;
};

/// Processes that open the same tables while the cache is absent, comes, becomes stale and is written anew.
TEST_F(TableCache, TwoProcessesMayOpenAtOnce) {
  constexpr const char* kFolder = "HBEV_TEST_TABLES";
  constexpr int kRounds = 25;
  if (const char* given = std::getenv(kFolder)) {  // one of the two
    tables_ = fs::path(given) / "v1.0-mini";
    const std::vector<std::byte> expected = readFile(fs::path(given) / "expected", 1 << 24);
    whole_.assign(reinterpret_cast<const char*>(expected.data()), expected.size());
    for (int round = 0; round < kRounds; ++round)
      ASSERT_EQ(open().text, whole_) << "round " << round;
    return;
  }
  makeCache();
  writeFile(folder_ / "expected", whole_);
  fs::remove(cache_);
  ::setenv(kFolder, folder_.path().c_str(), 1);
  const OtherProcess first("TableCache.TwoProcessesMayOpenAtOnce");
  const OtherProcess second("TableCache.TwoProcessesMayOpenAtOnce");
  ::unsetenv(kFolder);
  for (int round = 0; round < kRounds; ++round) {
    std::error_code code;
    if (round % 3 == 2) {
      fs::remove(cache_, code);
    } else {  // the same rows in a newer file
      fs::last_write_time(tables_ / "scene.json",
                          fs::file_time_type::clock::now() + std::chrono::seconds(round));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(first.isFine());
  EXPECT_TRUE(second.isFine());
  open();
  const Outcome last = open();
  EXPECT_TRUE(last.is_from_cache) << "whoever wrote it last";
  EXPECT_EQ(last.text, whole_);
  EXPECT_EQ(filesIn(tables_), std::vector<std::string>{kIndexCacheName});
}

}  // namespace
}  // namespace hbev
