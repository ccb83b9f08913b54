#include "core/synth/demo_world.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <tbb/global_control.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/images.h"
#include "core/data/lidar.h"
#include "core/data/predictions/source.h"
#include "core/eval/evaluation.h"
#include "core/eval/evaluation_summary.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// A folder of this test alone, gone afterwards.
class DemoWorld : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("hbev_synth_" + std::to_string(::getpid()) + "_" +
                                            testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  static DemoOptions tiny() {
    DemoOptions options;
    options.scenes = 2;
    options.keyframes = 2;
    options.image_width = 96;
    options.image_height = 54;
    return options;
  }

  fs::path root_;
};

/// The only source's summary, against OpenOcc.
SourceSummary evaluate(const std::shared_ptr<const Dataset>& dataset,
                       const std::shared_ptr<const PredictionSource>& predictions) {
  EvaluationPlan plan;
  plan.dataset = dataset;
  plan.sources.push_back(evaluationSource(predictions));
  EvaluationStore store = createStore(plan, {});
  Progress progress;
  runEvaluation(plan, store, progress);
  return summarise(store).sources.front();
}

std::map<std::string, std::vector<std::byte>> contentsOf(const fs::path& folder) {
  std::map<std::string, std::vector<std::byte>> contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    contents[fs::relative(entry.path(), folder).string()] = readFile(entry.path(), 1ULL << 30);
  }
  return contents;
}

/// The tables as the public devkit sees them: rows by token.
struct Tables {
  explicit Tables(const fs::path& folder) {
    for (const char* name :
         {"attribute", "calibrated_sensor", "category", "ego_pose", "instance", "log", "map", "sample",
          "sample_annotation", "sample_data", "scene", "sensor", "visibility"}) {
      std::ifstream file(folder / (std::string(name) + ".json"));
      for (const Json& row : Json::parse(file)) {
        const std::string token = row.at("token");
        EXPECT_TRUE(rows[name].emplace(token, row).second) << "twice in " << name << ": " << token;
        if (std::string(name) == "visibility") continue;
        EXPECT_EQ(token.size(), 32U);
        EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos) << token;
      }
    }
  }
  const Json& get(const std::string& table, const std::string& token) const {
    const auto found = rows.at(table).find(token);
    if (found == rows.at(table).end()) throw std::runtime_error("no " + table + " " + token);
    return found->second;
  }
  /// Follows prev and next from `first` and returns the tokens passed.
  std::vector<std::string> chain(const std::string& table, const std::string& first) const {
    std::vector<std::string> tokens;
    std::string previous;
    for (std::string token = first; !token.empty(); token = get(table, token).at("next")) {
      EXPECT_EQ(get(table, token).at("prev"), previous);
      tokens.push_back(token);
      previous = token;
    }
    return tokens;
  }
  std::map<std::string, std::map<std::string, Json>> rows;
};

void expectLinkedScenes(const Tables& tables) {
  std::size_t samples = 0;
  for (const auto& [token, scene] : tables.rows.at("scene")) {
    const std::vector<std::string> chain = tables.chain("sample", scene.at("first_sample_token"));
    EXPECT_EQ(chain.size(), scene.at("nbr_samples").get<std::size_t>());
    EXPECT_EQ(chain.back(), scene.at("last_sample_token"));
    for (const std::string& sample : chain)
      EXPECT_EQ(tables.get("sample", sample).at("scene_token"), token);
    EXPECT_NO_THROW(tables.get("log", scene.at("log_token")));
    samples += chain.size();
  }
  EXPECT_EQ(samples, tables.rows.at("sample").size());
}

void expectLinkedRecordings(const Tables& tables, const fs::path& root) {
  std::map<std::string, std::set<std::string>> channels;  // of each sample
  std::size_t chained = 0;
  for (const auto& [token, row] : tables.rows.at("sample_data")) {
    const Json& sample = tables.get("sample", row.at("sample_token"));
    const Json& calibration = tables.get("calibrated_sensor", row.at("calibrated_sensor_token"));
    const Json& sensor = tables.get("sensor", calibration.at("sensor_token"));
    const Json& pose = tables.get("ego_pose", row.at("ego_pose_token"));
    EXPECT_EQ(pose.at("timestamp"), row.at("timestamp"));
    EXPECT_TRUE(fs::is_regular_file(root / row.at("filename").get<std::string>())) << row.at("filename");
    if (row.at("prev") == "") chained += tables.chain("sample_data", token).size();
    const bool camera = sensor.at("modality") == "camera";
    EXPECT_EQ(calibration.at("camera_intrinsic").size(), camera ? 3U : 0U);
    if (!row.at("is_key_frame").get<bool>()) continue;
    EXPECT_TRUE(channels[row.at("sample_token")].insert(sensor.at("channel")).second);
    const auto late = row.at("timestamp").get<std::int64_t>() - sample.at("timestamp").get<std::int64_t>();
    EXPECT_LE(std::abs(late), 45000);
    EXPECT_EQ(late == 0, !camera);
  }
  EXPECT_EQ(chained, tables.rows.at("sample_data").size());
  EXPECT_EQ(channels.size(), tables.rows.at("sample").size());
  for (const auto& [sample, seen] : channels)
    EXPECT_EQ(seen.size(), 7U);
}

void expectLinkedAnnotations(const Tables& tables) {
  std::size_t annotations = 0;
  for (const auto& [token, instance] : tables.rows.at("instance")) {
    EXPECT_NO_THROW(tables.get("category", instance.at("category_token")));
    const std::vector<std::string> chain =
        tables.chain("sample_annotation", instance.at("first_annotation_token"));
    EXPECT_EQ(chain.size(), instance.at("nbr_annotations").get<std::size_t>());
    EXPECT_EQ(chain.back(), instance.at("last_annotation_token"));
    annotations += chain.size();
    for (const std::string& annotation : chain) {
      const Json& row = tables.get("sample_annotation", annotation);
      EXPECT_EQ(row.at("instance_token"), token);
      EXPECT_NO_THROW(tables.get("sample", row.at("sample_token")));
      EXPECT_NO_THROW(tables.get("visibility", row.at("visibility_token")));
      for (const std::string attribute : row.at("attribute_tokens"))
        EXPECT_NO_THROW(tables.get("attribute", attribute));
      EXPECT_GE(row.at("num_lidar_pts").get<int>(), 0);
    }
  }
  EXPECT_EQ(annotations, tables.rows.at("sample_annotation").size());
  EXPECT_GT(annotations, 60U);
}

void expectMapsOfAllLogs(const Tables& tables, const fs::path& root) {
  std::set<std::string> mapped;
  for (const auto& [token, map] : tables.rows.at("map")) {
    EXPECT_TRUE(fs::is_regular_file(root / map.at("filename").get<std::string>()));
    for (const std::string log : map.at("log_tokens"))
      EXPECT_TRUE(mapped.insert(log).second);
  }
  for (const auto& [token, log] : tables.rows.at("log"))
    EXPECT_TRUE(mapped.contains(token));
}

TEST_F(DemoWorld, tablesAreLinkedAsTheDevkitWantsThem) {
  Progress progress;
  DemoOptions options = tiny();
  options.sweeps = true;
  options.scenes = 1;
  options.predictions = false;
  writeDemoWorld(root_ / "demo", options, progress);
  EXPECT_FALSE(fs::exists(root_ / "demo" / "predictions"));
  const Tables tables(root_ / "demo" / "v1.0-mini");
  EXPECT_EQ(tables.rows.at("sample_data").size(), 2U * 7 + 6 * 5 + 9);
  expectLinkedScenes(tables);
  expectLinkedRecordings(tables, root_ / "demo");
  expectLinkedAnnotations(tables);
  expectMapsOfAllLogs(tables, root_ / "demo");
}

TEST_F(DemoWorld, opensAsADataSetAndScoresBetweenGoodAndBad) {
  Progress progress;
  writeDemoWorld(root_ / "demo", tiny(), progress);
  EXPECT_EQ(progress.state().done, 4);
  EXPECT_EQ(progress.state().total, 4);
  const auto dataset = Dataset::open(root_ / "demo");
  EXPECT_TRUE(dataset->issues().empty());
  ASSERT_EQ(dataset->scenes().size(), 2U);
  EXPECT_EQ(dataset->keyframeCount(), 4U);
  const std::size_t scene = dataset->sceneIndex("demo-0103");
  EXPECT_EQ(dataset->scenes()[scene].location, "old-town");
  const Keyframe keyframe = dataset->keyframe(scene, 1);
  EXPECT_TRUE(keyframe.problems.empty());
  EXPECT_GT(keyframe.boxes.size(), 20U);
  for (const auto& camera : keyframe.cameras) {
    ASSERT_TRUE(camera.has_value());
    EXPECT_EQ(readImage(camera->file).width, 96);
  }
  ASSERT_TRUE(keyframe.lidar.has_value());
  EXPECT_GT(readLidar(keyframe.lidar->file).size(), 10000U);
  for (const LabelKind kind : kLabelKinds) {
    const Occupancy truth = readOccupancyNpz(dataset->truthFile(kind, keyframe).value(), classSetOf(kind));
    EXPECT_GT(truth.occupiedCount(), 20000U);
    EXPECT_EQ(truth.flow.empty(), kind == LabelKind::Occ3d);
    EXPECT_EQ(truth.mask_camera.empty(), kind == LabelKind::OpenOcc);
  }
  const auto predictions = openPredictions(root_ / "demo" / "predictions" / "spoiled");
  const SourceSummary evaluated = evaluate(dataset, predictions);
  EXPECT_EQ(evaluated.frames.size(), 4U);
  for (const FrameScores& frame : evaluated.frames) {
    EXPECT_GT(frame.ray_iou, 0.2);
    EXPECT_LT(frame.ray_iou, 0.9);
  }
}

TEST_F(DemoWorld, sameBytesForAnyNumberOfThreads) {
  DemoOptions options = tiny();
  options.scenes = 1;
  options.keyframes = 1;
  Progress progress;
  {
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    writeDemoWorld(root_ / "one", options, progress);
  }
  {
    const tbb::global_control four(tbb::global_control::max_allowed_parallelism, 4);
    writeDemoWorld(root_ / "four", options, progress);
  }
  const auto one = contentsOf(root_ / "one");
  EXPECT_GT(one.size(), 25U);
  EXPECT_EQ(one, contentsOf(root_ / "four"));
  options.seed = 2;
  writeDemoWorld(root_ / "one", options, progress);  // over an earlier one
  EXPECT_NE(one, contentsOf(root_ / "one"));
}

TEST_F(DemoWorld, cancellingLeavesNothing) {
  std::stop_source stop;
  Progress progress(
      [&](const Progress::State& state) {
        if (state.done == 1) stop.request_stop();
      },
      stop.get_token());
  EXPECT_THROW(writeDemoWorld(root_ / "demo", tiny(), progress), Cancelled);
  EXPECT_TRUE(fs::is_empty(root_));
}

/// No file can grow beyond `bytes` while it lives, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(DemoWorld, aFullDiskIsAnErrorAndLeavesNothing) {
  Progress progress;
  for (const rlim_t bytes : {rlim_t(300), rlim_t(4000), rlim_t(60'000)}) {  // a map, a picture, a lidar file
    const FullDisk full(bytes);
    EXPECT_THROW(writeDemoWorld(root_ / "demo", tiny(), progress), Error) << bytes;
    EXPECT_TRUE(fs::is_empty(root_)) << bytes;
  }
}

TEST_F(DemoWorld, foreignFoldersAreLeftAlone) {
  fs::create_directories(root_ / "mine");
  std::ofstream(root_ / "mine" / "README.txt") << "My pictures\n";
  Progress progress;
  EXPECT_THROW(writeDemoWorld(root_ / "mine", tiny(), progress), Error);
  EXPECT_TRUE(fs::exists(root_ / "mine" / "README.txt"));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1);
}

TEST_F(DemoWorld, optionsThatMakeNoSenseAreRefused) {
  Progress progress;
  for (const auto& spoilOptions : std::vector<std::function<void(DemoOptions&)>>{
           [](DemoOptions& o) { o.scenes = 0; }, [](DemoOptions& o) { o.keyframes = 0; },
           [](DemoOptions& o) { o.image_width = 0; }, [](DemoOptions& o) { o.image_height = -4; }}) {
    DemoOptions options = tiny();
    spoilOptions(options);
    EXPECT_THROW(writeDemoWorld(root_ / "demo", options, progress), Error);
  }
  EXPECT_TRUE(fs::is_empty(root_));
}

TEST(DemoWorldToKeep, isWrittenWhereAsked) {
  const char* keep = std::getenv("HBEV_KEEP");
  if (keep == nullptr) GTEST_SKIP() << "HBEV_KEEP=FOLDER writes a data set there, to look at";
  DemoOptions options;
  const auto number = [](const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
  };
  options.scenes = number("HBEV_SCENES", options.scenes);
  options.keyframes = number("HBEV_KEYFRAMES", options.keyframes);
  Progress progress;
  writeDemoWorld(keep, options, progress);
  std::cout << "written to " << keep << " in " << progress.state().elapsed.count() << " s\n";
  const auto dataset = Dataset::open(keep);
  EXPECT_EQ(dataset->keyframeCount(), std::size_t(options.scenes * options.keyframes));
  const auto predictions = openPredictions(fs::path(keep) / "predictions" / "spoiled");
  for (const FrameScores& frame : evaluate(dataset, predictions).frames) {
    std::cout << dataset->scenes()[frame.frame.scene].name << " " << frame.frame.index_in_scene << ": RayIoU "
              << frame.ray_iou << ", mAVE " << frame.mave_mps << "\n";
  }
}

}  // namespace
}  // namespace hbev
