// Files that are known and cannot be used as predictions of a keyframe.
#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/pickle_file.h"
#include "core/data/predictions/ray_submission.h"

namespace hbev {

namespace {

std::optional<std::string> refusalOfPickle(const ListedFile& file, PickleShelf& shelf) {
  const auto pickle = shelf.open(file.path);
  if (pickle->root().find("pred_voxels")) {
    return "OccFormer's pickles hold pictures beside the voxels and no token of their keyframe; they are not "
           "read.";
  }
  if (pickle->root().find("results")) {
    const auto submission = RaySubmission::fromPickle(file.path, pickle);
    submission->check(submission->tokens().front());
  }
  return "It holds " + pickle->root().description() + ", which is no layout of predictions.";
}

}  // namespace

std::optional<std::string> knownRefusal(const ListedFile& file, const Listing& listing) {
  try {
    if (file.extension == ".npz") return cam4DOccRefusal(file);
    if (mayBePickle(file)) return refusalOfPickle(file, *listing.pickles);
  } catch (const Error& error) {
    Problem problem = error.problem();
    problem.file.clear();
    return toString(problem);
  }
  return std::nullopt;
}

}  // namespace hbev
