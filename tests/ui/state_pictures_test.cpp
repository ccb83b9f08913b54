// Pictures of states that come and go, for people: written where HBEV_PICTURES says, else not run.
#include <cstdlib>

#include <QtTest/QTest>
#include <QtWidgets/QTableView>

#include "core/data/labels.h"
#include "core/data/predictions/source.h"
#include "core/eval/rays.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/ray_section.h"
#include "ui/scenes/scene_panel.h"
#include "ui/scores/confusion_panel.h"
#include "ui/scores/confusion_view.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/worst_frames.h"
#include "ui/state/error_view.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

/// Of the demo world, or of HBEV_PICTURES_DATA with what lies in its folder of predictions.
class StatePictures : public WindowTest {
 protected:
  void SetUp() override {
    const char* data = std::getenv("HBEV_PICTURES_DATA");
    world_ = data ? fs::path(data) : demoWorld();
  }
  ErrorView& errors() { return studio().errors(); }
  Evaluating& evaluating() { return window().evaluating(); }
  void resize(int width, int height) {
    window().resize(width, height);
    waitFor([] { return false; }, 300);
  }
  void take(const QString& name) {
    waitFor([] { return false; }, 400);
    settle();
    takePicture(name);
  }
  void openErrors(const fs::path& world) {
    open(world);
    window().setWorkspace(QStringLiteral("errors"));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(waitFor([this] { return errors().rays() != nullptr; }));
  }
  /// A ray of the first origin with this outcome whose true or predicted class has the longest name.
  std::optional<std::size_t> longestRay(RayOutcome outcome) {
    std::optional<std::size_t> best;
    std::size_t longest = 0;
    const RayOutcomes& rays = *errors().rays();
    for (std::size_t ray = 0; ray < kRaysPerOrigin; ++ray) {
      if (rays.outcome(ray, errors().threshold()) != outcome) continue;
      const std::size_t length = (*rays.classes)[rays.rays[ray].truth].shortName().size() +
                                 (*rays.classes)[rays.rays[ray].predicted].shortName().size();
      if (length <= longest) continue;
      longest = length;
      best = ray;
    }
    return best;
  }
  void addOther(const QString& path) {
    const std::size_t before = studio().sources().size();
    studio().openPredictions(path);
    ASSERT_TRUE(waitFor([&] { return studio().sources().size() > before && !studio().isOpening(); }));
    ASSERT_TRUE(settle());
  }

  fs::path world_;
};

TEST_F(StatePictures, picked_rays) {
  resize(1280, 720);
  openErrors(world_);
  errors().setOrigin(0);
  for (const RayOutcome outcome : {RayOutcome::WrongClass, RayOutcome::Near, RayOutcome::Far,
                                   RayOutcome::Missed, RayOutcome::Phantom, RayOutcome::Right}) {
    const auto ray = longestRay(outcome);
    if (!ray) continue;
    errors().pick(ray);
    window().actions()["panel.inspector"]->trigger();
    take(QStringLiteral("ray-%1").arg(QString::fromUtf8(rayOutcomeName(outcome).data()).replace(' ', '-')));
  }
  theme().setMode(Theme::Mode::Light);
  resize(1600, 900);
  take(QStringLiteral("ray-light"));
}

TEST_F(StatePictures, ray_styles_and_flow) {
  resize(1600, 900);
  openErrors(world_);
  take(QStringLiteral("rays-lines"));
  errors().setStyle(RayStyle::EndPoints);
  take(QStringLiteral("rays-points"));
  errors().setStyle(RayStyle::ErrorBars);
  errors().setOrigin(-1);
  take(QStringLiteral("rays-bars-all"));
  errors().setShowsRays(false);
  errors().setFlowView(FlowView::Difference);
  take(QStringLiteral("flow-difference"));
  resize(1280, 720);
  take(QStringLiteral("flow-difference-small"));
}

TEST_F(StatePictures, an_evaluation_that_runs) {
  resize(1280, 720);
  openErrors(world_);
  window().actions()["evaluate"]->trigger();
  waitFor([this] { return evaluating().progress().done > 1 || !evaluating().isRunning(); });
  takePicture(QStringLiteral("evaluating-1280"));
  resize(1920, 1080);
  takePicture(QStringLiteral("evaluating-1920"));
  ASSERT_TRUE(waitFor([this] { return !evaluating().isRunning(); }, 120000));
  resize(1280, 720);
  take(QStringLiteral("evaluated-1280"));
  window().actions()["panel.worst"]->trigger();
  window().worstFrames().setRanking(FrameRanking::Class);
  take(QStringLiteral("evaluated-worst-1280"));
  window().actions()["panel.confusion"]->trigger();
  take(QStringLiteral("evaluated-confusion-1280"));
  window().actions()["panel.panorama"]->trigger();
  take(QStringLiteral("evaluated-panorama-1280"));
  resize(3840, 2160);
  take(QStringLiteral("evaluated-3840"));
}

TEST_F(StatePictures, two_predictions_with_long_names) {
  const fs::path copies = runFolder() / "hbevocc-r50-256x704-8f-openocc-48e-epoch-24-ema-submission-final-2";
  fs::copy(world_ / "predictions" / "spoiled", copies, fs::copy_options::recursive);
  resize(1280, 720);
  openErrors(world_);
  addOther(QString::fromStdString(copies.string()));
  take(QStringLiteral("long-1280"));
  for (std::size_t i = 0; i < studio().sources().size(); ++i) {
    if (!studio().sources()[i].isTruth() && studio().sourceIndex(Side::A) != int(i))
      studio().setSource(Side::B, int(i));
  }
  studio().changeView([](ViewSettings& view) { view.coloring[0] = Coloring::Compare; });
  errors().setShowsRays(false);
  take(QStringLiteral("compare-1280"));
  window().setWorkspace(QStringLiteral("browse"));
  take(QStringLiteral("compare-browse-1280"));
  window().actions()["predict.panel"]->trigger();
  take(QStringLiteral("predict-1280"));
}

TEST_F(StatePictures, predictions_of_nothing) {
  const fs::path world = runFolder() / "nothing";
  fs::copy(demoWorld(), world, fs::copy_options::recursive);
  const auto spoiled = openPredictions(world / "predictions" / "spoiled");
  const auto dataset = Dataset::open(world);
  for (std::size_t scene = 0; scene < dataset->scenes().size(); ++scene) {
    for (std::size_t i = 0; i < dataset->scenes()[scene].keyframes.size(); ++i) {
      const Keyframe keyframe = dataset->keyframe(scene, i);
      Occupancy occupancy = spoiled->read(keyframe);
      std::ranges::fill(occupancy.semantics, std::uint8_t{0});
      writeOccupancyNpz(*spoiled->find(keyframe), occupancy, false);
    }
  }
  resize(1280, 720);
  open(world);
  window().openPath(QString::fromStdString((world / "predictions" / "spoiled").string()));
  ASSERT_TRUE(waitFor([this] { return !notice().isEmpty(); }, 60000));
  take(QStringLiteral("zeros-1280"));
  resize(1920, 1080);
  take(QStringLiteral("zeros-1920"));
}

}  // namespace
}  // namespace hbev::ui::test
