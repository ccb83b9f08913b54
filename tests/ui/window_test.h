// What every test of the window needs: the window, a demo world, a mouse, keys, and patience.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

#include <QtCore/QDir>
#include <QtCore/QPointF>
#include <gtest/gtest.h>

#include "ui/kit/theme.h"
#include "ui/viewport/viewport.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/main_window.h"

namespace hbev::ui::test {

/// A folder that lives as long as the test run.
const std::filesystem::path& runFolder();
/// Two scenes of four keyframes with small pictures, truth in both label kinds and predictions/spoiled. Made
/// once.
const std::filesystem::path& demoWorld();
/// One scene of three keyframes with pictures between them. Made once.
const std::filesystem::path& sweepWorld();
/// A copy of demoWorld() that a test may damage, named `name`.
std::filesystem::path copyOfDemoWorld(const std::string& name);
/// The same with predictions/spoiled lying otherwise: x and y swapped, then y turned round.
std::filesystem::path turnedDemoWorld(const std::string& name);
/// Makes a file half as long: what an interrupted download leaves.
void truncate(const std::filesystem::path& file);

/// Lets events run until `ready`; false when it was not within the limit, which is long as other programs may
/// run.
bool waitFor(const std::function<bool()>& ready, int limit_ms = 30000);
/// Lets events run until the widget has drawn itself at least once more.
void waitForFrame(Viewport& viewport);

// Events as the window system would send them, in the widget's logical pixels.
void moveMouse(QWidget& widget, QPointF at, Qt::MouseButtons held = Qt::NoButton);
void pressMouse(QWidget& widget, QPointF at, Qt::MouseButton button = Qt::LeftButton,
                Qt::KeyboardModifiers keys = {});
void releaseMouse(QWidget& widget, QPointF at, Qt::MouseButton button = Qt::LeftButton,
                  Qt::KeyboardModifiers keys = {});
void turnWheel(QWidget& widget, QPointF at, int steps);

/// The nearest ancestor of class T.
template <class T>
T* ancestor(const QWidget& widget) {
  for (QWidget* at = widget.parentWidget(); at; at = at->parentWidget()) {
    if (auto* found = qobject_cast<T*>(at)) return found;
  }
  return nullptr;
}

/// The widget of that class in `whole`, of all of them the one of that object name, or that
/// screen readers call so.
template <class T>
T& partOf(const QWidget& whole, const QString& name = {}) {
  for (T* each : whole.findChildren<T*>()) {
    if (name.isEmpty() || each->objectName() == name || each->accessibleName() == name) return *each;
  }
  throw std::logic_error("There is no " + std::string(T::staticMetaObject.className()) + ' ' +
                         name.toStdString());
}

/// A window of 1480x900 (its legend in A is unfolded) with no settings, shown and active.
class WindowTest : public testing::Test {
 protected:
  WindowTest();
  ~WindowTest() override;

  MainWindow& window() { return *window_; }
  Studio& studio() { return window_->studio(); }
  Viewport& viewport(Side side) { return window_->viewports().viewport(side); }
  Theme& theme() { return Theme::current(); }

  /// Opens a data set and waits until its first keyframe is shown and scored.
  void open(const std::filesystem::path& path = demoWorld());
  /// Everything of the current keyframe is there.
  bool settle() {
    return waitFor([this] { return window_->isSettled(); });
  }
  void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {});
  /// Moves there, presses and lets go, with a frame for the overlay between.
  void click(Viewport& viewport, QPointF at, Qt::KeyboardModifiers keys = {});
  std::size_t keyframe() { return studio().current().index; }

  /// The voxel that `occupancy` shows at a pixel of a viewport when nothing is hidden, found without the
  /// viewport.
  VoxelMark voxelUnder(Viewport& viewport, const Occupancy& occupancy, QPointF pixel);
  /// A voxel that is seen at its own centre, away from the overlay. `accept` may refuse.
  VoxelMark visibleVoxel(Viewport& viewport, const Occupancy& occupancy,
                         const std::function<bool(const Eigen::Vector3i&, QPointF)>& accept = {});
  /// Middle of a class's row in the legend, as the design guide measures it.
  static QPointF legendRow(int row) { return {60.0, 74.0 + 6 + 16 + 2 + 16 * row + 8}; }
  /// What the notice line says, empty while it is hidden.
  QString notice();

  /// Pictures for people go into the folder that HBEV_PICTURES names; made, or nothing without that.
  static std::optional<QDir> pictureFolder();
  /// The window as it is now, or a part of it, as NAME.png.
  void takePicture(const QString& name, QWidget* part = nullptr);
  /// At 1600 x 900 in both themes, at 1280 x 720 and 3840 x 2160 in the dark one; nothing without a folder.
  void takePictures(const QString& name);
  /// The name of the case that runs.
  static QString caseName();

 private:
  std::unique_ptr<MainWindow> window_;
};

}  // namespace hbev::ui::test
