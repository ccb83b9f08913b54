// CVPR 2024's submission.gz as predictions: its rays shown as the voxels in which they end.
#include "core/base/error.h"
#include "core/data/predictions/dump.h"
#include "core/data/predictions/formats.h"
#include "core/data/predictions/npz_dump.h"
#include "core/data/predictions/pickle_file.h"
#include "core/data/predictions/ray_submission.h"

namespace hbev {

namespace {

OpenedDump dumpOf(const std::shared_ptr<const RaySubmission>& submission, const ListedFile& file) {
  OpenedDump dump;
  dump.submission = submission;
  for (const std::string& token : submission->tokens())
    dump.entries.push_back({file.path, {file.stem, token}, {tokenKey(token)}, 0, file.base(0)});
  dump.check = [submission](const DumpEntry& entry) {
    submission->check(entry.name.token);
    return EntryFacts{true};
  };
  dump.labels = [submission](const DumpEntry& entry) { return submission->read(entry.name.token).labels; };
  dump.read = [submission](const DumpEntry& entry, const Keyframe& keyframe, const OpenOptions& options) {
    if (!options.rays) {
      throw Error({entry.file.filename().string() + " holds rays, not voxels", entry.file,
                   "a data set whose lidar poses say where the rays start", "none",
                   "Open the data set first."});
    }
    Occupancy occupancy = occupancyOfRays(submission->read(entry.name.token), options.rays(keyframe));
    return StoredVoxels{occupancy.grid, std::move(occupancy.semantics), std::move(occupancy.flow), {}};
  };
  dump.classes = &ClassSet::openocc();
  dump.classes_because = "The challenge numbers classes as OpenOcc does.";
  dump.grid = "14,040 rays from each of up to 8 lidar origins, shown as the voxels in which they end";
  if (!submission->method().empty() || !submission->team().empty())
    dump.notes.push_back("Method: " + submission->method() + ", team: " + submission->team() + ".");
  dump.notes.emplace_back(
      "It holds what rays meet and nothing behind it: voxels that no ray ends in look free.");
  return dump;
}

std::optional<OpenedDump> openRayDump(const Listing& listing) {
  const auto files = filesWhere(listing, &mayBePickle);
  if (files.size() > kMostPickles) return std::nullopt;
  for (const ListedFile* file : files) {
    try {
      return dumpOf(RaySubmission::fromPickle(file->path, listing.pickles->open(file->path)), *file);
    } catch (const Error&) {
      continue;
    }
  }
  return std::nullopt;
}

}  // namespace

std::shared_ptr<const RaySubmission> submissionOf(const PredictionSource& source) {
  const auto* dump = dynamic_cast<const Dump*>(&source);
  return dump ? dump->recognised().dump.submission : nullptr;
}

PredictionFormat raySubmissionFormat() {
  return {"CVPR 2024 ray submission", "submission.gz: pcd_cls, pcd_dist, pcd_flow by token", 70,
          &openRayDump};
}

}  // namespace hbev
