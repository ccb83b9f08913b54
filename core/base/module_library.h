// A library of the program's own that is loaded when it is first wanted: one that is slow to load, for which
// a program that does not need it shall not wait.
#pragma once

#include <filesystem>
#include <string>

namespace hbev {

/// A file that is installed with the program, e.g. "lib/hbevocc-studio/libhbevocc-video.so" or
/// "share/hbevocc-studio/configs": below the folder that holds the program's own (/usr of /usr/bin). A build
/// folder is laid out alike, so that no path of it is in any program. The file may not be there.
std::filesystem::path installedFile(const std::filesystem::path& relative);

struct ModuleChoice {
  std::filesystem::path file;
  std::string title;  ///< for people: "The library for videos"
  std::string needs;  ///< what it needs itself: "OpenCV's videoio"
  std::string advice = "Build or install the program again.";
  /// Libraries that come later see its names and those of what it is linked with, as if the program were
  /// linked with it.
  bool shares_names = false;
};

/// Never closed: what it started lives as long as the program. Threads may share it.
class ModuleLibrary {
 public:
  /// Throws Error when the file is absent or cannot be loaded.
  explicit ModuleLibrary(ModuleChoice choice);

  /// The function of that C name. Throws Error when there is none.
  void* entry(const char* name) const;

  /// What the function `const Table* name()` gives. A Table has a `version`: that of the program it was built
  /// with. Throws Error like entry(), and when it is not this program's.
  template <class Table>
  const Table& table(const char* name) const {
    const Table* table = reinterpret_cast<const Table* (*)()>(entry(name))();
    requireVersion(table->version);
    return *table;
  }

 private:
  void requireVersion(const char* version) const;

  ModuleChoice choice_;
  void* handle_ = nullptr;
};

}  // namespace hbev
