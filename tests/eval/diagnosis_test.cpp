#include "core/eval/diagnosis.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/eval/origins.h"
#include "core/eval/submission_writer.h"
#include "tests/eval/made_split.h"
#include "tests/eval/street.h"

namespace hbev {
namespace {

class Diagnosis : public testing::Test {
 protected:
  /// What is said of the truth changed by `change`.
  template <class Change>
  std::vector<std::string> sentencesOf(const Change& change) const {
    const auto predictions = std::make_shared<test::FakePredictions>();
    for (int i = 0; i < 6; ++i) {
      Occupancy occupancy = test::makeFlawedPrediction(split_.truths()[std::size_t(i)], 1);
      change(occupancy);
      predictions->occupancies[test::MadeSplit::tokenOf(i)] = std::move(occupancy);
    }
    const EvaluationPlan plan = test::planOf(split_, {predictions});
    std::vector<std::string> sentences;
    for (const Suspicion& suspicion : diagnose(plan, plan.sources.front(), 2))
      sentences.push_back(commandLineWords(suspicion));
    return sentences;
  }
  template <class Change>
  void expectOne(const std::string& word, const Change& change) const {
    SCOPED_TRACE(word);
    const std::vector<std::string> sentences = sentencesOf(change);
    ASSERT_EQ(sentences.size(), 1U) << (sentences.empty() ? "nothing" : sentences[1]);
    EXPECT_NE(sentences[0].find(word), std::string::npos) << sentences[0];
  }

  test::MadeSplit split_;
};

TEST_F(Diagnosis, NothingIsSaidOfAGoodPrediction) {
  EXPECT_EQ(sentencesOf([](Occupancy&) {}), std::vector<std::string>{});
}

TEST_F(Diagnosis, EmptyArrays) {
  expectOne("Every voxel is free",
            [](Occupancy& occupancy) { occupancy.semantics.assign(occupancy.grid.size(), 16); });
  expectOne("class 0 (car)",
            [](Occupancy& occupancy) { occupancy.semantics.assign(occupancy.grid.size(), 0); });
}

TEST_F(Diagnosis, OtherClassNumbers) {
  expectOne("save them as 17", [](Occupancy& occupancy) {
    const ClassSet &ours = ClassSet::openocc(), &theirs = ClassSet::occ3d();
    for (std::uint8_t& label : occupancy.semantics) {
      if (label == ours.free()) continue;  // saved with our free class and their numbers
      label = std::uint8_t(*theirs.findLabel(ours[label].id));
      if (label > ours.free()) label = 0;
    }
  });
}

TEST_F(Diagnosis, ArraysThatLieOtherwise) {
  expectOne("--orientation flip-x", [](Occupancy& occupancy) {
    occupancy = oriented(std::move(occupancy), *findOrientation("flip-x"));
  });
}

/// Whoever has no command line gets what to do as a value, and no options in words.
TEST_F(Diagnosis, TheFixIsAValueBesideTheWords) {
  const auto predictions = std::make_shared<test::FakePredictions>();
  const Orientation turned = *findOrientation("swap-xy+flip-y");
  for (int i = 0; i < 6; ++i)
    predictions->occupancies[test::MadeSplit::tokenOf(i)] = oriented(split_.truths()[std::size_t(i)], turned);
  const EvaluationPlan plan = test::planOf(split_, {predictions});
  const auto suspicions = diagnose(plan, plan.sources.front(), 2);
  ASSERT_EQ(suspicions.size(), 1U);
  EXPECT_EQ(suspicions[0].sentence.find("--"), std::string::npos) << suspicions[0].sentence;
  ASSERT_TRUE(suspicions[0].orientation);
  const Occupancy& truth = split_.truths()[0];
  EXPECT_EQ(
      oriented(predictions->occupancies[test::MadeSplit::tokenOf(0)], *suspicions[0].orientation).semantics,
      truth.semantics);
  EXPECT_EQ(commandLineWords({"It is so.", {}, &ClassSet::occ3d()}),
            "It is so. Name the set of the files with --classes occ3d, and score against --truth occ3d.");
}

TEST_F(Diagnosis, FlowInOtherUnits) {
  const auto scaled = [](float factor) {
    return [factor](Occupancy& occupancy) {
      for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
        if (occupancy.classes->moves(occupancy.semantics[i]))
          occupancy.flow[2 * i] -= 0.5F;  // as in the truth
      }
      for (float& value : occupancy.flow)
        value *= factor;
    };
  };
  expectOne("metres per keyframe", scaled(0.5F));
  expectOne("voxels per keyframe", scaled(1.25F));
  expectOne("km/h", scaled(3.6F));
  expectOne("twice", scaled(2.0F));
  expectOne("backwards", scaled(-1.0F));
  expectOne("Flow is zero", scaled(0.0F));
  expectOne("x and y exchanged", [](Occupancy& occupancy) {
    for (std::size_t i = 0; i + 1 < occupancy.flow.size(); i += 2)
      std::swap(occupancy.flow[i], occupancy.flow[i + 1]);
  });
}

/// Cast to uint8: what drives to the right or backwards stands still, and factors are infinite.
TEST_F(Diagnosis, FlowThatLostItsSign) {
  expectOne("Flow is zero for most of what drives", [](Occupancy& occupancy) {
    std::size_t moving = 0;
    for (std::size_t i = 0; i < occupancy.semantics.size(); ++i) {
      if (!occupancy.classes->moves(occupancy.semantics[i])) continue;
      if (moving++ % 4 != 0) occupancy.flow[2 * i] = occupancy.flow[2 * i + 1] = 0;
    }
  });
}

TEST_F(Diagnosis, NoFlowAtAll) {
  expectOne("There is no flow", [](Occupancy& occupancy) { occupancy.flow.clear(); });
}

TEST_F(Diagnosis, FlowInAUnitThatNobodyKnows) {
  expectOne("multiply it by 0.", [](Occupancy& occupancy) {
    for (float& value : occupancy.flow)
      value *= 90;
  });
}

/// Free outside of the camera mask, where the labels are not. OpenOcc's labels have no mask: it is taken from
/// Occ3D's labels beside them.
class DiagnosisByMask : public Diagnosis {
 protected:
  static bool inMask(const GridSpec& grid, std::size_t voxel) { return grid.voxel(voxel).x() >= 100; }
  std::filesystem::path maskFile(int keyframe) const {
    return split_.root() / "gts" / split_.sceneOf(keyframe) / test::MadeSplit::tokenOf(keyframe) /
           "labels.npz";
  }
  void SetUp() override {
    Occupancy masks;
    masks.classes = &ClassSet::occ3d();
    masks.semantics.assign(masks.grid.size(), masks.classes->free());
    masks.mask_camera.resize(masks.grid.size());
    for (std::size_t voxel = 0; voxel < masks.grid.size(); ++voxel)
      masks.mask_camera[voxel] = inMask(masks.grid, voxel);
    for (int i = 0; i < 6; ++i) {
      std::filesystem::create_directories(maskFile(i).parent_path());
      writeOccupancyNpz(maskFile(i), masks, false);
    }
  }
  static void cut(Occupancy& occupancy) {
    for (std::size_t voxel = 0; voxel < occupancy.grid.size(); ++voxel) {
      if (!inMask(occupancy.grid, voxel)) occupancy.semantics[voxel] = occupancy.classes->free();
    }
  }
};

TEST_F(DiagnosisByMask, VoxelsOfTheCameraMaskAlone) {
  EXPECT_EQ(sentencesOf([](Occupancy&) {}), std::vector<std::string>{});
  expectOne("Outside the camera mask every voxel is free", &cut);
}

TEST_F(DiagnosisByMask, DamagedLabelsBesideTheTruthSayNothing) {
  for (int i = 0; i < 6; ++i)
    writeFile(maskFile(i), std::string_view("no archive"));
  EXPECT_EQ(sentencesOf(&cut), std::vector<std::string>{});
}

TEST_F(DiagnosisByMask, TheLabelsOwnMaskCountsMoreThanTheOneBeside) {
  for (int i = 0; i < 6; ++i) {
    Occupancy truth = split_.truths()[std::size_t(i)];
    truth.mask_camera.assign(truth.grid.size(), 1);
    const Keyframe keyframe = split_.dataset()->keyframe(std::size_t(i / 3), std::size_t(i % 3));
    if (const auto file = split_.dataset()->truthFile(LabelKind::OpenOcc, keyframe))
      writeOccupancyNpz(*file, truth, false);
  }
  EXPECT_EQ(sentencesOf(&cut), std::vector<std::string>{});
}

/// A submission with the truth's rays changed by `change`.
template <class Change>
std::vector<std::string> sentencesOfRays(const test::MadeSplit& split, const Change& change) {
  const auto file = split.root() / "submission.gz";
  SubmissionWriter writer(file, "a method", "a team");
  for (int i = 0; i < split.keyframes(); ++i) {
    const auto origins = lidarOrigins(split.dataset()->lidarReadings(std::size_t(i / 3)), std::size_t(i % 3));
    RayPrediction rays = raysOf(split.truths()[std::size_t(i)], origins);
    change(rays);
    writer.add(test::MadeSplit::tokenOf(i), rays);
  }
  writer.close();
  EvaluationPlan plan;
  plan.dataset = split.dataset();
  plan.sources.push_back(openEvaluationSource(file, {.dataset = plan.dataset}));
  std::vector<std::string> sentences;
  for (const Suspicion& suspicion : diagnose(plan, plan.sources.front(), 2))
    sentences.push_back(suspicion.sentence);
  return sentences;
}

TEST_F(Diagnosis, RaySubmissions) {
  EXPECT_EQ(sentencesOfRays(split_, [](RayPrediction&) {}), std::vector<std::string>{});
  const auto expectRays = [&](const std::string& word, const auto& change) {
    const auto sentences = sentencesOfRays(split_, change);
    ASSERT_EQ(sentences.size(), 1U) << word;
    EXPECT_NE(sentences[0].find(word), std::string::npos) << sentences[0];
  };
  expectRays("No ray meets anything",
             [](RayPrediction& rays) { rays.labels.assign(rays.labels.size(), 16); });
  expectRays("Every ray meets class 2 (",
             [](RayPrediction& rays) { rays.labels.assign(rays.labels.size(), 2); });
  expectRays("in voxels, not metres", [](RayPrediction& rays) {
    for (float& distance : rays.distances_m)
      distance /= 0.4F;
  });
  expectRays("Distances do not fit", [](RayPrediction& rays) {
    for (float& distance : rays.distances_m)
      distance *= 0.1F;
  });
  expectRays("km/h", [](RayPrediction& rays) {
    for (float& speed : rays.flow_mps)
      speed *= 3.6F;
  });
}

TEST_F(Diagnosis, MissingKeyframes) {
  const auto predictions = test::FakePredictions::of(split_, 1);
  predictions->occupancies.erase(test::MadeSplit::tokenOf(0));
  const EvaluationPlan plan = test::planOf(split_, {predictions});
  const auto suspicions = diagnose(plan, plan.sources.front(), 2);
  ASSERT_EQ(suspicions.size(), 1U);
  EXPECT_NE(suspicions[0].sentence.find("1 of 5 keyframes with labels have no prediction"), std::string::npos)
      << suspicions[0].sentence;
  predictions->occupancies.clear();
  EXPECT_NE(diagnose(plan, plan.sources.front(), 2).at(0).sentence.find("none of the 0 predictions fits"),
            std::string::npos);
}

}  // namespace
}  // namespace hbev
