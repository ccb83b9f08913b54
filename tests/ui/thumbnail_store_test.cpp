// Kept pictures: found again, made anew when the file changes, within a budget.
#include "ui/state/thumbnail_store.h"

#include <fstream>

#include <QtCore/QDir>
#include <QtGui/QPainter>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

class ThumbnailStoreTest : public testing::Test {
 protected:
  ThumbnailStoreTest() { std::ofstream(file()) << "a picture"; }
  fs::path file() const { return folder_ / "front.jpg"; }
  QString cache() const { return QString::fromStdString((folder_ / "cache").string()); }
  static QImage picture(QColor color) {
    QImage image(176, 100, QImage::Format_RGB32);
    image.fill(color);
    return image;
  }
  int kept() const { return int(QDir(cache()).entryList(QDir::Files).size()); }

  hbev::test::TemporaryFolder folder_;
};

TEST_F(ThumbnailStoreTest, comes_back_as_it_was_kept) {
  const ThumbnailStore store(cache());
  EXPECT_TRUE(store.find(file()).isNull());
  store.keep(file(), picture(Qt::red));
  const QImage found = store.find(file());
  ASSERT_EQ(found.size(), QSize(176, 100));
  EXPECT_GT(found.pixelColor(50, 50).red(), 240);
  EXPECT_LT(found.pixelColor(50, 50).green(), 15);
}

TEST_F(ThumbnailStoreTest, another_file_of_that_name_has_none) {
  const ThumbnailStore store(cache());
  store.keep(file(), picture(Qt::red));
  std::ofstream(file()) << "another picture";
  EXPECT_TRUE(store.find(file()).isNull()) << "another size";
  store.keep(file(), picture(Qt::blue));
  fs::last_write_time(file(), fs::last_write_time(file()) + std::chrono::seconds(2));
  EXPECT_TRUE(store.find(file()).isNull()) << "another time";
  fs::remove(file());
  EXPECT_TRUE(store.find(file()).isNull());
  store.keep(file(), picture(Qt::red));
  EXPECT_EQ(kept(), 2) << "nothing is kept of a file that is not there";
}

TEST_F(ThumbnailStoreTest, a_damaged_one_is_none) {
  const ThumbnailStore store(cache());
  store.keep(file(), picture(Qt::red));
  const QStringList names = QDir(cache()).entryList(QDir::Files);
  ASSERT_EQ(names.size(), 1);
  std::ofstream(QDir(cache()).filePath(names[0]).toStdString()) << "no JPEG";
  EXPECT_TRUE(store.find(file()).isNull());
}

TEST_F(ThumbnailStoreTest, the_oldest_go_when_the_budget_is_used_up) {
  const ThumbnailStore store(cache(), 2000);
  for (int i = 0; i < 6; ++i) {
    const fs::path each = folder_ / ("picture" + std::to_string(i));
    std::ofstream(each) << i;
    store.keep(each, picture(Qt::gray));
  }
  ASSERT_EQ(kept(), 6);
  const auto one = QFileInfo(QDir(cache()).entryInfoList(QDir::Files)[0]).size();
  store.prune();
  EXPECT_EQ(kept(), int(2000 / one));
}

TEST_F(ThumbnailStoreTest, a_folder_that_cannot_be_made_is_no_error) {
  std::ofstream((folder_ / "cache").string()) << "a file where the folder should be";
  const ThumbnailStore store(cache());
  store.keep(file(), picture(Qt::red));
  store.prune();
  EXPECT_TRUE(store.find(file()).isNull());
}

}  // namespace
}  // namespace hbev::ui::test
