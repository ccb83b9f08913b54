// A run's folder, written and followed at the same time: torn lines, shrunk files, runs that go on, a million
// events.
#include "core/runs/run_reader.h"

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>
#include <unistd.h>

#include <sys/wait.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/runs/process_facts.h"
#include "core/runs/run_writer.h"
#include "tests/base/python.h"
#include "tests/base/temporary_folder.h"

namespace hbev::test {
namespace {

namespace fs = std::filesystem;

RunFacts someFacts() {
  RunFacts facts;
  facts.name = "first try";
  facts.config = "tiny";
  facts.command_line = {"hbevocc", "train"};
  facts.created = 1000;
  facts.total_steps = 40;
  facts.seed = 0xFFFFFFFFFFFFFFFF;
  return facts;
}

void append(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

std::string stepLine(int step, double loss) {
  return fmt::format(R"({{"kind":"step","time":{},"step":{},"loss":{},"seconds":0.5}})", 100 + step, step,
                     loss) +
         "\n";
}

class RunReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    writeRunFacts(folder_.path(), someFacts());
    events_ = RunPaths(folder_.path()).events();
  }
  TemporaryFolder folder_;
  fs::path events_;
};

TEST_F(RunReaderTest, ReadsWhatWasAppendedAndWaitsForTornLines) {
  RunReader reader(folder_.path());
  EXPECT_FALSE(reader.poll());
  append(events_, stepLine(1, 4.5));
  const std::string second = stepLine(2, 3.5);
  append(events_, second.substr(0, 20));
  EXPECT_TRUE(reader.poll());
  EXPECT_EQ(reader.lastStep(), 1);
  EXPECT_FALSE(reader.poll());
  append(events_, second.substr(20));
  EXPECT_TRUE(reader.poll());
  const RunSeries loss = reader.series("loss");
  ASSERT_EQ(loss.values.size(), 2U);
  EXPECT_EQ(loss.steps[1], 2);
  EXPECT_EQ(loss.values[1], 3.5);
  EXPECT_EQ(loss.times[1], 102);
  EXPECT_EQ(reader.damagedLines(), 0U);
  EXPECT_TRUE(reader.series("nothing").values.empty());
}

TEST_F(RunReaderTest, ReadsAnewWhatHasBecomeShorterOrAnother) {
  for (int step = 1; step <= 5; ++step)
    append(events_, stepLine(step, step));
  RunReader reader(folder_.path());
  reader.poll();
  EXPECT_EQ(reader.lastStep(), 5);
  writeFile(events_, std::string_view(stepLine(1, 7)));  // by rename: another file
  EXPECT_TRUE(reader.poll());
  EXPECT_EQ(reader.lastStep(), 1);
  EXPECT_EQ(reader.series("loss").values[0], 7);
  append(events_, stepLine(2, 8));
  reader.poll();
  fs::resize_file(events_, stepLine(1, 7).size());  // the same file
  EXPECT_TRUE(reader.poll());
  EXPECT_EQ(reader.lastStep(), 1);
  fs::remove(events_);
  EXPECT_FALSE(reader.poll());
}

TEST_F(RunReaderTest, ARunThatGoesOnFromACheckpointLosesWhatCameAfterIt) {
  for (int step = 1; step <= 6; ++step)
    append(events_, stepLine(step, step));
  append(events_, R"({"kind":"evaluate","time":1,"step":6,"ray_iou":0.2})"
                  "\n");
  append(events_, R"({"kind":"save","time":1,"step":4,"file":"checkpoints/step-00000004.pth","best":false})"
                  "\n");
  append(events_, R"({"kind":"save","time":1,"step":6,"file":"checkpoints/step-00000006.pth","best":true})"
                  "\n");
  append(events_, R"({"kind":"start","time":1,"step":4,"resumed":true})"
                  "\n");
  append(events_, stepLine(5, 50));
  RunReader reader(folder_.path());
  reader.poll();
  const RunSeries loss = reader.series("loss");
  ASSERT_EQ(loss.values.size(), 5U);
  EXPECT_EQ(loss.values[3], 4);
  EXPECT_EQ(loss.values[4], 50);
  EXPECT_TRUE(reader.series("ray_iou").values.empty());
  ASSERT_EQ(reader.checkpoints().size(), 1U);
  EXPECT_EQ(reader.checkpoints()[0].file, folder_.path() / "checkpoints/step-00000004.pth");
}

TEST_F(RunReaderTest, DamageIsCountedAndPassedOver) {
  append(events_,
         "no json\n[1]\n{\"kind\":\"step\"}\n{\"kind\":3,\"step\":1}\n\n{\"kind\":\"step\",\"step\":-4}\n");
  append(events_, std::string("\xff\xfe\x00\n", 4));
  append(events_, R"({"kind":"step","step":1,"loss":null,"x":"text","y":[1],"seconds":1e999})"
                  "\n");
  append(events_, stepLine(2, 2));
  append(events_, std::string(3 << 20, 'x') + "\n");
  append(events_, stepLine(3, 3));
  RunReader reader(folder_.path());
  while (reader.poll()) {
  }
  EXPECT_EQ(reader.lastStep(), 3);
  EXPECT_GE(reader.damagedLines(), 6U);
  EXPECT_EQ(reader.series("loss").values.back(), 3);
  writeFile(RunPaths(folder_.path()).process(), std::string_view("{\"pid\": \"x\""));
  writeFile(RunPaths(folder_.path()).labels(), std::string_view("[]"));
  EXPECT_NO_THROW(reader.poll());
  EXPECT_EQ(reader.state(), RunState::Lost);
  EXPECT_THROW(RunReader(folder_.path() / "nobody"), Error);
  writeFile(RunPaths(folder_.path()).facts(), std::string_view("{"));
  EXPECT_THROW(RunReader(folder_.path()), Error);
}

/// Two lines with many numbers, far apart: what lies between takes memory for some of them only.
TEST_F(RunReaderTest, HolesOfAHostileLogAreNotFilledWithoutEnd) {
  constexpr int kRows = 150000, kColumns = 250;
  std::string numbers;
  for (int column = 0; column < kColumns; ++column)
    numbers += fmt::format(R"(,"c{}":1)", column);
  std::string text;
  for (int row = 1; row <= kRows; ++row) {
    text += fmt::format(R"({{"kind":"step","step":{},"loss":1{}}})", row,
                        row == 1 || row == kRows ? numbers : std::string());
    text += "\n";
  }
  append(events_, text);
  RunReader reader(folder_.path());
  const auto filledColumns = [&] {
    while (reader.poll()) {
    }
    std::size_t filled = 0;
    for (int column = 0; column < kColumns; ++column)
      filled += reader.series(fmt::format("c{}", column)).values.size() == std::size_t(kRows) ? 1 : 0;
    return filled;
  };
  constexpr std::size_t kMost = (std::size_t(1) << 25) / (kRows - 2);
  EXPECT_EQ(filledColumns(), kMost);
  EXPECT_EQ(reader.lastStep(), kRows);
  EXPECT_EQ(reader.series("loss").values.size(), std::size_t(kRows));
  EXPECT_EQ(reader.series(fmt::format("c{}", kColumns - 1)).values.size(), 1U);
  // Those that go with their rows count no more.
  append(events_, "{\"kind\":\"start\",\"step\":1}\n" + text.substr(text.find('\n') + 1));
  EXPECT_EQ(filledColumns(), kMost);
}

/// As many rows and columns as the test before has, but holes are few: a curve does not end at one of them.
TEST_F(RunReaderTest, ALongRunOfManyColumnsMayHaveHoles) {
  constexpr int kRows = 150000, kColumns = 250;
  std::string numbers;
  for (int column = 0; column < kColumns; ++column)
    numbers += fmt::format(R"(,"c{}":1)", column);
  std::string text;
  for (int row = 1; row <= kRows; ++row) {
    text += fmt::format(R"({{"kind":"step","step":{},"loss":{}{}}})", row, row == kRows - 1 ? "null" : "1",
                        row == 1 ? numbers : std::string());
    text += "\n";
  }
  append(events_, text);
  RunReader reader(folder_.path());
  while (reader.poll()) {
  }
  const RunSeries loss = reader.series("loss");
  ASSERT_EQ(loss.values.size(), std::size_t(kRows));
  EXPECT_TRUE(std::isnan(loss.values[kRows - 2]));
  EXPECT_EQ(loss.values.back(), 1);
}

/// A copy of it, or its end, would take a piece of the stack for each bracket.
TEST_F(RunReaderTest, FactsInAMillionBracketsAreReadAndLeft) {
  constexpr std::size_t kDeep = 500000;
  writeFile(RunPaths(folder_.path()).facts(),
            R"({"name":"deep","x":)" + std::string(kDeep, '[') + std::string(kDeep, ']') + "}");
  EXPECT_EQ(readRunFacts(folder_.path()).name, "deep");
}

/// Each is compared with few others: with all of them it would take a minute.
TEST_F(RunReaderTest, FactsOfAHundredThousandKeysAreReadAtOnce) {
  std::string text = R"({"name":"wide")";
  for (int key = 0; key < 100000; ++key)
    text += fmt::format(R"(,"{:x}":1)", key);
  writeFile(RunPaths(folder_.path()).facts(), text + "}");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(readRunFacts(folder_.path()).name, "wide");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(RunReaderTest, WithoutAProcessTheLastEventsTell) {
  append(events_, R"({"kind":"start","time":99,"step":0})"
                  "\n" +
                      stepLine(1, 4.5) + stepLine(2, 3.5));
  RunSummary run = readRunSummary(folder_.path());
  EXPECT_EQ(run.state, RunState::Lost);
  EXPECT_EQ(run.process.step, 2);
  EXPECT_EQ(run.process.total_steps, 40);
  EXPECT_EQ(run.process.loss.value_or(0), 3.5);
  EXPECT_FALSE(workedSeconds(run.process) >= 0);
  EXPECT_EQ(RunReader(folder_.path()).process().step, 2);

  append(events_, R"({"kind":"end","time":200,"step":2,"reason":"stopped","text":"Stopped after step 2."})"
                  "\n");
  run = readRunSummary(folder_.path());
  EXPECT_EQ(run.state, RunState::Stopped);
  EXPECT_EQ(run.process.sentence, "Stopped after step 2.");
  append(events_, R"({"kind":"start","time":300,"step":2})"
                  "\nno event\n");
  EXPECT_EQ(readRunSummary(folder_.path()).state, RunState::Lost);
}

TEST_F(RunReaderTest, AMillionEventsAreReadInAFewSeconds) {
  {
    std::ofstream stream(events_, std::ios::binary);
    std::string text;
    for (int step = 1; step <= 1000000; ++step) {
      text += stepLine(step, 1.0 / step);
      if (step % 10000 != 0) continue;
      stream << text;
      text.clear();
    }
  }
  RunReader reader(folder_.path());
  EXPECT_TRUE(reader.poll(1 << 20));
  EXPECT_LT(reader.lastStep(), 1000000);  // a bite at a time
  while (reader.poll()) {
  }
  EXPECT_EQ(reader.lastStep(), 1000000);
  EXPECT_EQ(reader.series("loss").values[999999], 1e-6);
  fs::remove(events_);
}

TEST(RunWriter, WhatItWritesIsReadWhileItLives) {
  const TemporaryFolder folder;
  const fs::path run = folder.path() / "run";
  RunReader reader;
  {
    RunWriter writer(run, someFacts(), "name = \"x\"\n");
    EXPECT_THROW(RunWriter(run, someFacts(), ""), Error);     // there is a run
    EXPECT_THROW(RunWriter(run, someFacts(), "", 0), Error);  // and it is being trained
    reader.open(run);
    EXPECT_EQ(reader.facts().seed, 0xFFFFFFFFFFFFFFFF);
    EXPECT_EQ(reader.facts().command_line, someFacts().command_line);
    writer.setActivity(RunActivity::Training);
    writer.event("step", 1, {{"loss", 2.5}, {"loss_occ", std::nan("")}});
    writer.setProgress(1, 2.5, 0.5);
    writer.event("evaluate", 1, {{"ray_iou", 0.25}, {"keyframes", std::int64_t(3)}});
    writer.setScore(1, 0.25, true);
    writer.event("save", 1, {{"file", "checkpoints/step-00000001.pth"}, {"best", true}});
    while (reader.poll()) {
    }
    EXPECT_EQ(reader.state(), RunState::Running);
    EXPECT_EQ(reader.series("ray_iou").values[0], 0.25);
    EXPECT_EQ(reader.series("keyframes").values[0], 3);
    ASSERT_EQ(reader.checkpoints().size(), 1U);
    EXPECT_TRUE(reader.checkpoints()[0].best);
    EXPECT_EQ(reader.checkpoints()[0].file.filename(), "step-00000001.pth");

    sendWish(run, RunWish::Pause);
    sendWish(run, RunWish::Checkpoint);
    EXPECT_EQ(writer.takeWishes(), (std::vector{RunWish::Checkpoint, RunWish::Pause}));
    EXPECT_TRUE(writer.takeWishes().empty());
    writer.setActivity(RunActivity::Paused);
    for (int i = 0; i < 6000 && reader.state() != RunState::Paused; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the heartbeat's thread
      reader.poll();
    }
    EXPECT_EQ(reader.state(), RunState::Paused);
    writer.end(RunActivity::Stopped, 1, "Stopped after step 1.");
  }
  reader.poll();
  EXPECT_EQ(reader.state(), RunState::Stopped);
  EXPECT_EQ(reader.endSentence(), "Stopped after step 1.");
  EXPECT_EQ(reader.log().back().kind, "end");

  writeRunLabels(run, {{"good"}, "a note"});
  const std::vector<RunSummary> runs = listRuns(folder.path());
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].labels, (RunLabels{{"good"}, "a note"}));
  EXPECT_EQ(runs[0].process.best_ray_iou, 0.25);
  EXPECT_EQ(runs[0].state, RunState::Stopped);
}

TEST(RunWriter, AKilledProcessLeavesALostRunThatCanGoOn) {
  const TemporaryFolder folder;
  const fs::path run = folder.path() / "run";
  const pid_t child = ::fork();
  if (child == 0) {
    const RunWriter writer(run, someFacts(), "");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  RunReader reader(run);
  reader.poll();
  EXPECT_EQ(reader.state(), RunState::Lost);
  append(RunPaths(run).events(), R"({"kind":"step","st)");  // it died while it wrote
  RunWriter writer(run, someFacts(), "", 0);
  writer.event("step", 1, {{"loss", 1.0}});
  while (reader.poll()) {
  }
  EXPECT_EQ(reader.state(), RunState::Running);
  EXPECT_EQ(reader.lastStep(), 1);
  EXPECT_EQ(reader.damagedLines(), 1U);
  writer.end(RunActivity::Done, 1, "Done.");
}

TEST(RunWriter, ItsLastWordIsWrittenLast) {
  const TemporaryFolder folder;
  for (int i = 0; i < 400; ++i) {
    const fs::path run = folder.path() / std::to_string(i);
    {
      RunWriter writer(run, someFacts(), "");
      const auto begin = std::chrono::steady_clock::now();
      writer.setActivity(RunActivity::Evaluating);  // the heartbeat notes it while the run ends
      while (std::chrono::steady_clock::now() - begin < std::chrono::microseconds(i)) {
      }
      writer.end(RunActivity::Done, i, "Done");
    }
    const auto process = readRunProcess(run);
    ASSERT_TRUE(process);
    ASSERT_EQ(process->activity, RunActivity::Done) << i;
    ASSERT_EQ(process->step, i);
  }
}

TEST(TensorBoard, RecordsCarryTheirChecksums) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  const TemporaryFolder folder;
  TensorBoardWriter writer(folder.path());
  writer.add(300, 12.5, std::vector<TensorBoardWriter::Scalar>{{"loss", 1.5}});
  const std::vector<std::byte> bytes = readFile(writer.file(), 1 << 16);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, text.data() + at, sizeof(value));
    return value;
  };
  const auto unmasked = [](std::uint32_t masked) {
    const std::uint32_t turned = masked - 0xA282EAD8U;
    return (turned >> 17) | (turned << 15);
  };
  std::vector<std::string> records;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = number(at);
    ASSERT_LE(at + 16 + length, text.size());
    EXPECT_EQ(unmasked(number(at + 8)), crc32c(text.substr(at, 8)));
    records.emplace_back(text.substr(at + 12, length));
    EXPECT_EQ(unmasked(number(at + 12 + length)), crc32c(records.back()));
    at += 16 + length;
  }
  ASSERT_EQ(records.size(), 2U);
  EXPECT_NE(records[0].find("brain.Event:2"), std::string::npos);
  // Fields by protobuf's rules: time (1, double), step (2, varint 300), summary (5) with a value (1) of tag
  // (1) and simple_value (2, float).
  std::string expected = "\x09";
  const double time = 12.5;
  expected.append(reinterpret_cast<const char*>(&time), 8);
  expected += "\x10\xAC\x02\x2A\x0D\x0A\x0B\x0A\x04loss\x15";
  const float value = 1.5F;
  expected.append(reinterpret_cast<const char*>(&value), 4);
  EXPECT_EQ(records[1], expected);
}

TEST(TensorBoard, OpensTheFilesItself) {
  const TemporaryFolder folder;
  {
    TensorBoardWriter writer(folder.path());
    using Scalars = std::vector<TensorBoardWriter::Scalar>;
    writer.add(1, 1000.25, Scalars{{"loss", 2.5}});
    writer.add(300, 1001.5, Scalars{{"loss", 1.5}, {"ray_iou", 0.25}});
    writer.add(70000, 1002, Scalars{{"loss", 0.5}});
  }
  const int status = std::system(fmt::format("'{}' '{}/tests/runs/tensorboard_check.py' '{}'", python(),
                                             HBEV_SOURCE_DIR, folder.path().string())
                                     .c_str());
  constexpr int kNotInstalled = 77, kNoPython = 127;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == kNotInstalled || code == kNoPython) GTEST_SKIP() << "no Python with TensorBoard (HBEV_PYTHON)";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace hbev::test
