// Runs `hbevocc` as people and scripts do: exit codes, what it prints, what it leaves.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/base/files.h"
#include "tests/base/temporary_folder.h"

namespace hbev::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::string textOf(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 24);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Outcome {
  int code = -1;
  std::string out, err;
};

class CommandLineTest : public testing::Test {
 protected:
  /// Runs `hbevocc` with `arguments`, a shell's line with $D for the test's folder.
  Outcome run(const std::string& arguments, const std::string& program = HBEV_COMMAND) const {
    const std::filesystem::path out = streams_ / "out", err = streams_ / "err";
    const std::string line = "D='" + folder_.path().string() + "'; '" + program + "' " + arguments + " >'" +
                             out.string() + "' 2>'" + err.string() + "' </dev/null";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, textOf(out), textOf(err)};
  }

  /// The same in the test's folder, with paths from there.
  Outcome runThere(const std::string& arguments) const {
    return run(arguments, "env' -C \"$D\" '" HBEV_COMMAND);
  }

  /// Every file below the test's folder, to see that a command left nothing.
  std::vector<std::string> files() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) found.push_back(entry.path().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  TemporaryFolder folder_, streams_;
};

}  // namespace hbev::test
