#include "core/base/files.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::problemOf;
using test::TemporaryFolder;

std::string readText(const fs::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 20);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::size_t filesBelow(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    count += entry.is_regular_file();
  return count;
}

TEST(Files, WhatIsWrittenIsRead) {
  const TemporaryFolder folder;
  const std::string text("\x00\xFFline\r\n", 8);
  writeFile(folder / "deep/er/file.bin", text);
  EXPECT_EQ(readText(folder / "deep/er/file.bin"), text);
  writeFile(folder / "empty", std::string_view());
  EXPECT_TRUE(readFile(folder / "empty", 0).empty());
  EXPECT_EQ(filesBelow(folder.path()), 2U) << "temporary files are left";
}

TEST(Files, WritingReplacesTheWholeFile) {
  const TemporaryFolder folder;
  writeFile(folder / "a.txt", std::string_view("a long first version"));
  writeFile(folder / "a.txt", std::string_view("short"));
  EXPECT_EQ(readText(folder / "a.txt"), "short");
}

TEST(Files, ReadersNeverSeeHalfAFile) {
  const TemporaryFolder folder;
  const fs::path file = folder / "a.txt";
  const std::string first(200'000, 'a'), second(100'000, 'b');
  writeFile(file, first);
  std::jthread writer([&](const std::stop_token& stop) {
    for (bool odd = false; !stop.stop_requested(); odd = !odd)
      writeFile(file, odd ? first : second);
  });
  for (int i = 0; i < 300; ++i) {
    const std::string text = readText(file);
    ASSERT_TRUE(text == first || text == second) << text.size() << " bytes";
  }
}

TEST(Files, AFailedWriteLeavesNothingAndNamesTheFile) {
  const TemporaryFolder folder;
  writeFile(folder / "plain", std::string_view("a file where a folder is needed"));
  const Problem problem = problemOf([&] { writeFile(folder / "plain/a.txt", std::string_view("text")); });
  EXPECT_EQ(problem.file, folder / "plain/a.txt");
  EXPECT_FALSE(problem.found.empty());
  EXPECT_EQ(filesBelow(folder.path()), 1U);
}

TEST(Files, AFolderInTheWayStaysAndNoTemporaryFileIsLeft) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "a.txt/inside");
  problemOf([&] { writeFile(folder / "a.txt", std::string_view("text")); });
  EXPECT_TRUE(fs::is_directory(folder / "a.txt/inside"));
  EXPECT_EQ(filesBelow(folder.path()), 0U);
}

TEST(Files, AReadOnlyFolderIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  const TemporaryFolder folder;
  fs::create_directories(folder / "locked");
  ::chmod((folder / "locked").c_str(), 0500);
  const Problem problem = problemOf([&] { writeFile(folder / "locked/a.txt", std::string_view("text")); });
  ::chmod((folder / "locked").c_str(), 0700);
  EXPECT_EQ(problem.file, folder / "locked/a.txt");
  EXPECT_EQ(filesBelow(folder.path()), 0U);
}

// A limit on the size of files fails in the middle of writing, as a full disk does.
TEST(Files, AWriteThatFailsHalfwayLeavesTheOldFile) {
  const TemporaryFolder folder;
  writeFile(folder / "a.txt", std::string_view("old"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Problem problem = problemOf([&] { writeFile(folder / "a.txt", std::string(1'000'000, 'n')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(problem.file, folder / "a.txt");
  EXPECT_FALSE(problem.found.empty());
  EXPECT_EQ(readText(folder / "a.txt"), "old");
  EXPECT_EQ(filesBelow(folder.path()), 1U);
}

TEST(Files, DevicesAndPipesAreWrittenToAndKeepTheirPlace) {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe", link = folder / "null";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  writeFile(pipe, std::string_view("a line"));
  std::array<char, 16> read{};
  EXPECT_EQ(::read(reader, read.data(), read.size()), 6);
  ::close(reader);
  EXPECT_EQ(std::string(read.data()), "a line");
  EXPECT_TRUE(fs::is_fifo(pipe));
  fs::create_symlink("/dev/null", link);
  writeFile(link, std::string_view("text"));
  EXPECT_TRUE(fs::is_symlink(link)) << "as /dev/stdout is one";
  // As a shell's redirection into a file, which has something already.
  writeFile(folder / "redirected", std::string_view("first "));
  const int out = ::open((folder / "redirected").c_str(), O_WRONLY);
  ASSERT_GE(out, 0);
  const fs::path name = "/proc/self/fd/" + std::to_string(out);
  EXPECT_NO_THROW(demandWritableFile(name));
  EXPECT_THROW(demandWritableFile(name, Devices::Refused), Error);
  writeFile(name, std::string_view("second"));
  ::close(out);
  EXPECT_EQ(readText(folder / "redirected"), "first second");
  fs::remove(folder / "redirected");
  writeFile(folder / "temporary", std::string_view("text"));
  EXPECT_EQ(problemOf([&] { publishFile(folder / "temporary", pipe); }).file, pipe);
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(filesBelow(folder.path()), 0U);
}

TEST(Files, WhatCannotBeWrittenIsKnownBefore) {
  const TemporaryFolder folder;
  writeFile(folder / "plain", std::string_view("a file"));
  fs::create_directories(folder / "folder");
  fs::create_symlink(folder / "gone/away", folder / "dangling");
  for (const char* file : {"new", "deep/er/new", "plain", "folder/new", "a\nb c\xC3\xA4"})
    EXPECT_NO_THROW(demandWritableFile(folder / file)) << file;
  for (const char* file : {"plain/new", "plain/er/new", "folder", "folder/", "new/", "dangling/new"})
    EXPECT_EQ(problemOf([&] { demandWritableFile(folder / file); }).file, folder / file);
  EXPECT_THROW(demandWritableFile(folder / std::string(300, 'n')), Error) << "the name is too long";
  EXPECT_THROW(demandWritableFile("/proc/new"), Error);
  EXPECT_THROW(demandWritableFile("-"), Error);
  EXPECT_THROW(demandWritableFile(""), Error);
  EXPECT_NO_THROW(demandWritableFile("/dev/null"));
  for (const char* place : {"folder", "folder/", "new", "deep/er"})
    EXPECT_NO_THROW(demandWritableFolder(folder / place)) << place;
  for (const char* place : {"plain", "plain/er", "dangling"})
    EXPECT_EQ(problemOf([&] { demandWritableFolder(folder / place); }).file, folder / place);
  EXPECT_THROW(demandWritableFolder("/proc/new"), Error);
  EXPECT_EQ(filesBelow(folder.path()), 1U);
  EXPECT_FALSE(fs::exists(folder / "deep"));
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  EXPECT_NO_THROW(demandWritableFile("bare.json"));
  EXPECT_NO_THROW(demandWritableFolder("bare"));
  fs::current_path(before);
}

TEST(Files, ReadingIsBounded) {
  const TemporaryFolder folder;
  writeFile(folder / "a.txt", std::string_view("12345"));
  EXPECT_EQ(readFile(folder / "a.txt", 5).size(), 5U);
  const Problem problem = problemOf([&] { readFile(folder / "a.txt", 4); });
  EXPECT_EQ(problem.expected, "at most 4 bytes");
  EXPECT_EQ(problem.found, "5 bytes");
}

TEST(Files, WhatIsNoFileIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(problemOf([&] { readFile(folder / "absent", 10); }).file, folder / "absent");
  EXPECT_EQ(problemOf([&] { readFile(folder.path(), 10); }).file, folder.path());
  EXPECT_EQ(problemOf([] { readFile("/dev/zero", 10); }).file, "/dev/zero");
}

TEST(Files, TemporaryNamesDifferAndLieBeside) {
  std::set<fs::path> names;
  for (int i = 0; i < 100; ++i) {
    const fs::path name = temporarySibling("/some/where/a.npz");
    EXPECT_EQ(name.parent_path(), "/some/where");
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 100U);
}

TEST(Files, the_cache_folder_follows_the_desktop_s_convention) {
  const char* const home = std::getenv("HOME");
  const std::string old_home = home ? home : "";
  const char* const cache = std::getenv("XDG_CACHE_HOME");
  const std::string old_cache = cache ? cache : "";
  setenv("XDG_CACHE_HOME", "/var/somewhere", 1);
  EXPECT_EQ(userCacheFolder(), "/var/somewhere/hbevocc-studio");
  setenv("XDG_CACHE_HOME", "relative", 1);  // the convention has such values ignored
  setenv("HOME", "/home/anna", 1);
  EXPECT_EQ(userCacheFolder(), "/home/anna/.cache/hbevocc-studio");
  unsetenv("HOME");
  EXPECT_EQ(userCacheFolder(), "");
  setenv("HOME", old_home.c_str(), 1);
  cache ? setenv("XDG_CACHE_HOME", old_cache.c_str(), 1) : unsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace hbev
