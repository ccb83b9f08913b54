#include "tests/ui/window_test.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QSettings>
#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

#include "core/data/dataset.h"
#include "core/data/labels.h"
#include "core/data/predictions/orientation.h"
#include "core/data/predictions/source.h"
#include "core/synth/demo_world.h"
#include "render/picking.h"
#include "tests/base/temporary_folder.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/notices.h"
#include "ui/state/left_threads.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

void sendMouse(QWidget& widget, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons held,
               Qt::KeyboardModifiers keys) {
  QMouseEvent event(type, at, widget.mapToGlobal(at), button, held, keys);
  QApplication::sendEvent(&widget, &event);
}

/// A copy of the world that ctest has had made for all programs (CMakeLists.txt); made here without one.
fs::path worldOf(const char* variable, const char* name, const DemoOptions& options) {
  const fs::path world = runFolder() / name;
  const fs::path made = qEnvironmentVariable(variable).toStdString();
  if (!made.empty()) {
    fs::copy(made, world, fs::copy_options::recursive);
  } else {
    Progress progress;
    writeDemoWorld(world, options, progress);
  }
  return world;
}

}  // namespace

const fs::path& runFolder() {
  static const hbev::test::TemporaryFolder folder;
  return folder.path();
}

const fs::path& demoWorld() {
  static const fs::path world = [] {
    DemoOptions options;
    options.keyframes = 4;
    options.image_width = 352;
    options.image_height = 198;
    return worldOf("HBEV_DEMO_WORLD", "demo", options);
  }();
  return world;
}

const fs::path& sweepWorld() {
  static const fs::path world = [] {
    DemoOptions options;
    options.scenes = 1;
    options.keyframes = 3;
    options.image_width = 176;
    options.image_height = 99;
    options.sweeps = true;
    return worldOf("HBEV_SWEEP_WORLD", "sweeps", options);
  }();
  return world;
}

fs::path copyOfDemoWorld(const std::string& name) {
  const fs::path copy = runFolder() / name;
  fs::copy(demoWorld(), copy, fs::copy_options::recursive);
  return copy;
}

std::filesystem::path turnedDemoWorld(const std::string& name) {
  const std::filesystem::path world = copyOfDemoWorld(name);
  const auto spoiled = openPredictions(world / "predictions" / "spoiled");
  const Orientation turn = *findOrientation("swap-xy+flip-y");
  const auto dataset = Dataset::open(world);
  for (std::size_t scene = 0; scene < dataset->scenes().size(); ++scene) {
    for (std::size_t i = 0; i < dataset->scenes()[scene].keyframes.size(); ++i) {
      const Keyframe keyframe = dataset->keyframe(scene, i);
      writeOccupancyNpz(*spoiled->find(keyframe), oriented(spoiled->read(keyframe), turn), false);
    }
  }
  return world;
}

void truncate(const fs::path& file) {
  fs::resize_file(file, fs::file_size(file) / 2);
}

bool waitFor(const std::function<bool()>& ready, int limit_ms) {
  return QTest::qWaitFor(ready, limit_ms);
}

void waitForFrame(Viewport& viewport) {
  bool drawn = false;
  const auto connection =
      QObject::connect(&viewport, &QOpenGLWidget::frameSwapped, [&drawn] { drawn = true; });
  viewport.update();
  EXPECT_TRUE(waitFor([&drawn] { return drawn; }));
  QObject::disconnect(connection);
}

void moveMouse(QWidget& widget, QPointF at, Qt::MouseButtons held) {
  sendMouse(widget, QEvent::MouseMove, at, Qt::NoButton, held, {});
}

void pressMouse(QWidget& widget, QPointF at, Qt::MouseButton button, Qt::KeyboardModifiers keys) {
  sendMouse(widget, QEvent::MouseButtonPress, at, button, button, keys);
}

void releaseMouse(QWidget& widget, QPointF at, Qt::MouseButton button, Qt::KeyboardModifiers keys) {
  sendMouse(widget, QEvent::MouseButtonRelease, at, button, Qt::NoButton, keys);
}

void turnWheel(QWidget& widget, QPointF at, int steps) {
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, 120 * steps}, Qt::NoButton, {}, Qt::NoScrollPhase,
                    false);
  QApplication::sendEvent(&widget, &event);
}

WindowTest::WindowTest() {
  QSettings().clear();
  window_ = std::make_unique<MainWindow>(Theme::current(), false);
  window_->resize(1480, 900);
  window_->show();
  QApplication::setActiveWindow(window_.get());
  EXPECT_TRUE(QTest::qWaitForWindowExposed(window_.get()));
}

WindowTest::~WindowTest() {
  window_.reset();  // or all its widgets would be styled once more
  // What nobody waited for writes into folders that the next case uses, too.
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
  if (theme().mode() != Theme::Mode::Dark) theme().setMode(Theme::Mode::Dark);
}

void WindowTest::open(const fs::path& path) {
  studio().openDataset(QString::fromStdString(path.string()));
  ASSERT_TRUE(settle());
  viewport(Side::A).setFocus();
  waitForFrame(viewport(Side::A));
}

void WindowTest::key(Qt::Key key, Qt::KeyboardModifiers modifiers) {
  QTest::keyClick(window_.get(), key, modifiers);
}

void WindowTest::click(Viewport& viewport, QPointF at, Qt::KeyboardModifiers keys) {
  moveMouse(viewport, at);
  waitForFrame(viewport);
  pressMouse(viewport, at, Qt::LeftButton, keys);
  waitForFrame(viewport);
  releaseMouse(viewport, at, Qt::LeftButton, keys);
  waitForFrame(viewport);
}

VoxelMark WindowTest::voxelUnder(Viewport& viewport, const Occupancy& occupancy, QPointF pixel) {
  const ViewCamera& camera = viewport.camera();
  const auto ray = camera.rayThrough({pixel.x(), pixel.y()}, viewport.width(), viewport.height());
  const auto picked = pickVoxel(occupancy, VoxelFilter{}, camera.eye(), ray);
  return picked ? VoxelMark(picked->voxel) : std::nullopt;
}

VoxelMark WindowTest::visibleVoxel(Viewport& viewport, const Occupancy& occupancy,
                                   const std::function<bool(const Eigen::Vector3i&, QPointF)>& accept) {
  const QRectF free = QRectF(viewport.rect()).adjusted(170, 90, -30, -90);
  const GridSpec& grid = occupancy.grid;
  for (int x = 0; x < grid.dims.x(); ++x) {
    for (int y = 0; y < grid.dims.y(); ++y) {
      for (int z = grid.dims.z() - 1; z >= 0; --z) {
        const Eigen::Vector3i voxel(x, y, z);
        if (occupancy.isFree(grid.index(voxel))) continue;
        const auto pixel = viewport.camera().project(grid.center(voxel), viewport.width(), viewport.height());
        const QPointF at = pixel ? QPointF(pixel->x(), pixel->y()) : QPointF(-1, -1);
        if (!free.contains(at) || voxelUnder(viewport, occupancy, at) != VoxelMark(voxel)) continue;
        if (!accept || accept(voxel, at)) return voxel;
      }
    }
  }
  return std::nullopt;
}

QString WindowTest::notice() {
  auto* line = window_->findChild<NoticeLine*>(QStringLiteral("notice"));
  return line && line->isVisible() ? line->findChild<ElidedLabel*>()->text() : QString();
}

std::optional<QDir> WindowTest::pictureFolder() {
  const QString name = qEnvironmentVariable("HBEV_PICTURES");
  if (name.isEmpty()) return std::nullopt;
  EXPECT_TRUE(QDir().mkpath(name));
  return QDir(name);
}

void WindowTest::takePicture(const QString& name, QWidget* part) {
  const auto folder = pictureFolder();
  if (!folder) return;
  EXPECT_TRUE((part ? part : window_.get())->grab().save(folder->filePath(name + QStringLiteral(".png"))));
}

void WindowTest::takePictures(const QString& name) {
  if (!pictureFolder()) return;
  for (const QSize size : {QSize(1600, 900), QSize(1280, 720), QSize(3840, 2160)}) {
    for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
      const bool is_light = mode == Theme::Mode::Light;
      if (is_light && size.width() != 1600) continue;
      theme().setMode(mode);
      window_->resize(size);
      QTest::qWait(400);  // for people: what is drawn a moment later is in it, too
      takePicture(
          QStringLiteral("%1-%2%3").arg(name).arg(size.width()).arg(QLatin1String(is_light ? "-light" : "")));
    }
  }
  theme().setMode(Theme::Mode::Dark);
}

QString WindowTest::caseName() {
  return QString::fromLatin1(testing::UnitTest::GetInstance()->current_test_info()->name());
}

}  // namespace hbev::ui::test
