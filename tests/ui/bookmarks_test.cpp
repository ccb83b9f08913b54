// Bookmarks: kept in their file, never lost, shown, edited and jumped to.
#include "ui/state/bookmarks.h"

#include <fstream>

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtCore/QSettings>
#include <QtTest/QTest>
#include <QtWidgets/QLineEdit>

#include "tests/base/temporary_folder.h"
#include "tests/ui/window_test.h"
#include "ui/scenes/bookmark_list.h"
#include "ui/scenes/scene_panel.h"

namespace hbev::ui::test {
namespace {

class BookmarkFileTest : public testing::Test {
 protected:
  BookmarkFileTest() {
    QSettings().clear();
    dataset_ = Dataset::open(demoWorld());
  }
  QString file() const { return QString::fromStdString((folder_ / "settings/bookmarks.json").string()); }
  std::unique_ptr<Bookmarks> make() {
    auto bookmarks = std::make_unique<Bookmarks>(file());
    QObject::connect(bookmarks.get(), &Bookmarks::failed,
                     [this](const Problem& problem) { problems_.push_back(problem); });
    bookmarks->load();
    bookmarks->setDataset(dataset_.get());
    return bookmarks;
  }
  QString token(const FrameKey& key) const {
    return QString::fromStdString(dataset_->scenes()[key.scene].keyframes[key.index]);
  }
  void write(const std::string& text) {
    QDir().mkpath(QString::fromStdString((folder_ / "settings").string()));
    std::ofstream(file().toStdString()) << text;
  }

  hbev::test::TemporaryFolder folder_;
  std::shared_ptr<const Dataset> dataset_;
  std::vector<Problem> problems_;
};

TEST_F(BookmarkFileTest, note_and_place_come_back) {
  {
    const auto bookmarks = make();
    bookmarks->add({1, 2});
    bookmarks->setNote(token({1, 2}), QStringLiteral("trailer called “truck”"));
    bookmarks->add({0, 3});
  }
  const auto again = make();
  ASSERT_EQ(again->all().size(), 2U);
  EXPECT_EQ(again->keys(), (std::vector<FrameKey>{{0, 3}, {1, 2}}));
  const Bookmark* bookmark = again->at({1, 2});
  ASSERT_TRUE(bookmark);
  EXPECT_EQ(bookmark->note, QStringLiteral("trailer called “truck”"));
  EXPECT_EQ(bookmark->scene, QStringLiteral("demo-0103"));
  EXPECT_EQ(bookmark->keyframe, 2);
  EXPECT_EQ(bookmark->data_set_name, QString::fromStdString(dataset_->name()));
  EXPECT_EQ(again->next({0, 3}), (FrameKey{1, 2}));
  EXPECT_EQ(again->next({1, 2}), (FrameKey{0, 3})) << "around the end";
  EXPECT_TRUE(problems_.empty());
}

TEST_F(BookmarkFileTest, taking_a_mark_off_by_mistake_does_not_lose_its_note) {
  const auto bookmarks = make();
  bookmarks->add({0, 1});
  bookmarks->setNote(token({0, 1}), QStringLiteral("a long thought"));
  bookmarks->toggle({0, 1});
  EXPECT_EQ(bookmarks->at({0, 1}), nullptr);
  EXPECT_TRUE(bookmarks->all().empty());
  bookmarks->toggle({0, 1});
  ASSERT_TRUE(bookmarks->at({0, 1}));
  EXPECT_EQ(bookmarks->at({0, 1})->note, QStringLiteral("a long thought"));
}

TEST_F(BookmarkFileTest, two_windows_keep_each_others) {
  const auto one = make(), two = make();
  one->add({0, 0});
  two->add({1, 1});
  one->setNote(token({1, 1}), QStringLiteral("seen by both"));
  const auto third = make();
  EXPECT_EQ(third->all().size(), 2U);
  EXPECT_EQ(third->at({1, 1})->note, QStringLiteral("seen by both"));
}

TEST_F(BookmarkFileTest, those_of_other_data_sets_stay) {
  make()->add({0, 0});
  Bookmarks elsewhere(file());
  elsewhere.load();
  ASSERT_EQ(elsewhere.all().size(), 1U);
  EXPECT_FALSE(elsewhere.place(token({0, 0})));
  EXPECT_TRUE(elsewhere.keys().empty());
  EXPECT_FALSE(elsewhere.all()[0].data_set.isEmpty());
  elsewhere.setNote(token({0, 0}), QStringLiteral("from afar"));
  EXPECT_EQ(make()->at({0, 0})->note, QStringLiteral("from afar"));
}

TEST_F(BookmarkFileTest, a_damaged_file_is_set_aside_and_what_can_be_read_is_kept) {
  const std::string good = R"({"token": "a", "note": "kept"})";
  for (const std::string& text :
       {std::string("{\"version\": 1, \"bookma"), std::string("[]"), std::string(),
        std::string("{\"version\": 7, \"bookmarks\": []}"),
        "{\"version\": 1, \"bookmarks\": [" + good + ", 3, {\"note\": \"no token\"}]}"}) {
    const bool has_good = text.find(good) != std::string::npos;
    problems_.clear();
    write(text);
    const auto bookmarks = make();
    ASSERT_EQ(problems_.size(), 1U) << text;
    EXPECT_EQ(problems_[0].file.string(), file().toStdString());
    EXPECT_EQ(bookmarks->all().size(), has_good ? 1U : 0U) << text;
    // Nothing of the old file is gone: it lies beside the new one.
    bool found = false;
    for (const QFileInfo& each : QDir(QFileInfo(file()).path()).entryInfoList(QDir::Files)) {
      QFile kept(each.absoluteFilePath());
      ASSERT_TRUE(kept.open(QIODevice::ReadOnly));
      found = found ||
              (each.fileName().contains(QStringLiteral("damaged")) && kept.readAll().toStdString() == text);
    }
    EXPECT_TRUE(found) << text;
    bookmarks->add({0, 0});
    EXPECT_EQ(make()->all().size(), has_good ? 2U : 1U);
    EXPECT_EQ(problems_.size(), 1U) << "the new file is whole";
    QFile::remove(file());
  }
}

TEST_F(BookmarkFileTest, a_folder_that_cannot_be_written_is_told) {
  std::ofstream((folder_ / "settings").string()) << "a file where the folder should be";
  const auto bookmarks = make();
  bookmarks->add({0, 0});
  ASSERT_EQ(problems_.size(), 1U);
  EXPECT_FALSE(problems_[0].advice.empty());
  EXPECT_TRUE(bookmarks->at({0, 0})) << "it is still there for this session";
}

class BookmarkListTest : public WindowTest {
 protected:
  BookmarkListTest() {
    QFile::remove(Bookmarks::defaultFile());
    window().bookmarks().load();
  }
  ~BookmarkListTest() override { QFile::remove(Bookmarks::defaultFile()); }
  BookmarkList& list() { return *window().scenes().bookmarkList(); }
  QLineEdit* editor() { return list().viewport()->findChild<QLineEdit*>(); }
};

TEST_F(BookmarkListTest, ctrl_b_marks_and_writes_a_note_in_place) {
  open();
  key(Qt::Key_Right);
  ASSERT_TRUE(settle());
  key(Qt::Key_B, Qt::ControlModifier);
  const auto hasEditor = [&] { return editor() && editor()->hasFocus(); };
  ASSERT_TRUE(waitFor(hasEditor));
  EXPECT_TRUE(window().scenes().showsBookmarks());
  QPointer<QLineEdit> note = editor();
  QTest::keyClicks(note, QStringLiteral("odd bus"));
  ASSERT_TRUE(note);
  QTest::keyClick(note, Qt::Key_Return);
  ASSERT_TRUE(window().bookmarks().at({0, 1}));
  EXPECT_TRUE(waitFor([&] { return window().bookmarks().at({0, 1})->note == QStringLiteral("odd bus"); }));
  EXPECT_EQ(keyframe(), 1U) << "letters of a note are no commands";
  // F2 writes it anew, Esc leaves it as it was.
  ASSERT_TRUE(waitFor([&] { return editor() == nullptr; }));
  list().setFocus();
  QTest::keyClick(&list(), Qt::Key_F2);
  ASSERT_TRUE(waitFor(hasEditor));
  note = editor();
  QTest::keyClicks(note, QStringLiteral("something else"));
  ASSERT_TRUE(note);
  QTest::keyClick(note, Qt::Key_Escape);
  EXPECT_EQ(window().bookmarks().at({0, 1})->note, QStringLiteral("odd bus"));
}

TEST_F(BookmarkListTest, a_note_being_written_survives_closing_the_window) {
  open();
  {
    MainWindow second(theme(), false);
    second.show();
    second.studio().openDataset(QString::fromStdString(demoWorld().string()));
    ASSERT_TRUE(waitFor([&] { return second.isSettled(); }));
    second.bookmarkWithNote();
    QLineEdit* note = nullptr;
    const auto opened = [&] {
      note = second.scenes().bookmarkList()->viewport()->findChild<QLineEdit*>();
      return note != nullptr;
    };
    ASSERT_TRUE(waitFor(opened));
    note->setText(QStringLiteral("half a tho"));
  }
  window().bookmarks().load();
  ASSERT_TRUE(window().bookmarks().at({0, 0}));
  EXPECT_EQ(window().bookmarks().at({0, 0})->note, QStringLiteral("half a tho"));
}

TEST_F(BookmarkListTest, enter_goes_there_and_delete_removes) {
  open();
  window().bookmarks().add({1, 2});
  window().bookmarks().add({0, 3});
  window().actions()["bookmarks.show"]->trigger();
  ASSERT_EQ(list().model()->rowCount(), 2);
  list().setCurrentIndex(list().model()->index(1, 0));
  QTest::keyClick(&list(), Qt::Key_Return);
  EXPECT_EQ(studio().current(), (FrameKey{1, 2}));
  QTest::keyClick(&list(), Qt::Key_Delete);
  EXPECT_EQ(list().model()->rowCount(), 1);
  EXPECT_FALSE(window().bookmarks().at({1, 2}));
  EXPECT_TRUE(window().bookmarks().at({0, 3}));
}

TEST_F(BookmarkListTest, one_of_another_data_set_opens_it) {
  const std::filesystem::path other = copyOfDemoWorld("bookmarked-elsewhere");
  {
    // Its own tokens: the copy must not pass for the data set that is open.
    Bookmarks bookmarks(Bookmarks::defaultFile());
    bookmarks.load();
    const auto dataset = Dataset::open(other);
    bookmarks.setDataset(dataset.get());
    bookmarks.add({1, 3});
  }
  window().bookmarks().load();
  window().scenes().showBookmarks(true);
  const QModelIndex row = list().model()->index(0, 0);
  ASSERT_TRUE(row.isValid());
  EXPECT_FALSE(row.data(BookmarkModel::IsHere).toBool());
  EXPECT_TRUE(row.data(BookmarkModel::Place).toString().contains(QStringLiteral("bookmarked-elsewhere")));
  list().setCurrentIndex(row);
  QTest::keyClick(&list(), Qt::Key_Return);
  ASSERT_TRUE(waitFor([&] { return studio().dataset() && studio().current() == FrameKey{1, 3}; }));
  EXPECT_EQ(studio().dataset()->root().filename(), "bookmarked-elsewhere");
  EXPECT_TRUE(list().model()->index(0, 0).data(BookmarkModel::IsHere).toBool());
  ASSERT_TRUE(settle());
}

}  // namespace
}  // namespace hbev::ui::test
