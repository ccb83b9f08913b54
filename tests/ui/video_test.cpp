// Videos: what is written is read back, and what a drive through the demo shows is what the video shows.
#include <csignal>
#include <fstream>

#include <QtCore/QMutex>
#include <QtCore/QSettings>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <sys/resource.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/base/temporary_folder.h"
#include "tests/ui/silent_disk.h"
#include "tests/ui/window_test.h"
#include "ui/kit/notices.h"
#include "ui/kit/segmented_control.h"
#include "ui/state/left_threads.h"
#include "ui/video/video_dialog.h"
#include "ui/video/video_recorder.h"
#include "ui/video/video_stage.h"
#include "ui/video/video_writer.h"
#include "ui/viewport/camera_strip.h"
#include "ui/window/activities.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

VideoFrame flat(int width, int height, std::array<std::uint8_t, 3> bgr) {
  VideoFrame frame{width, height, {}};
  for (int i = 0; i < width * height; ++i)
    frame.bgra.insert(frame.bgra.end(), {bgr[0], bgr[1], bgr[2], 255});
  return frame;
}

VideoFrame noise(int width, int height, unsigned seed) {
  VideoFrame frame = flat(width, height, {});
  for (std::uint8_t& byte : frame.bgra)
    byte = std::uint8_t((seed = seed * 1664525U + 1013904223U) >> 24U);
  return frame;
}

/// Waits for the writer's thread; what it failed with.
std::string endOf(VideoWriter& writer) {
  writer.finish();
  EXPECT_TRUE(waitFor([&] { return writer.isDone(); }));
  try {
    writer.requireGood();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// Why no picture is taken; "" where it would be.
std::string refusalOf(const VideoTarget& target) {
  VideoWriter writer(target);
  EXPECT_TRUE(waitFor([&] { return writer.isReady() || writer.isDone(); }));
  return writer.isReady() ? std::string() : endOf(writer);
}

std::vector<cv::Mat> framesOf(const fs::path& video) {
  std::vector<cv::Mat> frames;
  cv::VideoCapture capture(video.string(), cv::CAP_FFMPEG);
  for (cv::Mat frame; capture.read(frame);)
    frames.push_back(frame.clone());
  return frames;
}

std::size_t filesIn(const fs::path& folder) {
  return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

double difference(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() ? cv::norm(a, b, cv::NORM_L1) / double(3 * a.total()) : 1e9;
}

cv::Mat matOf(QImage image) {
  image = image.convertToFormat(QImage::Format_BGR888);
  return cv::Mat(image.height(), image.width(), CV_8UC3, image.bits(), std::size_t(image.bytesPerLine()))
      .clone();
}

TEST(VideoWriterTest, a_video_has_the_pictures_that_it_was_given) {
  const hbev::test::TemporaryFolder folder;
  const fs::path file = folder.path() / "new" / "drive.mp4";
  const std::array<std::array<std::uint8_t, 3>, 3> colors{{{40, 80, 200}, {200, 90, 30}, {60, 180, 60}}};
  {
    VideoWriter writer({file, 96, 64, 12.0});
    for (int i = 0; i < 9; ++i)
      writer.add(flat(96, 64, colors[std::size_t(i / 3)]));
    EXPECT_FALSE(fs::exists(file)) << "nobody sees half of it";
    EXPECT_EQ(endOf(writer), "");
    EXPECT_EQ(writer.written(), 9U);
  }
  const std::vector<cv::Mat> frames = framesOf(file);
  ASSERT_EQ(frames.size(), 9U);
  EXPECT_NEAR(cv::VideoCapture(file.string()).get(cv::CAP_PROP_FPS), 12.0, 1e-6);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    ASSERT_EQ(frames[i].size(), cv::Size(96, 64));
    const cv::Scalar mean = cv::mean(frames[i]);
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(mean[c], colors[i / 3][std::size_t(c)], 8) << "picture " << i << ", channel " << c;
  }
  EXPECT_EQ(filesIn(folder.path() / "new"), 1U);
}

TEST(VideoWriterTest, pictures_are_numbered_files_and_exact) {
  const hbev::test::TemporaryFolder folder;
  const fs::path pictures = folder.path() / "pictures";
  fs::create_directory(pictures);  // an empty folder may be there
  {
    VideoWriter writer({pictures, 6, 4, 2.0});
    writer.add(noise(6, 4, 1));
    writer.add(flat(6, 4, {9, 8, 7}));
    EXPECT_EQ(endOf(writer), "");
  }
  EXPECT_EQ(filesIn(pictures), 2U);
  EXPECT_EQ(cv::imread((pictures / "00002.png").string()).at<cv::Vec3b>(3, 5), cv::Vec3b(9, 8, 7));
  EXPECT_NE(refusalOf({pictures, 6, 4, 2.0}), "") << "what is there is not touched";
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(VideoWriterTest, what_is_stopped_leaves_nothing) {
  const hbev::test::TemporaryFolder folder;
  for (const char* name : {"stopped.mp4", "stopped"}) {
    VideoWriter writer({folder.path() / name, 64, 64, 2.0});
    writer.add(flat(64, 64, {}));
    EXPECT_TRUE(waitFor([&] { return writer.isReady(); }));
  }
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
  EXPECT_EQ(filesIn(folder.path()), 0U);
}

TEST(VideoWriterTest, what_no_video_has_is_refused) {
  const hbev::test::TemporaryFolder folder;
  const fs::path file = folder.path() / "a.mp4";
  EXPECT_THROW(VideoWriter({file, 63, 64, 2.0}), Error);
  EXPECT_THROW(VideoWriter({file, 64, 0, 2.0}), Error);
  EXPECT_THROW(VideoWriter({file, 64, 64, 0.0}), Error);
  EXPECT_THROW(VideoWriter({{}, 64, 64, 2.0}), Error);
  { std::ofstream(folder.path() / "file") << "x"; }
  EXPECT_NE(refusalOf({folder.path() / "file" / "a.mp4", 64, 64, 2.0}), "") << "that is no folder";
  EXPECT_NE(refusalOf({folder.path() / "file", 64, 64, 2.0}), "") << "a file is in the way";
  VideoWriter writer({file, 64, 64, 2.0});
  EXPECT_THROW(writer.add(flat(32, 32, {})), Error);
  EXPECT_NE(endOf(writer), "") << "of no pictures";
}

TEST(VideoWriterTest, a_full_disk_is_said_and_leaves_nothing) {
  const hbev::test::TemporaryFolder folder;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
  for (const char* name : {"full.mp4", "full"}) {
    VideoWriter writer({folder.path() / name, 256, 256, 2.0});
    const rlimit little{20000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
    for (unsigned i = 0; i < 6; ++i)
      writer.add(noise(256, 256, i));
    const std::string said = endOf(writer);
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_TRUE(said.find("cannot be written") != std::string::npos) << name << ": " << said;
    EXPECT_FALSE(fs::exists(folder.path() / name));
  }
  std::signal(SIGXFSZ, signal_before);
  EXPECT_EQ(filesIn(folder.path()), 0U);
}

class VideoTest : public WindowTest {
 protected:
  void SetUp() override {
    open();
    QObject::connect(&window().video(), &VideoRecorder::finished, &window(), [this] { ended_ = "finished"; });
    QObject::connect(&window().video(), &VideoRecorder::stopped, &window(), [this] { ended_ = "stopped"; });
    QObject::connect(&window().video(), &VideoRecorder::failed, &window(),
                     [this](const Problem& problem) { ended_ = toString(problem); });
  }
  fs::path path(const char* name) const { return folder_.path() / name; }
  VideoPlan plan(const char* name) {
    VideoPlan plan;
    plan.last = 3;
    plan.path = QString::fromStdString(path(name).string());
    plan.caption = false;
    return plan;
  }
  std::string make(const VideoPlan& plan) {
    ended_.clear();
    window().video().start(plan);
    EXPECT_TRUE(waitFor([this] { return !ended_.empty(); }, 120000));
    return ended_;
  }
  void expectBack() {
    EXPECT_EQ(viewport(Side::A).window(), &window());
    EXPECT_TRUE(viewport(Side::A).isVisible());
    EXPECT_TRUE(window().cameras().isVisible());
    EXPECT_EQ(window().cameras().window(), &window());
    EXPECT_TRUE(settle());
  }

  hbev::test::TemporaryFolder folder_;
  std::string ended_;
};

TEST_F(VideoTest, every_keyframe_is_in_it_as_it_is_shown) {
  std::vector<cv::Mat> shown;
  for (std::size_t i = 0; i < 4; ++i) {
    studio().setCurrent(0, i);
    ASSERT_TRUE(settle());
    shown.push_back(matOf(window().viewports().picture()));
  }
  studio().setCurrent(0, 2);
  ASSERT_TRUE(settle());
  const QSize size_before = viewport(Side::A).size();
  ASSERT_EQ(make(plan("drive")), "finished");
  ASSERT_EQ(filesIn(path("drive")), 4U);
  for (int i = 0; i < 4; ++i) {
    const cv::Mat picture = cv::imread((path("drive") / ("0000" + std::to_string(i + 1) + ".png")).string());
    // Sizes are even, a pixel or two less; the overlay does not say how long it took to draw.
    const cv::Rect both(0, 0, std::min(picture.cols, shown[0].cols), std::min(picture.rows, shown[0].rows));
    ASSERT_LE(std::abs(picture.cols - shown[0].cols), 2);
    ASSERT_LE(std::abs(picture.rows - shown[0].rows), 1);
    const double own = difference(picture(both), shown[std::size_t(i)](both));
    const double next = difference(picture(both), shown[std::size_t((i + 1) % 4)](both));
    EXPECT_LT(own, 0.5 * next) << "keyframe " << i;
  }
  expectBack();
  EXPECT_EQ(keyframe(), 2U);
  const int said_px = window().findChild<NoticeLine*>(QStringLiteral("notice"))->height();
  EXPECT_EQ(viewport(Side::A).size() + QSize(0, said_px), size_before);
  EXPECT_TRUE(notice().contains(QStringLiteral("drive")));
}

TEST_F(VideoTest, how_fast_this_machine_draws_is_not_in_it) {
  ASSERT_TRUE(settle());
  {
    const VideoStage stage(window(), plan("drive"));
    EXPECT_EQ(viewport(Side::A).hudContent().timing, "");
    EXPECT_EQ(viewport(Side::A).hudContent().cache, "");
  }
  EXPECT_NE(viewport(Side::A).hudContent().timing, "");
  EXPECT_NE(viewport(Side::A).hudContent().cache, "");
}

TEST_F(VideoTest, a_video_has_the_size_that_was_asked_for) {
  VideoPlan wanted = plan("drive.mp4");
  wanted.size = {640, 362};
  wanted.content = VideoContent::Cameras;
  wanted.caption = true;
  wanted.first = 1;
  static QMutex lock;
  static QStringList complaints;  // Qt's, of sizes that cannot be
  complaints.clear();
  const QtMessageHandler before =
      qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString& text) {
        const QMutexLocker locked(&lock);
        complaints << text;
      });
  const std::string end = make(wanted);
  qInstallMessageHandler(before);
  ASSERT_EQ(end, "finished");
  EXPECT_FALSE(complaints.join(QLatin1Char(' ')).contains(QStringLiteral("Negative sizes")));
  const std::vector<cv::Mat> frames = framesOf(path("drive.mp4"));
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].size(), cv::Size(640, 362));
  EXPECT_GT(difference(frames[0], frames[1]), 0.5);
  EXPECT_GT(difference(frames[1], frames[2]), 0.5);
  expectBack();
  EXPECT_TRUE(waitFor([&] { return !window().activities().find(QStringLiteral("video")); }));
}

TEST_F(VideoTest, pictures_between_keyframes_go_by_at_their_own_rate) {
  open(sweepWorld());
  const int moments = int(studio().sweeps().moments().size());
  ASSERT_TRUE(studio().sweeps().hasSweeps());
  VideoPlan wanted = plan("drive.mp4");
  wanted.size = {320, 180};
  wanted.sweeps = true;
  wanted.last = 2;
  const VideoEstimate estimate = estimateVideo(studio(), wanted, wanted.size);
  EXPECT_EQ(estimate.pictures, moments);
  EXPECT_NEAR(estimate.seconds, 1.0, 0.2) << "two intervals of half a second";
  ASSERT_EQ(make(wanted), "finished");
  EXPECT_EQ(framesOf(path("drive.mp4")).size(), std::size_t(moments));
  EXPECT_NEAR(cv::VideoCapture(path("drive.mp4").string()).get(cv::CAP_PROP_FPS), moments - 1, 0.1);
}

TEST_F(VideoTest, without_pictures_between_keyframes_a_sentence_says_so) {
  EXPECT_TRUE(whyNoSweeps(studio()).contains(QStringLiteral("no pictures between")));
  const fs::path bare = path("bare");
  fs::copy(sweepWorld(), bare, fs::copy_options::recursive);
  open(bare);
  EXPECT_EQ(whyNoSweeps(studio()), QString());
  fs::remove_all(bare / "sweeps");
  EXPECT_TRUE(whyNoSweeps(studio()).contains(QStringLiteral("not in this data set's folder")));
  studio().setPlaysSweeps(true);
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog && dialog->plan().sweeps);
  EXPECT_TRUE(
      waitFor([dialog] { return dialog->findChild<QLabel*>(QStringLiteral("sweepsAbsent"))->isVisible(); }));
  dialog->findChild<SegmentedControl*>(QStringLiteral("pictures"))->setCurrentIndex(0);
  EXPECT_FALSE(dialog->findChild<QLabel*>(QStringLiteral("sweepsAbsent"))->isVisible());
  delete dialog;
}

TEST_F(VideoTest, the_dialog_does_not_wait_for_a_disk) {
  open(sweepWorld());
  QSettings().setValue(QStringLiteral("video/folder"), QString::fromStdString(path("gone").string()));
  studio().setPlaysSweeps(true);
  {
    SilentDisk data(sweepWorld());
    window().actions()["video.save"]->trigger();
    EXPECT_EQ(data.askedHere(), "");
    delete window().findChild<VideoDialog*>();
  }
  SilentDisk videos(folder_.path());
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog);
  EXPECT_EQ(videos.askedHere(), "");
  EXPECT_TRUE(dialog->plan().path.contains(QStringLiteral("gone")));
  // The folder of the last video is not there any more.
  videos.answer();
  EXPECT_TRUE(waitFor([dialog] { return !dialog->plan().path.contains(QStringLiteral("gone")); }));
  delete dialog;
}

TEST_F(VideoTest, a_disk_that_does_not_answer_holds_neither_the_video_nor_its_end) {
  const fs::path file = path("drive.mp4");
  SilentDisk videos(folder_.path());
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog);
  dialog->findChild<QLineEdit*>(QStringLiteral("path"))->setText(plan("drive.mp4").path);
  dialog->findChild<QPushButton*>(QStringLiteral("save"))->click();
  EXPECT_TRUE(waitFor([&] { return videos.holdsSomebody(); })) << "whether the file is there";
  dialog->findChild<QPushButton*>(QStringLiteral("stop"))->click();
  EXPECT_TRUE(dialog->findChild<QPushButton*>(QStringLiteral("save"))->isVisible())
      << "stopped before it began";
  delete dialog;
  window().video().start(plan("drive.mp4"));
  EXPECT_TRUE(window().video().isRunning());
  EXPECT_TRUE(settle()) << "nothing has moved yet";
  EXPECT_EQ(viewport(Side::A).window(), &window());
  window().video().stop();
  EXPECT_EQ(ended_, "stopped");
  expectBack();
  EXPECT_EQ(videos.askedHere(), "");
  videos.answer();
  EXPECT_TRUE(waitFor([] { return waitForLeftThreads(); }));
  EXPECT_EQ(filesIn(folder_.path()), 0U);
}

TEST_F(VideoTest, a_window_that_changes_before_its_disk_has_answered_loses_no_video) {
  VideoPlan wanted = plan("drive");
  wanted.last = 0;
  const QSize size = VideoStage::sizeFor(window(), wanted);
  SilentDisk videos(folder_.path());
  window().video().start(wanted);
  ASSERT_TRUE(waitFor([&] { return videos.holdsSomebody(); }));
  window().resize(window().size() - QSize(200, 100));
  ASSERT_TRUE(waitFor([&] { return VideoStage::sizeFor(window(), wanted) != size; }));
  videos.answer();
  ASSERT_TRUE(waitFor([this] { return !ended_.empty(); }, 120000));
  EXPECT_EQ(ended_, "finished");
  const cv::Mat picture = cv::imread((path("drive") / "00001.png").string());
  EXPECT_EQ(picture.size(), cv::Size(size.width(), size.height()));
}

TEST_F(VideoTest, what_save_was_pressed_for_is_made_wherever_the_window_goes_meanwhile) {
  SilentDisk videos(folder_.path());
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog);
  dialog->findChild<QLineEdit*>(QStringLiteral("path"))->setText(plan("drive.mp4").path);
  auto* save = dialog->findChild<QPushButton*>(QStringLiteral("save"));
  save->click();
  ASSERT_TRUE(waitFor([&] { return videos.holdsSomebody(); }));
  studio().setCurrent(1, 0);
  videos.answer();
  ASSERT_TRUE(waitFor([this] { return window().video().isRunning(); }));
  EXPECT_EQ(window().video().plan().scene, 0U);
  window().video().stop();
  ASSERT_TRUE(waitFor([save] { return save->isVisible(); }));
  expectBack();

  // Of another data set there is nothing to be made.
  SilentDisk again(folder_.path());
  save->click();
  ASSERT_TRUE(waitFor([&] { return again.holdsSomebody(); }));
  open(sweepWorld());
  EXPECT_TRUE(save->isVisible());
  again.answer();
  EXPECT_TRUE(settle());
  EXPECT_FALSE(window().video().isRunning());
  delete dialog;
}

TEST_F(VideoTest, the_whole_window_is_in_it) {
  VideoPlan wanted = plan("window");
  wanted.content = VideoContent::Window;
  wanted.last = 0;
  ASSERT_TRUE(waitFor([this] { return window().isSettled() && !window().cameras().isPainting(); }));
  const cv::Mat before = matOf(window().grab().toImage());
  ASSERT_EQ(make(wanted), "finished");
  const cv::Mat picture = cv::imread((path("window") / "00001.png").string());
  EXPECT_EQ(picture.size(), cv::Size(1480, 900));
  EXPECT_LT(difference(picture, before), 6.0);  // times are told, and what is under way
}

TEST_F(VideoTest, a_video_that_is_stopped_leaves_no_file_and_the_window_as_it_was) {
  studio().setCurrent(1, 1);
  ASSERT_TRUE(settle());
  studio().playback().setPlaying(true);
  VideoPlan wanted = plan("drive.mp4");
  wanted.scene = 0;
  QObject::connect(&window().video(), &VideoRecorder::progressed, &window(), [this](const auto& state) {
    if (state.done == 1)
      QMetaObject::invokeMethod(&window().video(), &VideoRecorder::stop, Qt::QueuedConnection);
  });
  EXPECT_EQ(make(wanted), "stopped");
  EXPECT_TRUE(waitFor([this] { return filesIn(folder_.path()) == 0; })) << "a moment later";
  EXPECT_EQ(studio().current().scene, 1U);
  EXPECT_TRUE(studio().playback().isPlaying());
  studio().playback().setPlaying(false);
  expectBack();
}

TEST_F(VideoTest, a_place_that_cannot_be_written_is_one_sentence) {
  { std::ofstream(path("file")) << "x"; }
  const std::string said = make(plan("file/drive.mp4"));
  EXPECT_TRUE(said.find("cannot be written") != std::string::npos) << said;
  EXPECT_TRUE(notice().contains(QStringLiteral("cannot be written")));
  expectBack();
}

TEST_F(VideoTest, the_dialog_asks_and_makes_it) {
  studio().playback().setLoop(std::pair(1, 2));
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog);
  EXPECT_EQ(dialog->plan().first, 1) << "the loop, where there is one";
  EXPECT_EQ(dialog->plan().last, 2);
  EXPECT_TRUE(dialog->plan().path.endsWith(QStringLiteral(".mp4")));
  dialog->findChild<SegmentedControl*>(QStringLiteral("kind"))->setCurrentIndex(1);
  EXPECT_FALSE(dialog->plan().path.endsWith(QStringLiteral(".mp4")));
  dialog->findChild<QLineEdit*>(QStringLiteral("path"))->setText(plan("two").path);
  auto* size = dialog->findChild<QComboBox*>(QStringLiteral("size"));
  size->setCurrentIndex(1);
  Q_EMIT size->activated(1);
  EXPECT_EQ(dialog->plan().size, QSize(1280, 720));
  const QString said = dialog->findChild<QLabel*>(QStringLiteral("estimate"))->text();
  EXPECT_TRUE(said.startsWith(QStringLiteral("2 pictures of 1280"))) << said.toStdString();
  dialog->findChild<QPushButton*>(QStringLiteral("save"))->click();
  ASSERT_TRUE(waitFor([this] { return !ended_.empty(); }, 60000));
  EXPECT_EQ(ended_, "finished");
  EXPECT_EQ(filesIn(path("two")), 2U);
  EXPECT_TRUE(waitFor([this] { return !window().findChild<VideoDialog*>(); })) << "it closes by itself";
}

TEST_F(VideoTest, a_file_of_that_name_is_replaced_only_when_save_is_pressed_again) {
  const std::string film = "somebody's film";
  writeFile(path("drive.mp4"), film);
  window().actions()["video.save"]->trigger();
  auto* dialog = window().findChild<VideoDialog*>();
  ASSERT_TRUE(dialog);
  auto* save = dialog->findChild<QPushButton*>(QStringLiteral("save"));
  auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("path"));
  name->setText(plan("drive.mp4").path);
  const auto isAsked = [save] { return save->text() == QStringLiteral("Replace it"); };
  save->click();
  EXPECT_TRUE(waitFor(isAsked));
  EXPECT_FALSE(window().video().isRunning());
  name->setText(plan("other.mp4").path);
  EXPECT_EQ(save->text(), QStringLiteral("Save video")) << "nothing is lost by another name";
  name->setText(plan("drive.mp4").path);
  save->click();
  EXPECT_TRUE(waitFor(isAsked)) << "asked anew";
  EXPECT_FALSE(window().video().isRunning());
  EXPECT_EQ(fs::file_size(path("drive.mp4")), film.size());
  save->click();
  EXPECT_TRUE(window().video().isRunning());
  window().video().stop();
  EXPECT_TRUE(waitFor([this] { return !ended_.empty(); }, 60000));
  EXPECT_EQ(fs::file_size(path("drive.mp4")), film.size()) << "stopping leaves it";
}

}  // namespace
}  // namespace hbev::ui::test
