// Links, further windows, undo of the view, and what is under way.
#include <filesystem>
#include <fstream>

#include <QtCore/QRegularExpression>
#include <QtGui/QClipboard>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStatusBar>
#include <QtWidgets/QToolButton>

#include "core/base/error.h"
#include "tests/ui/window_test.h"
#include "ui/kit/progress_line.h"
#include "ui/state/error_view.h"
#include "ui/state/measure.h"
#include "ui/state/region.h"
#include "ui/video/video_dialog.h"
#include "ui/viewport/swipe_view.h"
#include "ui/window/activities.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/link_dialog.h"
#include "ui/window/panel_help.h"
#include "ui/window/session_link.h"
#include "ui/window/session_options.h"
#include "ui/window/shared_view.h"
#include "ui/window/view_history.h"

namespace hbev::ui::test {
namespace {

std::string refusalOf(const QString& line) {
  try {
    parseLink(line);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool isNear(const ViewCamera& a, const ViewCamera& b) {
  return (a.target - b.target).norm() < 0.01 && std::abs(a.distance_m - b.distance_m) < 0.01 &&
         std::abs(a.yaw_rad - b.yaw_rad) < 1e-3 && std::abs(a.pitch_rad - b.pitch_rad) < 1e-3 &&
         std::abs(a.vertical_fov_rad - b.vertical_fov_rad) < 1e-3;
}

class SessionTest : public WindowTest {
 protected:
  void SetUp() override { open(); }
  void trigger(const char* id) { window().actions()[QLatin1String(id)]->trigger(); }
  QString root() { return QString::fromStdString(demoWorld().string()); }
  /// Opens the clipboard's link in `target`, as Ctrl+Shift+L and Enter do.
  void openCopied(MainWindow& target) {
    target.actions()[QStringLiteral("link.open")]->trigger();
    auto* dialog = target.findChild<LinkDialog*>();
    ASSERT_TRUE(dialog);
    for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
      if (button->isDefault()) button->click();
    }
  }
  QString sources(MainWindow& target) {
    return target.studio().source(Side::A)->title() + QStringLiteral(" | ") +
           target.studio().source(Side::B)->title();
  }
};

TEST(LinkTest, words_are_read_as_a_shell_quotes_them_and_nothing_is_expanded) {
  const SessionOptions options =
      parseLink(
          QStringLiteral(
              "/usr/bin/hbevocc-studio '/tmp' --scene \"a b\" --keyframe 7 --a occ3d --workspace=errors"))
          .options;
  EXPECT_EQ(options.data, "/tmp");
  EXPECT_EQ(options.scene, "a b");
  EXPECT_EQ(options.keyframe, 7);
  EXPECT_EQ(options.a, "occ3d");
  EXPECT_EQ(options.workspace, "errors");
  EXPECT_EQ(parseLink(QStringLiteral("hbevocc-studio /tmp --scene $(touch\\ x);`y`")).options.scene,
            "$(touch x);`y`");
  const QString quoted =
      linkText({QStringLiteral("/tmp"), QStringLiteral("--scene"), QStringLiteral("it's \\ $x")});
  EXPECT_EQ(parseLink(quoted).options.scene, "it's \\ $x");
}

TEST(LinkTest, what_is_no_link_is_refused_in_a_sentence) {
  const auto refuses = [](const char* line, const char* word) {
    const std::string said = refusalOf(QString::fromUtf8(line));
    EXPECT_TRUE(said.find(word) != std::string::npos) << line << ": " << said;
  };
  refuses("", "no link");
  refuses("rm -rf /tmp", "no link");
  refuses("hbevocc-studio", "data set is not named");
  refuses("hbevocc-studio /tmp --keyframe many", "not understood");
  refuses("hbevocc-studio /tmp --scene 'open", "quotation mark");
  refuses("hbevocc-studio /tmp --camera 1,2,3", "camera");
  EXPECT_NE(refusalOf(QStringLiteral("hbevocc-studio ") + QString(100000, QLatin1Char('x'))), "");
}

TEST(LinkTest, what_is_not_on_this_machine_is_named_by_who_asks_the_disk) {
  const auto misses = [](const char* words) {
    const auto problem =
        whatIsMissing(parseLink(QStringLiteral("hbevocc-studio ") + QLatin1String(words)).options);
    return problem ? problem->file.string() : std::string();
  };
  EXPECT_EQ(misses("/nowhere/at/all"), "/nowhere/at/all");
  EXPECT_EQ(misses("/tmp --predictions /nowhere/else"), "/nowhere/else");
  EXPECT_EQ(misses("/tmp --a /nowhere/a"), "/nowhere/a");
  EXPECT_EQ(misses("/tmp --a occ3d --b openocc"), "");
}

TEST(LinkTest, what_this_version_does_not_know_is_left_out_and_named) {
  const auto leavesOut = [](const char* words, const char* said) {
    const SessionLink link = parseLink(QStringLiteral("hbevocc-studio /tmp ") + QLatin1String(words));
    EXPECT_EQ(link.left_out.join(QLatin1Char(' ')), QLatin1String(said)) << words;
    EXPECT_EQ(link.options.data, "/tmp");
    return link.options;
  };
  leavesOut("--scene x --shadows soft --keyframe 2", "--shadows soft");
  EXPECT_EQ(leavesOut("--workspace kitchen", "--workspace=kitchen").workspace, "browse");
  const SessionOptions some =
      leavesOut("--view hide=car glow=on color-a=mood clip=1,2 range=a,b layers=voxels,fog mask=on",
                "glow=on color-a=mood clip=1,2 range=a,b layers=voxels,fog");
  EXPECT_EQ(some.view, (std::vector<std::string>{"hide=car", "mask=on"}));
  // What the program knows, but would write or run something.
  leavesOut("--screenshot x.png", "--screenshot x.png");
  leavesOut("--video x.mp4 --keyframe 3", "--video x.mp4");
  EXPECT_EQ(leavesOut("--predict demo --weights w.pth", "--predict demo --weights w.pth").predict, "");
  leavesOut("--help", "--help");
}

TEST(LinkTest, words_of_a_view_there_and_back) {
  SharedView shown;
  shown.view.palette = Palette::NuScenes;
  shown.view.coloring = {Coloring::Height, Coloring::Entropy};
  shown.view.layer(Layer::Voxels).opacity = 0.75;
  shown.view.layer(Layer::Rings).shown = false;
  shown.view.hidden_classes = {QStringLiteral("car"), QStringLiteral("other_flat")};
  shown.view.probability_class = QStringLiteral("bus");
  setSlice(shown.view.region, 2, 7);
  setBox(shown.view.region, {-20, 12.5, -8, 40});
  setRange(shown.view.region, 10, 30);
  shown.view.camera_mask_only = true;
  shown.view.overlay = OverlayKind::Boxes;
  shown.view.overlay_opacity = 0.2;
  shown.view.stage_times = false;
  shown.view.linked = false;
  shown.camera_b = ViewCamera::top();
  shown.swipe = 0.25;
  shown.rays = true;
  shown.ray_style = RayStyle::ErrorBars;
  shown.threshold = 0;
  shown.origin = 3;
  shown.arrows = FlowView::Difference;
  shown.errors_of = QStringList{QStringLiteral("bus"), QStringLiteral("car")};
  shown.mistaken = QStringList{QStringLiteral("truck"), QStringLiteral("car")};
  shown.error_range = 2;
  shown.hidden_outcomes = {RayOutcome::Near, RayOutcome::WrongClass};
  shown.sweep = -2;
  shown.voxel = Eigen::Vector3i(199, 0, 15);
  shown.measured = {Eigen::Vector3d(-39.8, 0, 1.2346), Eigen::Vector3d(100.125, -0.0001, 3)};
  const QStringList words = viewWords(shown, SharedView());
  SharedView back;
  EXPECT_EQ(readViewWords(words, back), QStringList());
  EXPECT_EQ(viewWords(back, SharedView()), words);
  SharedView compared = back;
  compared.view.layer(Layer::Rings).opacity = shown.view.layer(Layer::Rings).opacity;
  EXPECT_EQ(compared.view, shown.view);
  ASSERT_TRUE(back.camera_b);
  EXPECT_TRUE(isNear(*back.camera_b, ViewCamera::top()));
  EXPECT_EQ(back.hidden_outcomes, shown.hidden_outcomes);
  EXPECT_EQ(back.origin, 3);
  EXPECT_EQ(back.sweep, -2);
  EXPECT_EQ(back.voxel, shown.voxel);
  ASSERT_TRUE(back.measured);
  EXPECT_LT((back.measured->first - shown.measured->first).norm(), 0.001);
  EXPECT_LT((back.measured->second - shown.measured->second).norm(), 0.001);
  EXPECT_TRUE(words.contains(QStringLiteral("measure=-39.8,0,1.235,100.125,0,3")))
      << words.join(' ').toStdString();
  for (const char* bad : {"voxel=200,0,0", "voxel=1,2", "voxel=1,2,3.5", "voxel=", "sweep=some", "sweep=1.5",
                          "measure=1,2,3", "measure=1,2,3,4,5,inf"}) {
    SharedView same = back;
    EXPECT_EQ(readViewWords({QLatin1String(bad)}, same), QStringList{QLatin1String(bad)});
    EXPECT_EQ(viewWords(same, SharedView()), words) << bad;
  }
  EXPECT_EQ(viewWords(SharedView(), SharedView()), QStringList()) << "what is usual needs no word";
  SharedView hostile;  // numbers beyond what can be chosen are brought back into it
  readViewWords(
      {QStringLiteral("clip=-900,900,5,1"), QStringLiteral("height=-5,99"), QStringLiteral("layers=voxels:7"),
       QStringLiteral("overlay=depth:-3"), QStringLiteral("range=999,999")},
      hostile);
  EXPECT_EQ(hostile.view.layer(Layer::Voxels).opacity, 1.0);
  EXPECT_EQ(hostile.view.overlay_opacity, 0.0);
  EXPECT_FALSE(hostile.view.region.slice);
  EXPECT_GE(hostile.view.region.x_min_m, -kReach_m);
  EXPECT_LT(hostile.view.region.y_min_m, hostile.view.region.y_max_m);
}

TEST(LinkTest, a_camera_is_seven_numbers_there_and_back) {
  for (const ViewCamera& camera : {ViewCamera::orbit(), ViewCamera::top(), ViewCamera::followEgo()}) {
    const auto back = parseCamera(cameraText(camera));
    ASSERT_TRUE(back) << cameraText(camera).toStdString();
    EXPECT_TRUE(isNear(camera, *back));
  }
  for (const char* bad : {"", "1,2,3,4,5,6", "1,2,3,4,5,6,nan", "1,2,3,0,5,6,50", "1,2,3,4,5,6,0",
                          "1,2,3,4,5,99,50", "1e9,2,3,4,5,6,50", "1,2,3,4,5,6,50,7"})
    EXPECT_FALSE(parseCamera(QLatin1String(bad))) << bad;
}

TEST_F(SessionTest, a_copied_link_opens_the_same_view_in_another_window) {
  studio().setCurrent(1, 2);
  studio().swapSources();
  ViewCamera camera = ViewCamera::followEgo();
  camera.orbitBy(0.3, 0.1);
  window().viewports().flyTo(camera);
  window().setWorkspace(QStringLiteral("errors"));
  trigger("link.copy");
  MainWindow second(theme(), false);
  second.show();
  openCopied(second);
  ASSERT_TRUE(waitFor([&] { return second.studio().dataset() && second.isSettled(); }));
  ASSERT_TRUE(waitFor([&] { return sources(second) == sources(window()); }))
      << sources(second).toStdString() << ", wanted " << sources(window()).toStdString();
  EXPECT_EQ(second.studio().current(), (FrameKey{1, 2}));
  EXPECT_EQ(second.workspace(), QStringLiteral("errors"));
  for (const Side side : {Side::A, Side::B})
    EXPECT_TRUE(isNear(second.viewports().viewport(side).destination(), camera));
  EXPECT_FALSE(second.history().canUndo()) << "what a data set is opened with is no step";
}

TEST_F(SessionTest, a_link_brings_how_it_is_drawn) {
  window().setWorkspace(QStringLiteral("errors"));
  studio().changeView([](ViewSettings& view) {
    view.hidden_classes = {QStringLiteral("vegetation")};
    view.layer(Layer::Boxes).shown = true;
    view.coloring = {Coloring::Height, Coloring::Class};
    setBox(view.region, {-12, 30, -10, 10});
  });
  studio().errors().setClassFilter({0});
  studio().errors().setStyle(RayStyle::EndPoints);
  studio().errors().setOrigin(-1);
  window().viewports().setSwiping(true);
  window().viewports().swipe().setShare(0.3);
  trigger("link.copy");
  MainWindow second(theme(), false);
  second.show();
  second.viewports().setSwiping(true);
  openCopied(second);
  ASSERT_TRUE(waitFor([&] { return second.studio().dataset() && !second.findChild<QObject*>("session"); }));
  EXPECT_EQ(second.studio().view(), studio().view());
  EXPECT_EQ(second.studio().errors().filter(), studio().errors().filter());
  EXPECT_EQ(second.studio().errors().style(), RayStyle::EndPoints);
  EXPECT_EQ(second.studio().errors().origin(), -1);
  EXPECT_TRUE(second.studio().errors().showsRays());
  EXPECT_TRUE(second.viewports().isSwiping());
  EXPECT_DOUBLE_EQ(second.viewports().swipe().share(), 0.3);
  // And the plain view again, in the same window.
  window().setWorkspace(QStringLiteral("browse"));
  window().viewports().setSwiping(false);
  studio().errors().clear();
  studio().changeView([](ViewSettings& view) { view = {}; });
  trigger("link.copy");
  EXPECT_FALSE(QGuiApplication::clipboard()->text().contains(QStringLiteral("--view hide")));
  openCopied(second);
  ASSERT_TRUE(waitFor([&] { return !second.findChild<QObject*>("session"); }));
  EXPECT_EQ(second.studio().view(), studio().view());
  EXPECT_FALSE(second.viewports().isSwiping());
  EXPECT_TRUE(second.studio().errors().filter().isEmpty());
}

TEST_F(SessionTest, a_link_brings_the_picked_voxel_and_what_was_measured) {
  studio().select(Eigen::Vector3i(120, 95, 3));
  studio().measure().setOn(true);
  studio().measure().setPoint({1, 2, 0.5});
  trigger("link.copy");
  EXPECT_FALSE(QGuiApplication::clipboard()->text().contains(QStringLiteral("measure="))) << "half a measure";
  studio().measure().setPoint({31.5, -2, 0.5});
  const QString length = studio().measure().lengthText();
  trigger("link.copy");
  studio().select(std::nullopt);
  studio().measure().setOn(false);
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return !window().findChild<QObject*>("session"); }));
  EXPECT_EQ(studio().selection(), Eigen::Vector3i(120, 95, 3));
  EXPECT_EQ(studio().measure().lengthText(), length);
  EXPECT_FALSE(studio().measure().isLive());
  // A link without them lets go of them, and every link of before opens as it did.
  QGuiApplication::clipboard()->setText(QStringLiteral("hbevocc-studio ") + root());
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return !window().findChild<QObject*>("session"); }));
  EXPECT_FALSE(studio().selection());
  EXPECT_FALSE(studio().measure().isOn());
}

TEST_F(SessionTest, a_link_brings_the_moment_between_two_keyframes) {
  open(sweepWorld());
  studio().setCurrent(0, 1);
  studio().stepSweep(2);
  const int moment = studio().sweeps().current();
  ASSERT_TRUE(studio().sweeps().between());
  trigger("link.copy");
  const QString link = QGuiApplication::clipboard()->text();
  studio().setCurrent(0, 0);
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return !window().findChild<QObject*>("session"); }));
  EXPECT_EQ(studio().sweeps().current(), moment);
  EXPECT_TRUE(notice().isEmpty() || notice().contains(QStringLiteral("Copied"))) << notice().toStdString();
  // One that the scene does not have: a sentence, and the keyframe.
  QString wrong = link;
  wrong.replace(QRegularExpression(QStringLiteral("sweep=-?\\d+")), QStringLiteral("sweep=99"));
  ASSERT_NE(wrong, link);
  QGuiApplication::clipboard()->setText(wrong);
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return notice().contains(QStringLiteral("found 99")); }))
      << notice().toStdString();
  EXPECT_FALSE(studio().sweeps().between());
}

TEST_F(SessionTest, a_keyframe_that_a_scene_does_not_have_is_told) {
  QGuiApplication::clipboard()->setText(QStringLiteral("hbevocc-studio %1 --keyframe 50").arg(root()));
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return notice().contains(QStringLiteral("no such keyframe")); }));
  EXPECT_TRUE(notice().contains(QStringLiteral("1 to 4"))) << notice().toStdString();
  EXPECT_EQ(keyframe(), 3U);
}

TEST_F(SessionTest, another_name_of_the_open_data_set_opens_nothing_anew) {
  const auto other_name = runFolder() / "the-same-by-a-link";
  std::filesystem::create_directory_symlink(demoWorld(), other_name);
  const auto dataset = studio().dataset();
  studio().setCurrent(1, 3);
  const QString other = QString::fromStdString(other_name.string());
  QGuiApplication::clipboard()->setText(
      QStringLiteral("hbevocc-studio %1 --predictions %1/predictions/spoiled").arg(other));
  const std::size_t sources_before = studio().sources().size();
  openCopied(window());
  ASSERT_TRUE(waitFor([&] { return studio().current() == (FrameKey{0, 0}); }));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().dataset(), dataset);
  EXPECT_EQ(studio().sources().size(), sources_before);
}

TEST_F(SessionTest, a_link_into_the_open_data_set_opens_nothing_anew) {
  window().viewports().flyTo(ViewCamera::top());
  trigger("link.copy");
  const auto dataset = studio().dataset();
  const std::size_t sources_before = studio().sources().size();
  studio().setCurrent(1, 3);
  studio().swapSources();
  window().viewports().flyTo(ViewCamera::followEgo());
  openCopied(window());
  EXPECT_EQ(studio().dataset(), dataset);
  EXPECT_EQ(studio().current(), (FrameKey{0, 0}));
  EXPECT_FALSE(studio().source(Side::A)->isTruth());
  EXPECT_TRUE(studio().source(Side::B)->isTruth());
  EXPECT_TRUE(isNear(viewport(Side::A).destination(), ViewCamera::top()));
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().sources().size(), sources_before);
}

using BareWindowTest = WindowTest;

TEST_F(BareWindowTest, the_dialog_says_why_a_line_is_refused) {
  QGuiApplication::clipboard()->setText(QStringLiteral("hbevocc-studio /nowhere/at/all"));
  key(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
  auto* dialog = window().findChild<LinkDialog*>();
  ASSERT_TRUE(dialog);
  const auto open_button = [&] {
    QPushButton* found = nullptr;
    for (QPushButton* button : dialog->findChildren<QPushButton*>())
      if (button->isDefault()) found = button;
    return found;
  };
  ASSERT_TRUE(open_button());
  ASSERT_TRUE(waitFor([&] { return !open_button()->isEnabled(); }));
  const auto says = [&](const char* words) {
    const auto labels = dialog->findChildren<QLabel*>();
    return std::ranges::any_of(labels,
                               [&](QLabel* label) { return label->text().contains(QLatin1String(words)); });
  };
  EXPECT_TRUE(says("/nowhere/at/all"));
  dialog->findChild<QLineEdit*>()->setText(
      QStringLiteral("hbevocc-studio %1").arg(QString::fromStdString(demoWorld().string())));
  EXPECT_TRUE(open_button()->isEnabled());
  EXPECT_FALSE(says("/nowhere/at/all"));
  dialog->reject();
}

TEST_F(SessionTest, a_session_ends_where_what_it_names_is_nothing) {
  const auto file = runFolder() / "nothing.txt";
  std::ofstream(file) << "nothing";
  SessionOptions options;
  options.data = demoWorld().string();
  options.predictions = {file.string()};
  window().openSession(options);
  EXPECT_TRUE(waitFor([this] { return !window().findChild<QObject*>(QStringLiteral("session")); }));
  EXPECT_TRUE(notice().contains(QStringLiteral("nothing.txt"))) << notice().toStdString();
}

TEST_F(SessionTest, a_new_window_is_this_program_with_the_links_words) {
  studio().setCurrent(1, 1);
  QString program;
  QStringList arguments;
  window().setProgramStarter([&](const QString& wanted, const QStringList& words) {
    program = wanted;
    arguments = words;
    return arguments.size() < 100;
  });
  key(Qt::Key_N, Qt::ControlModifier);
  EXPECT_EQ(program, QCoreApplication::applicationFilePath());
  trigger("link.copy");
  EXPECT_EQ(linkText(arguments), QGuiApplication::clipboard()->text());
  EXPECT_TRUE(arguments.contains(QStringLiteral("--keyframe")));
  window().setProgramStarter([](const QString&, const QStringList&) { return false; });
  key(Qt::Key_N, Qt::ControlModifier);
  EXPECT_TRUE(notice().contains(QStringLiteral("cannot be started")));
}

TEST_F(SessionTest, keys_undo_and_redo_cameras_and_layers) {
  const ViewCamera first = viewport(Side::A).destination();
  EXPECT_FALSE(window().actions()["view.undo"]->isEnabled());
  key(Qt::Key_7);
  const ViewCamera top = viewport(Side::A).destination();
  ASSERT_FALSE(isNear(first, top));
  ASSERT_TRUE(waitFor([&] { return window().actions()["view.undo"]->isEnabled(); }));
  key(Qt::Key_Z, Qt::ControlModifier);
  for (const Side side : {Side::A, Side::B})
    EXPECT_TRUE(isNear(viewport(side).destination(), first));
  EXPECT_TRUE(viewport(Side::A).isFlying()) << "as other flights";
  EXPECT_FALSE(window().actions()["view.undo"]->isEnabled());
  key(Qt::Key_V, Qt::ShiftModifier);
  EXPECT_FALSE(studio().view().layer(Layer::Voxels).shown);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_TRUE(studio().view().layer(Layer::Voxels).shown);
  key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_FALSE(studio().view().layer(Layer::Voxels).shown);
  studio().openDataset(root());
  ASSERT_TRUE(waitFor([&] { return !window().history().canUndo(); })) << "another data set is another story";
}

TEST_F(SessionTest, one_drag_is_one_step) {
  Viewport& at = viewport(Side::A);
  const ViewCamera before = at.destination();
  ViewHistory& history = window().history();
  pressMouse(at, {300, 200});
  for (int i = 1; i <= 5; ++i) {
    moveMouse(at, {300.0 + 10 * i, 200}, Qt::LeftButton);
    QCoreApplication::processEvents();
  }
  releaseMouse(at, {350, 200});
  ASSERT_TRUE(waitFor([&] { return history.canUndo(); }));
  EXPECT_EQ(history.count(), 1);
  ASSERT_FALSE(isNear(at.destination(), before));
  history.undo();
  EXPECT_TRUE(isNear(at.destination(), before));
  EXPECT_TRUE(isNear(viewport(Side::B).destination(), before)) << "linked";
}

TEST_F(SessionTest, changes_within_half_a_second_are_one_step) {
  window().hide();  // nothing is drawn two hundred times
  qint64 now_ms = 0;
  ViewHistory history(studio(), window().viewports(), [&] { return now_ms; });
  const auto opacity = [&](double value) {
    studio().changeView([value](ViewSettings& view) { view.layer(Layer::Rings).opacity = value; });
    QCoreApplication::processEvents();
  };
  for (const double value : {0.5, 0.6, 0.7}) {
    now_ms += 400;
    opacity(value);
  }
  EXPECT_EQ(history.count(), 1);
  now_ms += 500;
  opacity(0.8);
  EXPECT_EQ(history.count(), 2);
  history.undo();
  EXPECT_DOUBLE_EQ(studio().view().layer(Layer::Rings).opacity, 0.7);
  history.undo();
  EXPECT_DOUBLE_EQ(studio().view().layer(Layer::Rings).opacity, 0.4);
  EXPECT_FALSE(history.canUndo());
  history.redo();
  history.redo();
  EXPECT_DOUBLE_EQ(studio().view().layer(Layer::Rings).opacity, 0.8);
  opacity(0.9);  // at once, but after a redo: a step of its own
  EXPECT_EQ(history.count(), 3);
  for (int i = 0; i < ViewHistory::kMostSteps + 20; ++i) {
    now_ms += 1000;
    opacity(0.1 + 0.001 * i);
  }
  EXPECT_EQ(history.count(), ViewHistory::kMostSteps);
}

TEST_F(BareWindowTest, all_that_is_under_way_is_seen_together_and_stopped_one_by_one) {
  Activities& activities = window().activities();
  QStringList stopped;
  const auto begin = [&](const char* id, std::int64_t done) {
    Progress::State state;
    state.what = id;
    state.done = done;
    state.total = 10;
    activities.show(
        {QLatin1String(id), state, false, false, [&stopped, id] { stopped << QLatin1String(id); }});
  };
  const auto status = [&] { return window().statusBar()->findChild<ProgressLine*>(); };
  EXPECT_FALSE(status()->isVisible());
  begin("first", 1);
  begin("second", 2);
  begin("first", 3);
  EXPECT_EQ(status()->state().what, "second") << "the newest";
  key(Qt::Key_7, Qt::AltModifier);
  auto* popup = window().findChild<ActivitiesPopup*>();
  ASSERT_TRUE(popup && popup->isVisible());
  const auto lines = popup->findChildren<ProgressLine*>();
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[0]->state().what, "first");
  EXPECT_EQ(lines[0]->state().done, 3);
  lines[0]->findChild<QToolButton*>()->click();
  EXPECT_EQ(stopped, QStringList{QStringLiteral("first")});
  activities.end(QStringLiteral("second"));
  EXPECT_EQ(status()->state().what, "first") << "it goes on beside what has ended";
  EXPECT_TRUE(status()->isVisible());
  activities.end(QStringLiteral("first"));
  EXPECT_FALSE(status()->isVisible());
  popup->close();
}

TEST_F(BareWindowTest, f1_says_what_the_panel_with_the_focus_is_for) {
  const auto help = [this](QWidget& focus) {
    focus.setFocus();
    key(Qt::Key_F1);
    auto* popup = window().findChild<PanelHelpPopup*>();
    const QString title = popup ? popup->accessibleName() : QString();
    delete popup;
    return title;
  };
  EXPECT_EQ(help(window()), QStringLiteral("Start"));
  window().showPanel(&window().doctor());
  EXPECT_EQ(help(window().doctor()), QStringLiteral("Doctor"));
}

TEST_F(SessionTest, f1_speaks_of_the_viewports_where_nothing_has_the_focus) {
  if (QWidget* focus = QApplication::focusWidget()) focus->clearFocus();
  trigger("help.panel");
  auto* popup = window().findChild<PanelHelpPopup*>();
  ASSERT_TRUE(popup);
  EXPECT_EQ(popup->accessibleName(), QStringLiteral("Viewports"));
  popup->close();
}

/// With HBEV_PICTURES=FOLDER: what pops up here, in both themes and two sizes, to be looked at.
TEST_F(SessionTest, pictures_of_dialogs) {
  const QString folder = qEnvironmentVariable("HBEV_PICTURES");
  for (const char* tone : {"dark", "light"}) {
    theme().setMode(QLatin1String(tone) == QLatin1String("dark") ? Theme::Mode::Dark : Theme::Mode::Light);
    for (const QSize size : {QSize(1280, 720), QSize(1600, 900)}) {
      window().resize(size);
      const auto save = [&](QWidget& widget, const char* name) {
        QTest::qWait(250);
        QPixmap whole = window().grab();
        QPainter(&whole).drawPixmap(window().mapFromGlobal(widget.mapToGlobal(QPoint())), widget.grab());
        EXPECT_TRUE(whole.save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, name, tone).arg(size.width())));
      };
      trigger("link.copy");
      trigger("link.open");
      save(*window().findChild<LinkDialog*>(), "link");
      window().findChild<LinkDialog*>()->findChild<QLineEdit*>()->setText(
          QStringLiteral("hbevocc-studio /nowhere --scene x"));
      save(*window().findChild<LinkDialog*>(), "link-refused");
      delete window().findChild<LinkDialog*>();
      trigger("video.save");
      save(*window().findChild<VideoDialog*>(), "video");
      delete window().findChild<VideoDialog*>();
      for (const char* what : {"Evaluating demo", "Video of demo-0103", "Training run-14"}) {
        Progress::State state{what, 12, 40, 21.0, {}};
        window().activities().show({QLatin1String(what), state, false, false, [] {}});
      }
      trigger("panel.activities");
      save(*window().findChild<ActivitiesPopup*>(), "activities");
      window().findChild<ActivitiesPopup*>()->close();
      trigger("help.panel");
      save(*window().findChild<PanelHelpPopup*>(), "help");
      delete window().findChild<PanelHelpPopup*>();
    }
  }
}

}  // namespace
}  // namespace hbev::ui::test
