// hbevocc-studio: the window.
#include <CLI/CLI.hpp>
#include <QtCore/QTimer>
#include <QtGui/QSurfaceFormat>
#include <QtWidgets/QApplication>
#include <fmt/format.h>

#include "app/sleeping_threads.h"
#include "ui/kit/theme.h"
#include "ui/main_window.h"

namespace {

struct StudioOptions {
  std::string data, scene, screenshot, theme = "system", workspace = "browse", size;
  std::vector<std::string> predictions;
  std::string predict, weights;
  int keyframe = 1, cache_mb = 0;
};

int parse(int argc, char** argv, StudioOptions& options) {
  CLI::App app(
      "HBEVOcc Studio: see what an occupancy network predicts, beside the truth, and where it is wrong.",
      "hbevocc-studio");
  app.set_version_flag("--version", "hbevocc-studio " HBEV_VERSION);
  app.add_option("DATA", options.data, "A nuScenes folder or a labels .npz");
  app.add_option("--predictions", options.predictions,
                 "Folders of predictions, files of hbevocc evaluate --out");
  app.add_option("--predict", options.predict,
                 "Predict the first keyframe shown with this network: a configuration's name or .toml file");
  app.add_option(
      "--weights", options.weights,
      "Checkpoint for --predict; without it those that come with the studio, else untrained weights");
  app.add_option("--scene", options.scene, "Name or token of the scene to begin with");
  app.add_option("--keyframe", options.keyframe, "Number in the scene, from 1");
  app.add_option("--theme", options.theme, "dark, light or system")
      ->check(CLI::IsMember({"dark", "light", "system"}));
  app.add_option("--workspace", options.workspace, "browse, errors or training")
      ->check(CLI::IsMember({"browse", "errors", "training"}));
  app.add_option("--cache-mb", options.cache_mb,
                 "Memory for what is kept loaded, MB, this time; else as in the settings")
      ->check(CLI::Range(hbev::ui::StreamSettings::kLeastMemory_mb, 1 << 24));
  app.add_option("--size", options.size, "Size of the window: 1600x1000");
  app.add_option("--screenshot", options.screenshot,
                 "Write a picture of the window once everything is shown, and quit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? -1 : 2;
  }
  return 0;
}

void chooseFormat() {
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  QSurfaceFormat::setDefaultFormat(format);
}

/// Opens what the command line names, one thing after the other.
void openAll(hbev::ui::MainWindow& window, const StudioOptions& options) {
  hbev::ui::Studio& studio = window.studio();
  QObject::connect(
      &studio, &hbev::ui::Studio::datasetChanged, &window,
      [&window, &studio, options] {
        QStringList paths;
        for (const std::string& path : options.predictions)
          paths << QString::fromStdString(path);
        if (!paths.isEmpty()) window.openPaths(paths);
        try {
          const std::size_t scene = options.scene.empty() ? 0 : studio.dataset()->sceneIndex(options.scene);
          studio.setCurrent(scene, std::size_t(std::max(1, options.keyframe) - 1));
        } catch (const hbev::Error& error) {
          window.showProblem(error.problem());
        }
        window.setWorkspace(QString::fromStdString(options.workspace));
        if (options.predict.empty()) return;
        const QString config = QString::fromStdString(options.predict);
        const QString weights = options.weights.empty()
                                    ? hbev::ui::shippedWeights(window.predicting().backend(), config)
                                    : QString::fromStdString(options.weights);
        window.predicting().choose({config, weights});
        window.predictKeyframe();
      },
      Qt::ConnectionType(Qt::QueuedConnection | Qt::SingleShotConnection));
  if (options.data.empty() && options.workspace == "training")
    window.setWorkspace(QStringLiteral("training"));
  if (!options.data.empty()) studio.openDataset(QString::fromStdString(options.data));
}

/// Waits until everything is shown and drawn, saves the window, and quits; code 1 when that takes over two
/// minutes.
void takeScreenshot(hbev::ui::MainWindow& window, const StudioOptions& options) {
  auto* poll = new QTimer(&window);
  auto* rounds = new int(0);
  auto* settled = new int(0);
  QObject::connect(poll, &QTimer::timeout, &window, [&window, options, poll, rounds, settled] {
    const bool ready = options.data.empty() ? *rounds > 5 : window.isSettled();
    *settled = ready ? *settled + 1 : 0;
    if (*settled < 8 && ++*rounds < 1200) return;
    poll->stop();
    const bool saved = *settled >= 8 && window.grab().save(QString::fromStdString(options.screenshot));
    if (!saved) fmt::print(stderr, "error: no screenshot could be written to {}\n", options.screenshot);
    delete rounds;
    delete settled;
    QCoreApplication::exit(saved ? 0 : 1);
  });
  poll->start(100);
}

}  // namespace

int main(int argc, char** argv) {
  StudioOptions options;
  if (const int code = parse(argc, argv, options); code != 0) return code < 0 ? 0 : code;
#ifdef HBEV_HAS_TORCH
  hbev::useSleepingThreads(argv);
#endif
  QCoreApplication::setOrganizationName(QStringLiteral("HBEVOcc Studio"));
  QCoreApplication::setApplicationName(QStringLiteral("hbevocc-studio"));
  QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
  QGuiApplication::setDesktopFileName(QStringLiteral("hbevocc-studio"));
  QApplication::setAttribute(Qt::AA_ShareOpenGLContexts);  // docking elsewhere keeps the GL objects
  chooseFormat();
  QApplication application(argc, argv);
  try {
    using hbev::ui::Theme;
    Theme theme;
    theme.setMode(options.theme == "dark"    ? Theme::Mode::Dark
                  : options.theme == "light" ? Theme::Mode::Light
                                             : Theme::Mode::System);
    theme.apply(application);
    hbev::ui::MainWindow window(theme, options.screenshot.empty());
    int width = 0, height = 0;
    if (std::sscanf(options.size.c_str(), "%dx%d", &width, &height) == 2) window.resize(width, height);
    window.show();
    if (options.cache_mb > 0) {
      hbev::ui::StreamSettings settings = window.studio().settings();
      settings.memory_mb = options.cache_mb;
      window.studio().applySettings(settings);
    }
    openAll(window, options);
    if (!options.screenshot.empty()) takeScreenshot(window, options);
    return QApplication::exec();
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}
