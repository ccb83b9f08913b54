#include "core/data/predictions/listing.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/data/predictions/pickle_file.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxDepth = 5;
// The validation split has 6,019 keyframes; some layouts lay seven files beside each.
constexpr std::size_t kMaxSeen = 500'000;
constexpr std::array kExtensions{".npz", ".npy", ".pkl", ".pickle", ".gz"};
constexpr std::array kPassedOver{"samples", "sweeps", "maps", "gts", "openocc_v2"};

bool isOf(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ListedFile listed(const fs::path& file) {
  return {file, {}, file.stem().string(), lowerCase(file.extension().string())};
}

class Walk {
 public:
  Walk(Listing& listing, Progress* progress) : listing_(listing), progress_(progress) {}

  void enter(const fs::path& folder) {
    if (progress_) progress_->throwIfCancelled();
    std::error_code code;
    for (const auto& entry :
         fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, code)) {
      listing_.is_complete = listing_.is_complete && ++seen_ <= kMaxSeen;
      if (!listing_.is_complete) return;
      std::string name = entry.path().filename().string();
      std::error_code error;
      if (entry.is_directory(error)) {
        if (name.starts_with('.') || isOf(kPassedOver, name) || folders_.size() >= kMaxDepth) continue;
        folders_.push_back(std::move(name));
        enter(entry.path());
        folders_.pop_back();
      } else if (entry.is_regular_file(error)) {
        ListedFile file = listed(entry.path());
        file.folders = folders_;
        if (isOf(kExtensions, file.extension)) listing_.files.push_back(std::move(file));
      }
    }
  }

 private:
  Listing& listing_;
  Progress* progress_;
  std::vector<std::string> folders_;
  std::size_t seen_ = 0;
};

}  // namespace

std::string lowerCase(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char letter) { return char(std::tolower(letter)); });
  return result;
}

std::string ListedFile::folder(std::size_t up) const {
  fs::path above = fs::absolute(path).lexically_normal().parent_path();
  for (std::size_t i = 0; i < up; ++i)
    above = above.parent_path();
  return above.filename().string();
}

fs::path ListedFile::base(std::size_t up) const {
  fs::path above = path.parent_path();
  for (std::size_t i = 0; i < std::min(up, folders.size()); ++i)
    above = above.parent_path();
  return above;
}

Listing listFiles(const fs::path& path, Progress* progress) {
  std::error_code code;
  if (!fs::exists(path, code)) {
    throw Error({lastName(path) + " holds no predictions", path, "a folder or a file of predictions",
                 "nothing there", "Check the spelling."});
  }
  Listing listing;
  listing.pickles = std::make_shared<PickleShelf>(progress);
  listing.is_file = fs::is_regular_file(path, code);
  if (listing.is_file) {
    listing.root = path.parent_path();
    listing.files.push_back(listed(path));
    return listing;
  }
  // A slash at the end would make parent_path() of a file's folder differ from the root.
  listing.root = path.has_filename() ? path : path.parent_path();
  Walk(listing, progress).enter(listing.root);
  std::sort(listing.files.begin(), listing.files.end(),
            [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  return listing;
}

bool looksLikeToken(std::string_view text) {
  return text.size() == 32 &&
         std::all_of(text.begin(), text.end(), [](unsigned char letter) { return std::isxdigit(letter); });
}

std::size_t tokenAfterScene(std::string_view stem) {
  for (std::size_t bar = stem.find('_'); bar != std::string_view::npos; bar = stem.find('_', bar + 1)) {
    if (bar > 0 && looksLikeToken(stem.substr(bar + 1, 32))) return bar + 1;
  }
  return 0;
}

bool isFolderArchive(const fs::path& file) {
  constexpr std::array<std::string_view, 10> kEndings{".zip", ".tar",  ".tar.gz", ".tar.xz", ".tar.bz2",
                                                      ".tgz", ".tbz2", ".txz",    ".7z",     ".rar"};
  const std::string name = lowerCase(file.filename().string());
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace hbev
