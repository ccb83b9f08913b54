// An evaluation in one SQLite file: counts of every frame and class, from which every table is computed
// without casting a ray again.
//
// The file can be read while it is written, and a process that dies loses at most the frames of the last
// seconds. Sums of fractions are added up in the order of the frames, so that they do not depend on who
// evaluated which frame when.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/data/labels.h"
#include "core/eval/evaluation_source.h"
#include "core/eval/frame_order.h"
#include "core/eval/frame_report.h"
#include "core/eval/skip_reason.h"

namespace hbev {

/// Of what the figures are. Two files whose facts agree but for program and shard belong together.
struct EvaluationFacts {
  std::string program;         ///< "HBEVOcc Studio 0.1.0"
  std::string dataset;         ///< "nuscenes"
  std::string dataset_path;    ///< for people
  std::string version;         ///< "v1.0-trainval"
  std::string split;           ///< "val", "all" or names of scenes
  std::string truth;           ///< "openocc" or "occ3d"
  std::string mask;            ///< "camera" or "none"
  std::string order;           ///< "token" or "reference"
  std::string frames_hash;     ///< of all selected keyframes' tokens, in their order
  std::int64_t keyframes = 0;  ///< selected, in all shards together
  Shard shard;
  std::string created;  ///< UTC, "2026-01-31 12:00:00"
};

struct StoredScene {
  std::size_t scene = 0;  ///< index into Dataset::scenes()
  std::string name, description;
  std::int64_t keyframes = 0;
};

/// What came of one source in one frame.
struct FrameResult {
  std::optional<SkipReason> skipped;  ///< then there is no report
  std::string problem;                ///< of an unusable one
  FrameReport report;
  std::uint64_t print{};  ///< predictionPrint() of what was scored; 0: not known
};

/// Rays within 2 m of two sources that were evaluated together, by true class.
struct RightRays {
  std::int64_t both = 0, only_first = 0, only_second = 0, neither = 0;
  RightRays& operator+=(const RightRays& other);
  bool operator==(const RightRays&) const = default;
};
struct SourcePair {
  std::size_t first = 0, second = 0;
  std::vector<RightRays> classes;  ///< by class number
};

struct FrameRecord {
  EvaluatedFrame frame;
  std::string token;
  std::int64_t timestamp_us = 0;
  std::vector<FrameResult> results;  ///< by source
  std::vector<SourcePair> pairs;     ///< of sources that were scored both
  std::uint64_t truth_print{};       ///< filePrint() of the labels; 0: not known
};

/// What a keyframe's file of predictions or labels was like.
struct StoredPrint {
  static constexpr std::size_t kTruth = ~std::size_t(0);

  std::int64_t ordinal = 0;
  std::size_t source = 0;  ///< kTruth: the labels
  std::uint64_t print = 0;
};

/// Throws Error when an evaluation cannot be made there because something is; `advice` is on a file.
void demandNewFile(const std::filesystem::path& file, const std::string& advice);
/// Gives a finished `temporary` its name. Throws Error like demandNewFile() when there is something by now,
/// also when another process was faster by a moment; `temporary` is removed then.
void publishNewFile(const std::filesystem::path& temporary, const std::filesystem::path& file,
                    const std::string& advice);

/// Equal numbers, to the last bit.
bool sameNumbers(const FrameRecord& a, const FrameRecord& b);

/// One process writes, any number reads. Not thread-safe.
class EvaluationStore {
 public:
  /// A new file; ":memory:" for none. Throws Error when something is at that path already.
  static EvaluationStore create(const std::filesystem::path& file, const EvaluationFacts& facts,
                                const std::vector<SourceFacts>& sources,
                                const std::vector<StoredScene>& scenes);
  /// Throws Error when the file is none of ours, damaged, or of a later version of the program.
  static EvaluationStore open(const std::filesystem::path& file);
  /// The same, to add frames to it.
  static EvaluationStore openToAdd(const std::filesystem::path& file);
  ~EvaluationStore();
  EvaluationStore(EvaluationStore&&) noexcept;
  EvaluationStore& operator=(EvaluationStore&&) noexcept;

  const std::filesystem::path& file() const;
  const EvaluationFacts& facts() const { return facts_; }
  const std::vector<SourceFacts>& sources() const { return sources_; }
  const std::vector<StoredScene>& scenes() const { return scenes_; }
  const ClassSet& classes() const { return *classes_; }

  /// Adds or replaces frames, all or none of them.
  void add(std::span<const FrameRecord> frames);
  /// Prints of keyframes that may be other workers' to score: by them parts are known to be of the same
  /// files.
  void addPrints(std::span<const StoredPrint> prints);
  /// Of frames that were added, and addPrints(). None in a file of an earlier version.
  std::vector<StoredPrint> prints() const;
  /// Makes it one file without helpers beside it. To be called when nothing is added any more.
  void finish();

  /// Ordinals of frames that every source was scored in.
  std::set<std::int64_t> finishedFrames() const;
  std::int64_t frameCount() const;
  /// Calls `visit` with every frame, by ordinal. Throws Error when the file is damaged.
  void forEachFrame(const std::function<void(const FrameRecord&)>& visit) const;

 private:
  struct Writer;
  EvaluationStore();
  void load();

  std::unique_ptr<Writer> writer_;
  EvaluationFacts facts_;
  std::vector<SourceFacts> sources_;
  std::vector<StoredScene> scenes_;
  const ClassSet* classes_ = nullptr;
};

/// Throws Error with one sentence when the two are not of one evaluation: another data set, split, truth,
/// mask, order or other sources. Shards may differ.
void requireSameEvaluation(const EvaluationStore& a, const EvaluationStore& b);
void requireSameEvaluation(const EvaluationStore& store, const EvaluationFacts& facts,
                           const std::vector<SourceFacts>& sources);

}  // namespace hbev
