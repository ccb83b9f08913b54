// Play with a clock that the test turns: the rate, waiting for what is not loaded, loops, the end.
#include "ui/state/playback.h"

#include <gtest/gtest.h>

namespace hbev::ui::test {
namespace {

TEST(Pace, KeepsItsRateHoweverLateEachStepIs) {
  Pace pace;
  pace.start(10, 0);
  int steps = 0;
  for (int tick = 1; tick <= 1000; ++tick) {  // 7 ms: never just when it is due
    const double now_s = 0.007 * tick;
    if (!pace.isDue(now_s)) continue;
    pace.step(now_s);
    ++steps;
  }
  EXPECT_EQ(steps, 70);
}

TEST(Pace, DoesNotHurryAfterAStall) {
  Pace pace;
  pace.start(10, 0);
  ASSERT_TRUE(pace.isDue(3));
  pace.step(3);
  EXPECT_FALSE(pace.isDue(3.05));
  EXPECT_TRUE(pace.isDue(3.11));
}

TEST(Pace, ANewRateCountsFromTheLastStep) {
  Pace pace;
  pace.start(1, 0);
  pace.setRate(4);
  EXPECT_FALSE(pace.isDue(0.2));
  EXPECT_TRUE(pace.isDue(0.26));
}

/// A scene of `count` stops whose clock and loads the test makes.
class PlaybackTest : public testing::Test {
 protected:
  PlaybackTest() : playback(stage(), [this] { return now_s; }) {
    QObject::connect(&playback, &Playback::playingChanged, [this](bool on) { ends += !on; });
  }
  PlayStage stage() {
    PlayStage made;
    made.count = [this] { return count; };
    made.current = [this] { return current; };
    made.is_loaded = [this](int stop) { return stop <= loaded_to; };
    made.is_shown = [this] { return shown; };
    made.go = [this](int stop) {
      current = stop;
      seen.push_back(stop);
    };
    made.hertz = [] { return 2.0; };
    made.loop = [this] { return playback.loop(); };
    return made;
  }
  /// The clock runs; the window looks every 5 ms.
  void run(double seconds) {
    for (const double end = now_s + seconds; now_s < end; now_s += 0.005)
      playback.advance();
  }

  double now_s = 100;
  int count = 5, current = 0, loaded_to = 1000, ends = 0;
  bool shown = true;
  std::vector<int> seen;
  Playback playback;
};

TEST_F(PlaybackTest, ShowsEveryStopOnceAndEnds) {
  playback.setPlaying(true);
  run(10);
  EXPECT_EQ(seen, (std::vector{1, 2, 3, 4}));
  EXPECT_FALSE(playback.isPlaying());
  EXPECT_EQ(ends, 1);
  playback.setPlaying(true);
  EXPECT_EQ(current, 0) << "at the end it begins anew";
}

TEST_F(PlaybackTest, PlaysAtItsRateTimesTheSpeed) {
  count = 1000;
  for (const double speed : {0.25, 1.0, 10.0}) {
    seen.clear();
    current = 0;
    playback.setSpeed(speed);
    playback.setPlaying(true);
    run(8);
    playback.setPlaying(false);
    EXPECT_NEAR(double(seen.size()), 8 * 2 * speed, 1.0) << speed;
  }
}

TEST_F(PlaybackTest, WaitsForWhatIsNotLoadedAndLeavesNothingOut) {
  loaded_to = 2;
  shown = true;
  playback.setPlaying(true);
  run(1.7);
  EXPECT_EQ(seen, (std::vector{1, 2}));
  loaded_to = 1000;
  run(2);
  EXPECT_EQ(seen, (std::vector{1, 2, 3, 4}));
}

TEST_F(PlaybackTest, WhereNothingIsLoadedAheadItGoesThereAndWaits) {
  loaded_to = 0;
  playback.setPlaying(true);
  run(1.2);
  EXPECT_EQ(seen, std::vector{1}) << "after half a second of patience";
  shown = false;
  run(5);
  EXPECT_EQ(seen, std::vector{1}) << "what is not shown yet is not left";
}

TEST_F(PlaybackTest, ALoopGoesBackToItsBeginning) {
  playback.setLoop(std::pair(1, 3));
  current = 2;
  playback.setPlaying(true);
  run(2.6);
  EXPECT_EQ(seen, (std::vector{3, 1, 2, 3, 1}));
  EXPECT_TRUE(playback.isPlaying());
}

TEST_F(PlaybackTest, NothingToPlayIsNotPlayed) {
  count = 1;
  playback.setPlaying(true);
  EXPECT_FALSE(playback.isPlaying());
  playback.setSpeed(0);
  EXPECT_EQ(playback.speed(), 1.0);
}

}  // namespace
}  // namespace hbev::ui::test
