// Bad input says what is wrong in place, and the rest stays usable.
#include <algorithm>

#include "tests/ui/silent_disk.h"
#include "tests/ui/window_test.h"
#include "ui/inspector/fact_list.h"
#include "ui/kit/notices.h"
#include "ui/kit/panel_stack.h"
#include "ui/kit/wrapping_label.h"
#include "ui/viewport/camera_strip.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class BadInputTest : public WindowTest {
 protected:
  PanelStack& stack(Side side) { return *ancestor<PanelStack>(viewport(side)); }
};

TEST_F(BadInputTest, a_folder_that_is_no_data_set_is_named_with_what_was_expected) {
  const fs::path folder = runFolder() / "holiday-pictures";
  fs::create_directories(folder);
  studio().openDataset(QString::fromStdString(folder.string()));
  ASSERT_TRUE(waitFor([&] { return !studio().isOpening(); }));
  EXPECT_EQ(studio().dataset(), nullptr);
  EXPECT_TRUE(notice().contains(QStringLiteral("holiday-pictures"))) << notice().toStdString();
  EXPECT_TRUE(notice().contains(QStringLiteral("Expected")));
  EXPECT_TRUE(notice().contains(QStringLiteral("found")));
}

TEST_F(BadInputTest, an_error_does_not_close_what_is_open) {
  open();
  studio().openDataset(QStringLiteral("/no/such/folder"));
  ASSERT_TRUE(waitFor([&] { return !studio().isOpening(); }));
  EXPECT_TRUE(notice().contains(QStringLiteral("/no/such/folder"))) << notice().toStdString();
  ASSERT_TRUE(studio().dataset());
  key(Qt::Key_Right);
  EXPECT_TRUE(settle());
  EXPECT_EQ(keyframe(), 1U);
}

TEST_F(BadInputTest, a_folder_that_holds_no_predictions_is_refused) {
  open();
  const std::size_t before = studio().sources().size();
  const fs::path folder = runFolder() / "no-predictions";
  fs::create_directories(folder);
  window().openPath(QString::fromStdString(folder.string()));
  ASSERT_TRUE(waitFor([&] { return !notice().isEmpty(); }));
  EXPECT_EQ(studio().sources().size(), before);
  EXPECT_TRUE(notice().contains(QStringLiteral("no-predictions"))) << notice().toStdString();
}

TEST_F(BadInputTest, a_missing_picture_is_told_in_its_tile) {
  const fs::path world = copyOfDemoWorld("missing-picture");
  const auto file = Dataset::open(world)->keyframe(0, 0).cameras[std::size_t(Camera::Front)]->file;
  fs::remove(file);
  open(world);
  const QString told = unbroken(window().cameras().tile(Camera::Front).toolTip());
  EXPECT_TRUE(told.contains(QString::fromStdString(file.filename().string()))) << told.toStdString();
  EXPECT_FALSE(unbroken(window().cameras().tile(Camera::Back).toolTip()).contains(QStringLiteral(".jpg")));
  EXPECT_EQ(studio().content(Side::A).state, SideContent::State::Ready);
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_FALSE(unbroken(window().cameras().tile(Camera::Front).toolTip()).contains(QStringLiteral(".jpg")))
      << "the next keyframe is whole";
  // What is known to be missing is not looked for again.
  const SilentDisk disk(world);
  key(Qt::Key_Left);
  ASSERT_TRUE(waitFor([this] { return studio().isFrameCurrent(); }));
  EXPECT_TRUE(unbroken(window().cameras().tile(Camera::Front).toolTip()).contains(QStringLiteral(".jpg")));
  EXPECT_TRUE(partOf<FactList>(window(), QStringLiteral("problems")).isVisible());
  EXPECT_EQ(disk.askedHere(), "");
}

TEST_F(BadInputTest, a_truncated_picture_is_told_in_its_tile) {
  const fs::path world = copyOfDemoWorld("broken-picture");
  const auto file = Dataset::open(world)->keyframe(0, 0).cameras[std::size_t(Camera::BackLeft)]->file;
  fs::resize_file(file, 100);
  open(world);
  const QString told = unbroken(window().cameras().tile(Camera::BackLeft).toolTip());
  EXPECT_TRUE(told.contains(QString::fromStdString(file.filename().string()))) << told.toStdString();
}

TEST_F(BadInputTest, truncated_labels_are_told_in_the_viewport) {
  const fs::path world = copyOfDemoWorld("broken-labels");
  const auto dataset = Dataset::open(world);
  const fs::path file = *dataset->truthFile(LabelKind::OpenOcc, dataset->keyframe(0, 1));
  truncate(file);
  open(world);
  EXPECT_EQ(stack(Side::B).page(), PanelStack::Page::Content);
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_EQ(studio().content(Side::B).state, SideContent::State::Damaged);
  ASSERT_EQ(stack(Side::B).page(), PanelStack::Page::Error);
  const Problem& problem = stack(Side::B).errorNotice()->problem();
  EXPECT_EQ(problem.file, file);
  EXPECT_FALSE(problem.summary.empty());
  EXPECT_EQ(stack(Side::A).page(), PanelStack::Page::Content) << "the prediction is whole";
  EXPECT_EQ(studio().report(0, 1), nullptr);
  EXPECT_NE(studio().report(0, 2), nullptr);
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  EXPECT_EQ(stack(Side::B).page(), PanelStack::Page::Content) << "other keyframes stay usable";
}

TEST_F(BadInputTest, a_keyframe_without_labels_says_so) {
  const fs::path world = copyOfDemoWorld("absent-labels");
  const auto dataset = Dataset::open(world);
  fs::remove(*dataset->truthFile(LabelKind::OpenOcc, dataset->keyframe(0, 0)));
  open(world);
  EXPECT_EQ(studio().content(Side::B).state, SideContent::State::Absent);
  EXPECT_EQ(stack(Side::B).page(), PanelStack::Page::Empty);
  EXPECT_EQ(stack(Side::A).page(), PanelStack::Page::Content);
}

TEST_F(BadInputTest, what_a_data_set_lacks_is_told_even_after_an_error_on_the_start_page) {
  studio().openDataset(QStringLiteral("/no/such/folder"));
  ASSERT_TRUE(waitFor([&] { return !notice().isEmpty(); }));
  const fs::path world = copyOfDemoWorld("no-logs");
  fs::remove(world / "v1.0-mini" / "log.json");
  open(world);
  ASSERT_FALSE(studio().dataset()->issues().empty());
  EXPECT_TRUE(notice().contains(QString::fromStdString(studio().dataset()->issues().front().what)))
      << notice().toStdString();
}

}  // namespace
}  // namespace hbev::ui::test
