// The Python that some tests ask for a second opinion.
#pragma once

#include <cstdlib>
#include <string>

namespace hbev::test {

/// The interpreter named by HBEV_PYTHON (its path), or the path's python3.
inline std::string python() {
  const char* named = std::getenv("HBEV_PYTHON");
  return named != nullptr && *named != '\0' ? named : "python3";
}

/// Whether it can import `module`.
inline bool pythonHas(const std::string& module) {
  return std::system(("'" + python() + "' -c 'import " + module + "' > /dev/null 2>&1").c_str()) == 0;
}

}  // namespace hbev::test
