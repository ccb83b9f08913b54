#include "core/base/module_library.h"

#include <dlfcn.h>
#include <string_view>
#include <utility>

#include "core/base/error.h"

namespace hbev {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProgramVersion = HBEV_VERSION;

std::string lastLinkError() {
  const char* text = dlerror();
  return text == nullptr ? "no library of this program" : text;
}

Error cannotBeLoaded(const ModuleChoice& choice) {
  return Error({.summary = choice.title + " cannot be loaded",
                .file = choice.file,
                .expected = "a library that fits this program, and " + choice.needs,
                .found = lastLinkError(),
                .advice = choice.advice});
}

}  // namespace

fs::path installedFile(const fs::path& relative) {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  // Never below the current folder, where anybody may have put something.
  const fs::path prefix = program.is_absolute() ? program.parent_path().parent_path() : "/usr";
  return prefix / relative;
}

ModuleLibrary::ModuleLibrary(ModuleChoice choice) : choice_(std::move(choice)) {
  std::error_code none;
  if (!fs::is_regular_file(choice_.file, none)) {
    throw Error({.summary = choice_.title + " is absent",
                 .file = choice_.file,
                 .expected = "a library that is built and installed with the program",
                 .found = "no such file",
                 .advice = choice_.advice});
  }
  handle_ = dlopen(choice_.file.c_str(), RTLD_NOW | (choice_.shares_names ? RTLD_GLOBAL : RTLD_LOCAL));
  if (handle_ == nullptr) throw cannotBeLoaded(choice_);
}

void* ModuleLibrary::entry(const char* name) const {
  void* entry = dlsym(handle_, name);
  if (entry == nullptr) throw cannotBeLoaded(choice_);
  return entry;
}

void ModuleLibrary::requireVersion(const char* version) const {
  if (version == kProgramVersion) return;
  throw Error({.summary = choice_.title + " belongs to another version of the program",
               .file = choice_.file,
               .expected = std::string(kProgramVersion),
               .found = version,
               .advice = choice_.advice});
}

}  // namespace hbev
