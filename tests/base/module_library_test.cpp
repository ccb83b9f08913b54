#include "core/base/module_library.h"

#include <cstring>
#include <dlfcn.h>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;
using test::problemOf;
using test::TemporaryFolder;

/// A library that is on every machine.
fs::path libraryOfC() {
  Dl_info info{};
  return dladdr(reinterpret_cast<const void*>(&std::strlen), &info) != 0 ? info.dli_fname : "";
}

TEST(ModuleLibrary, IsLookedForBesideTheProgramsFolder) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  EXPECT_EQ(installedFile("lib/x.so"), program.parent_path().parent_path() / "lib/x.so");
}

TEST(ModuleLibrary, GivesItsEntries) {
  const ModuleLibrary library({.file = libraryOfC(), .title = "C", .needs = "nothing"});
  using Length = std::size_t (*)(const char*);
  EXPECT_EQ(reinterpret_cast<Length>(library.entry("strlen"))("four"), 4U);
  const Problem problem = problemOf([&] { library.entry("hbevNobodysEntry"); });
  EXPECT_EQ(problem.summary, "C cannot be loaded");
  EXPECT_NE(problem.found.find("hbevNobodysEntry"), std::string::npos) << problem.found;
}

TEST(ModuleLibrary, OfAnotherVersionIsRefused) {
  struct Table {
    char version[16];
  };
  const ModuleLibrary library({.file = libraryOfC(), .title = "C", .needs = "nothing", .advice = "Mend it."});
  const Problem problem = problemOf([&] { library.table<Table>("gnu_get_libc_version"); });
  EXPECT_EQ(problem.summary, "C belongs to another version of the program");
  EXPECT_EQ(problem.expected, HBEV_VERSION);
  EXPECT_TRUE(problem.found.starts_with("2.")) << problem.found;
  EXPECT_EQ(problem.advice, "Mend it.");
}

TEST(ModuleLibrary, AbsentAndDamagedOnesAreTold) {
  const TemporaryFolder folder;
  const auto load = [](const fs::path& file) {
    return problemOf([&] { ModuleLibrary({.file = file, .title = "It", .needs = "nothing"}); });
  };
  EXPECT_EQ(load(folder / "none.so").summary, "It is absent");
  EXPECT_EQ(load(folder.path()).summary, "It is absent") << "a folder is no library";
  writeFile(folder / "text.so", std::string_view("no library"));
  const Problem damaged = load(folder / "text.so");
  EXPECT_EQ(damaged.summary, "It cannot be loaded");
  EXPECT_EQ(damaged.file, folder / "text.so");
}

}  // namespace
}  // namespace hbev
