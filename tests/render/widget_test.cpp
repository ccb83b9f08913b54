// Scenes inside Qt's widgets: several contexts side by side, taken away and given again.
#include <QApplication>
#include <QHBoxLayout>
#include <QOpenGLContext>
#include <QOpenGLWidget>
#include <QSurfaceFormat>
#include <gtest/gtest.h>

#include "render/coloring.h"
#include "render/frame_scene.h"
#include "tests/render/street.h"

namespace hbev {
namespace {

class Viewport : public QOpenGLWidget {
 public:
  explicit Viewport(QWidget* parent) : QOpenGLWidget(parent) { setFixedSize(320, 240); }
  ~Viewport() override { dropScene(); }
  int contextsSeen() const { return contexts_seen_; }

 protected:
  void initializeGL() override {
    ++contexts_seen_;
    connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { dropScene(); });
    scene_ = std::make_unique<FrameScene>();
    auto street = std::make_shared<Occupancy>(test::makeStreet());
    scene_->setFlow(flowArrows(*street, {}), {255, 255, 255});
    scene_->setOccupancy(std::move(street));
  }
  void paintGL() override {
    scene_->draw(ViewCamera::orbit(), int(width() * devicePixelRatio()), int(height() * devicePixelRatio()),
                 {});
  }

 private:
  void dropScene() {
    if (!scene_) return;
    makeCurrent();
    scene_.reset();
    doneCurrent();
  }

  std::unique_ptr<FrameScene> scene_;
  int contexts_seen_ = 0;
};

/// Pixels of the cars' blue, of which the street has plenty.
int bluePixels(const QImage& image) {
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const QColor color = image.pixelColor(x, y);
      count += color.blue() > 150 && color.red() < 80;
    }
  }
  return count;
}

TEST(FrameSceneInWidgets, DrawsAlikeInAllAndAfterDocking) {
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  QSurfaceFormat::setDefaultFormat(format);
  int count = 1;
  char name[] = "widget_test";
  char* arguments[] = {name, nullptr};
  const QApplication application(count, arguments);

  QWidget window, other_window;
  auto* a = new Viewport(&window);
  auto* b = new Viewport(&window);
  auto* layout = new QHBoxLayout(&window);
  layout->addWidget(a);
  layout->addWidget(b);
  window.show();
  other_window.resize(400, 300);
  other_window.show();
  QApplication::processEvents();
  const QImage first = a->grabFramebuffer();
  EXPECT_GT(bluePixels(first), 500);
  EXPECT_EQ(b->grabFramebuffer(), first);

  // Another top-level window is another context, as when a dock floats.
  const int before = a->contextsSeen();
  a->setParent(&other_window);
  a->show();
  QApplication::processEvents();
  EXPECT_EQ(a->grabFramebuffer(), first);
  EXPECT_GT(a->contextsSeen(), before);
  EXPECT_EQ(b->grabFramebuffer(), first);
  delete a;
  EXPECT_EQ(b->grabFramebuffer(), first);
}

}  // namespace
}  // namespace hbev
