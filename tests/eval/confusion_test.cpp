#include "core/eval/confusion.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/eval/mean_iou.h"

namespace hbev {
namespace {

using Labels = std::vector<std::uint8_t>;

TEST(iou_voxels, by_hand) {
  // Classes 0, 1, 2 and free 3. Truth has no 2, and nobody predicts it.
  const Labels truth{0, 0, 0, 1, 1, 3, 3, 3};
  const Labels prediction{0, 0, 1, 1, 3, 3, 3, 0};
  const Confusion confusion = countVoxels(4, prediction, truth);
  EXPECT_EQ(confusion.at(0, 0), 2);
  EXPECT_EQ(confusion.at(0, 1), 1);
  EXPECT_EQ(confusion.at(1, 3), 1);
  EXPECT_EQ(confusion.at(3, 0), 1);
  EXPECT_EQ(confusion.total(), 8);

  const VoxelScores scores = scoreVoxels(confusion);
  EXPECT_DOUBLE_EQ(scores.iou[0], 2.0 / 4.0);
  EXPECT_DOUBLE_EQ(scores.iou[1], 1.0 / 3.0);
  EXPECT_TRUE(std::isnan(scores.iou[2]));
  EXPECT_DOUBLE_EQ(scores.iou[3], 2.0 / 4.0);
  EXPECT_DOUBLE_EQ(scores.mean_iou, (0.5 + 1.0 / 3.0) / 2.0);  // free and the absent class left out
}

TEST(iou_voxels, mask_and_unlabelled_voxels_leave_out) {
  const Labels truth{0, 255, 1, 1};
  const Labels prediction{0, 0, 1, 0};
  const Labels mask{1, 1, 1, 0};
  EXPECT_EQ(countVoxels(3, prediction, truth).total(), 3);
  const Confusion masked = countVoxels(3, prediction, truth, mask);
  EXPECT_EQ(masked.total(), 2);
  EXPECT_DOUBLE_EQ(scoreVoxels(masked).mean_iou, 1.0);
}

// Voxels of one kind are counted several at once: of any lengths, runs and masks the same as one by one.
TEST(iou_voxels, runs_count_as_their_voxels_do) {
  std::mt19937 random(5);
  for (const std::size_t size : {0, 1, 7, 8, 9, 63, 64, 1000}) {
    Labels truth(size), prediction(size), mask(size);
    std::uint8_t t = 0, p = 0, m = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (random() % 20 == 0) t = std::uint8_t(random() % 5 == 0 ? 255 : random() % 4);
      if (random() % 20 == 0) p = std::uint8_t(random() % 4);
      if (random() % 20 == 0) m = std::uint8_t(random() % 3);  // anything but 0 is seen
      truth[i] = t, prediction[i] = p, mask[i] = m;
    }
    Confusion all(4), seen(4);
    for (std::size_t i = 0; i < size; ++i) {
      if (truth[i] > 3) continue;
      all.add(truth[i], prediction[i], 1);
      if (mask[i] != 0) seen.add(truth[i], prediction[i], 1);
    }
    EXPECT_EQ(countVoxels(4, prediction, truth), all) << size;
    EXPECT_EQ(countVoxels(4, prediction, truth, mask), size == 0 ? all : seen) << size;
  }
}

TEST(iou_voxels, nothing_to_score_is_nan) {
  const Labels free(5, 2);
  EXPECT_TRUE(std::isnan(scoreVoxels(countVoxels(3, free, free)).mean_iou));
}

TEST(iou_voxels, wrong_input_is_refused) {
  const Labels three{0, 1, 2}, two{0, 1};
  EXPECT_THROW(countVoxels(3, two, three), Error);
  EXPECT_THROW(countVoxels(3, three, three, two), Error);
  EXPECT_THROW(countVoxels(2, three, Labels{0, 1, 1}), Error);  // predicts a class that there is not
  Confusion confusion(3);
  EXPECT_THROW(confusion += Confusion(4), Error);
}

}  // namespace
}  // namespace hbev
