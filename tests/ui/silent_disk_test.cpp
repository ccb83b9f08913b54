// The silent disk of the other tests: whatever way a disk is asked is seen.
#include "tests/ui/silent_disk.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <gtest/gtest.h>

#include "tests/base/temporary_folder.h"

extern "C" {
int __open_2(const char* path, int flags);
int __open64_2(const char* path, int flags);
int __openat_2(int at, const char* path, int flags);
}

namespace hbev::ui::test {
namespace {

namespace fs = std::filesystem;

TEST(SilentDiskTest, every_way_to_ask_a_disk_is_seen) {
  const hbev::test::TemporaryFolder folder;
  const std::string file = (folder / "file").string();
  const QString name = QString::fromStdString(file);
  std::ofstream(file) << "x";
  const std::vector<std::pair<const char*, std::function<void()>>> ways{
      {"open", [&] { ::close(::open(file.c_str(), O_RDONLY)); }},
      {"open, fortified", [&] { ::close(__open_2(file.c_str(), O_RDONLY)); }},
      {"open64, fortified", [&] { ::close(__open64_2(file.c_str(), O_RDONLY)); }},
      {"openat", [&] { ::close(::openat(AT_FDCWD, file.c_str(), O_RDONLY)); }},
      {"openat, fortified", [&] { ::close(__openat_2(AT_FDCWD, file.c_str(), O_RDONLY)); }},
      {"a stream", [&] { std::ifstream(file).get(); }},
      {"QFile", [&] { EXPECT_TRUE(QFile(name).open(QIODevice::ReadOnly)); }},
      {"QFileInfo", [&] { EXPECT_TRUE(QFileInfo(name).isFile()); }},
      {"QFileInfo's path", [&] { EXPECT_FALSE(QFileInfo(name).canonicalFilePath().isEmpty()); }},
      {"exists", [&] { EXPECT_TRUE(fs::exists(file)); }},
      {"weakly_canonical", [&] { EXPECT_FALSE(fs::weakly_canonical(file).empty()); }},
      {"is_symlink", [&] { EXPECT_FALSE(fs::is_symlink(file)); }},
      {"space", [&] { EXPECT_GT(fs::space(file).capacity, 0U); }},
      {"a folder's entries",
       [&] { EXPECT_NE(fs::directory_iterator(folder.path()), fs::directory_iterator()); }},
      {"QDir", [&] { EXPECT_FALSE(QDir(QString::fromStdString(folder.path().string())).isEmpty()); }},
      {"create_directories", [&] { fs::create_directories(folder / "a" / "b"); }},
      {"last_write_time", [&] { fs::last_write_time(file, fs::file_time_type::clock::now()); }},
      {"resize_file", [&] { fs::resize_file(file, 3); }},
      {"permissions", [&] { fs::permissions(file, fs::perms::owner_all); }},
      {"rename", [&] { fs::rename(file, folder / "moved"); }},
      {"remove", [&] { fs::remove(folder / "moved"); }},
      {"remove_all", [&] { fs::remove_all(folder / "a"); }},
  };
  for (const auto& [way, ask] : ways) {
    const SilentDisk disk(folder.path());
    ask();
    EXPECT_NE(disk.askedHere(), "") << way;
  }
}

}  // namespace
}  // namespace hbev::ui::test
