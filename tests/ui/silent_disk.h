// A disk that does not answer, for tests of what must not wait for it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hbev::ui::test {

/// Stands in the way of the program's calls to the C library. Until it answers, other threads wait when they
/// ask for something in `folder`; the thread that made it would hang there: it is answered, and what it asked
/// for is kept, to be held against it. One at a time.
class SilentDisk {
 public:
  explicit SilentDisk(const std::filesystem::path& folder);
  ~SilentDisk();
  SilentDisk(const SilentDisk&) = delete;
  SilentDisk& operator=(const SilentDisk&) = delete;

  /// Lets those go that wait, and all that come.
  void answer();
  /// Other threads wait here.
  bool holdsSomebody() const;
  /// "stat /runs/a/output.txt": what this thread has asked for.
  std::string askedHere() const;
};

}  // namespace hbev::ui::test
