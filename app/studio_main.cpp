// hbevocc-studio: the window.
#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <QtCore/QTimer>
#include <QtGui/QSurfaceFormat>
#include <QtWidgets/QApplication>
#include <fmt/format.h>

#include "app/sleeping_threads.h"
#include "app/terminal.h"
#include "ui/kit/theme_setting.h"
#include "ui/state/left_threads.h"
#include "ui/video/video_plan.h"
#include "ui/video/video_recorder.h"
#include "ui/window/main_window.h"
#include "ui/window/session_link.h"
#include "ui/window/session_options.h"

namespace {

constexpr int kLookEach_ms = 100, kMostRounds = 1200;  ///< of waiting until everything is shown: two minutes

struct StudioOptions {
  hbev::ui::SessionOptions session;
  std::string screenshot, theme, size;
  std::string video, video_shows = "viewports";
  double video_speed = 2.0;
  bool video_sweeps = false;
  int cache_mb = 0;

  /// Nobody sits before it: it does this and quits.
  bool isAlone() const { return !screenshot.empty() || !video.empty(); }
};

int parse(int argc, char** argv, StudioOptions& options) {
  CLI::App app(
      "HBEVOcc Studio: see what an occupancy network predicts, beside the truth, and where it is wrong.",
      "hbevocc-studio");
  app.set_version_flag("--version", "hbevocc-studio " HBEV_VERSION);
  hbev::ui::addSessionOptions(app, options.session);
  hbev::ui::addProgramOptions(app, options.session);
  app.add_option("--theme", options.theme, "dark, light or system; else as it was chosen last")
      ->check(CLI::IsMember({"dark", "light", "system"}));
  app.add_option("--cache-mb", options.cache_mb,
                 "Memory for what is kept loaded, MB, this time; else as in the settings")
      ->check(CLI::Range(hbev::ui::StreamSettings::kLeastMemory_mb, 1 << 24));
  app.add_option("--size", options.size, "Size of the window, and of the video: 1600x1000");
  app.add_option("--screenshot", options.screenshot,
                 "Write a picture of the window once everything is shown, and quit");
  auto* video = app.add_option(
      "--video", options.video,
      "Make a video of the scene and quit: a name that ends in .mp4, or a folder for numbered PNG files");
  video->needs(app.get_option("DATA"));
  app.add_option("--video-shows", options.video_shows,
                 "viewports, cameras (above the viewports) or window (all of it)")
      ->check(CLI::IsMember({"viewports", "cameras", "window"}))
      ->needs(video);
  app.add_flag("--video-sweeps", options.video_sweeps, "With the pictures between the keyframes, 12 a second")
      ->needs(video);
  app.add_option("--video-speed", options.video_speed, "Keyframes a second; 2 is as it was driven")
      ->check(CLI::Range(0.1, 24.0))
      ->needs(video);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? -1 : 2;
  }
  const QStringList unknown = hbev::ui::takeUnknownWords(options.session);
  if (!unknown.isEmpty())
    fmt::print(stderr, "warning: left out, as this version does not know it: {}\n",
               unknown.join(QLatin1Char(' ')).toStdString());
  return 0;
}

void chooseFormat() {
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  QSurfaceFormat::setDefaultFormat(format);
}

/// Waits until everything is shown and drawn, saves the window, and quits; code 1 when that takes over two
/// minutes.
void takeScreenshot(hbev::ui::MainWindow& window, const StudioOptions& options) {
  auto* poll = new QTimer(&window);
  auto* rounds = new int(0);
  auto* settled = new int(0);
  QObject::connect(&window.studio(), &hbev::ui::Studio::openFailed, &window,
                   [&window](const hbev::Problem& problem) {
                     fmt::print(stderr, "error: {}\n", hbev::toString(problem));
                     if (!window.studio().dataset()) QCoreApplication::exit(1);  // nothing will be shown
                   });
  QObject::connect(poll, &QTimer::timeout, &window, [&window, options, poll, rounds, settled] {
    const bool ready = options.session.data.empty() ? *rounds > 5 : window.isSettled();
    *settled = ready ? *settled + 1 : 0;
    if (*settled < 8 && ++*rounds < kMostRounds) return;
    poll->stop();
    const bool saved = *settled >= 8 && window.grab().save(QString::fromStdString(options.screenshot));
    if (!saved) fmt::print(stderr, "error: no screenshot could be written to {}\n", options.screenshot);
    delete rounds;
    delete settled;
    QCoreApplication::exit(saved ? 0 : 1);
  });
  poll->start(kLookEach_ms);
}

/// The plan that the command line asks for: the whole scene.
hbev::ui::VideoPlan videoPlan(const hbev::ui::Studio& studio, const StudioOptions& options) {
  using hbev::ui::VideoContent;
  hbev::ui::VideoPlan plan;
  plan.scene = studio.current().scene;
  plan.last = int(studio.keyframesInScene()) - 1;
  plan.sweeps = options.video_sweeps;
  plan.content = options.video_shows == "window"    ? VideoContent::Window
                 : options.video_shows == "cameras" ? VideoContent::Cameras
                                                    : VideoContent::Viewports;
  plan.size = hbev::ui::parseSize(QString::fromStdString(options.size));
  plan.keyframes_per_second = options.video_speed;
  plan.path = QString::fromStdString(options.video);
  return plan;
}

/// Waits until the data set is shown, makes the video, says how far it is, and quits. Ctrl+C leaves no file.
void makeVideo(hbev::ui::MainWindow& window, const StudioOptions& options) {
  using hbev::ui::VideoRecorder;
  VideoRecorder& video = window.video();
  // From the first picture on: until then Ctrl+C ends the program by itself.
  const auto terminal = std::make_shared<std::unique_ptr<hbev::TerminalProgress>>();
  const auto quit = [terminal](int code, const std::string& sentence) {
    terminal->reset();
    if (!sentence.empty()) fmt::print(stderr, "{}\n", sentence);
    QCoreApplication::exit(code);
  };
  const auto fail = [quit](const hbev::Problem& problem) { quit(1, "error: " + hbev::toString(problem)); };
  QObject::connect(&video, &VideoRecorder::progressed, &window, [&video, terminal](const auto& state) {
    if (!*terminal) {
      *terminal = std::make_unique<hbev::TerminalProgress>();
      (*terminal)->progress().start(state.what, state.total);
    }
    hbev::Progress& progress = (*terminal)->progress();
    progress.advance(state.done - progress.state().done);
    if (progress.isCancelled()) QMetaObject::invokeMethod(&video, &VideoRecorder::stop, Qt::QueuedConnection);
  });
  QObject::connect(&video, &VideoRecorder::finished, &window, [quit](const QString& path, int pictures) {
    quit(0, fmt::format("{} pictures in {}", pictures, path.toStdString()));
  });
  QObject::connect(&video, &VideoRecorder::stopped, &window, [quit] { quit(1, "stopped"); });
  QObject::connect(&video, &VideoRecorder::failed, &window, fail);
  QObject::connect(&window.studio(), &hbev::ui::Studio::openFailed, &window, fail);
  auto* poll = new QTimer(&window);
  QObject::connect(poll, &QTimer::timeout, &window,
                   [&window, &video, options, poll, quit, rounds = 0]() mutable {
                     const bool ready = window.isSettled();
                     if (!ready && ++rounds < kMostRounds) return;
                     poll->stop();
                     if (!ready) return quit(1, "error: the first keyframe is not shown after two minutes");
                     const hbev::ui::VideoPlan plan = videoPlan(window.studio(), options);
                     const QString why = plan.sweeps ? hbev::ui::whyNoSweeps(window.studio()) : QString();
                     if (!why.isEmpty()) fmt::print(stderr, "warning: {}\n", why.toStdString());
                     video.start(plan);
                   });
  poll->start(kLookEach_ms);
}

/// Until the window is closed: the exit code.
int show(QApplication& application, const StudioOptions& options) {
  try {
    using hbev::ui::Theme;
    Theme theme;
    theme.setMode(options.theme == "dark"    ? Theme::Mode::Dark
                  : options.theme == "light" ? Theme::Mode::Light
                  : options.theme.empty()    ? hbev::ui::savedThemeMode()
                                             : Theme::Mode::System);
    theme.apply(application);
    if (!options.isAlone()) hbev::ui::keepThemeMode(theme);
    hbev::ui::MainWindow window(theme, !options.isAlone());
    int width = 0, height = 0;
    if (std::sscanf(options.size.c_str(), "%dx%d", &width, &height) == 2) window.resize(width, height);
    window.show();
    if (options.cache_mb > 0) {
      hbev::ui::StreamSettings settings = window.studio().settings();
      settings.memory_mb = options.cache_mb;
      window.studio().applySettings(settings);
    }
    window.openSession(options.session);
    if (!options.screenshot.empty()) takeScreenshot(window, options);
    if (!options.video.empty()) makeVideo(window, options);
    return QApplication::exec();
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
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
  const int code = show(application, options);
  if (hbev::ui::waitForLeftThreads()) return code;
  // What hangs in a disk, or in a file that takes long, may use what ending orderly would destroy.
  std::fflush(nullptr);
  std::_Exit(code);
}
