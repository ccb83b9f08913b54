// The order of training samples.
#include "core/train/sampler.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace hbev {
namespace {

std::vector<SequencePiece> pieces(std::vector<std::size_t> scenes, std::size_t parts = 2) {
  return splitScenes(scenes, parts);
}

TEST(Sampler, ScenesAreSplitIntoHalvesTheFirstLonger) {
  EXPECT_EQ(pieces({5, 4}), (std::vector<SequencePiece>{{0, 0, 3}, {0, 3, 5}, {1, 0, 2}, {1, 2, 4}}));
  EXPECT_EQ(pieces({3}, 1), (std::vector<SequencePiece>{{0, 0, 3}}));
  EXPECT_EQ(pieces({1, 0}), (std::vector<SequencePiece>{{0, 0, 1}}));
}

/// Which keyframes a place of the batches is given, as long as one round of all pieces lasts.
TEST(Sampler, EveryPlaceWalksThroughPiecesInTimeOrder) {
  SequenceSampler sampler(pieces({6, 6, 6, 6}), {.batch_size = 2, .seed = 3});
  std::vector<std::set<std::size_t>> scenes(2);
  std::vector<FrameKey> last;
  for (int step = 0; step < 60; ++step) {
    const std::vector<FrameKey> batch = sampler.next();
    ASSERT_EQ(batch.size(), 2U);
    for (std::size_t place = 0; place < 2; ++place) {
      scenes[place].insert(batch[place].scene);
      if (step % 3 == 0) {
        EXPECT_EQ(batch[place].index % 3, 0U);
        continue;
      }
      EXPECT_EQ(batch[place].scene, last[place].scene);
      EXPECT_EQ(batch[place].index, last[place].index + 1);
    }
    last = batch;
  }
  EXPECT_EQ(scenes[0].size(), 4U);
  EXPECT_EQ(scenes[1].size(), 4U);
}

TEST(Sampler, AllKeyframesComeOnceBeforeAnyComesAgain) {
  const SequenceSampler::Options first{.batch_size = 2, .processes = 2, .process = 0, .seed = 5};
  SequenceSampler::Options second = first;
  second.process = 1;
  SequenceSampler one(pieces({4, 4, 4, 4}), first), two(pieces({4, 4, 4, 4}), second);
  std::multiset<std::pair<std::size_t, std::size_t>> seen;
  for (int step = 0; step < 4; ++step) {
    for (SequenceSampler* sampler : {&one, &two}) {
      for (const FrameKey& key : sampler->next())
        seen.emplace(key.scene, key.index);
    }
  }
  EXPECT_EQ(seen.size(), 16U);
  EXPECT_EQ((std::set(seen.begin(), seen.end()).size()), 16U);
}

TEST(Sampler, GoesOnWhereItStopped) {
  const auto made = [](std::uint64_t seed) {
    return SequenceSampler(pieces({7, 5, 9}), {.batch_size = 3, .seed = seed});
  };
  SequenceSampler whole = made(1), resumed = made(1), other = made(2);
  for (int step = 0; step < 123; ++step)
    whole.next();
  resumed.seek(123);
  bool differs = false;
  for (int step = 0; step < 20; ++step) {
    const std::vector<FrameKey> batch = whole.next();
    EXPECT_EQ(batch, resumed.next());
    differs = differs || batch != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Sampler, TooFewScenesAreAnError) {
  EXPECT_THROW(SequenceSampler(pieces({40}), {.batch_size = 3}), Error);
  EXPECT_THROW(SequenceSampler({}, {}), Error);
}

}  // namespace
}  // namespace hbev
