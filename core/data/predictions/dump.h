// What all layouts share once one has recognised its files: finding a keyframe's entry, class sets,
// orientation, frame and range.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/error.h"
#include "core/data/predictions/format.h"

namespace hbev {

/// A layout and what it has found.
struct RecognisedDump {
  const PredictionFormat* format = nullptr;
  OpenedDump dump;
  std::filesystem::path base;
  std::vector<std::string> others;  ///< other layouts whose files lie there too, whole sentences
};

/// The layout that most files have, or nothing. When its files are of several dumps the one nearest to the
/// listing's root is taken. Throws Error when several are equally near, naming them, or when one dump holds
/// two predictions of the same keyframe.
std::optional<RecognisedDump> recogniseDump(const Listing& listing);

/// The error for a path that holds nothing that can be read.
Error noPredictions(const std::filesystem::path& path, const Listing& listing);

/// Finds entries by keyframes.
class EntryIndex {
 public:
  EntryIndex(const std::vector<DumpEntry>& entries, const Dataset* dataset);
  /// Index into the entries, or nothing.
  std::optional<std::size_t> find(const Keyframe& keyframe) const;

 private:
  void addLidarTokens();
  void orderByTime();

  std::unordered_map<std::string, std::size_t> by_key_;
  const Dataset* dataset_;
  /// [scene][index in scene]: the keyframe's place in the data set by time; empty unless entries ask for it.
  std::vector<std::vector<std::int64_t>> time_order_;
};

/// Files that a reader opens, evenly spread over a folder, to recognise what they are.
inline constexpr std::size_t kOpenedToRecognise = 8;
/// A folder with more pickles than this holds no dumps: dumps are one file, or one for each process that made
/// them.
inline constexpr std::size_t kMostPickles = 8;

/// Up to `count` indices below `size`, evenly spread.
std::vector<std::size_t> spread(std::size_t size, std::size_t count);

/// The class set of a dump and how that was found out.
struct ClassSetFinding {
  const ClassSet* classes = nullptr;              ///< null when it cannot be told
  std::string because;                            ///< one sentence
  std::size_t readable = 0;                       ///< entries that could be read for it
  std::optional<int> only_number{}, too_large{};  ///< as in ClassSetGuess
};
ClassSetFinding findClassSet(const RecognisedDump& recognised, const OpenOptions& options);

/// Recognised and ready to be read.
class Dump : public PredictionSource {
 public:
  /// Throws Error when the class set is neither given nor to be found out.
  Dump(RecognisedDump recognised, OpenOptions options);

  const std::filesystem::path& path() const override { return recognised_.base; }
  std::string title() const override;
  /// With the orientation, where the arrays are turned.
  std::string formatName() const override;
  const ClassSet& classes() const override { return *classes_.classes; }
  std::size_t count() const override { return recognised_.dump.entries.size(); }
  std::optional<std::filesystem::path> find(const Keyframe& keyframe) const override;
  Occupancy read(const Keyframe& keyframe) const override;

  const RecognisedDump& recognised() const { return recognised_; }
  const EntryIndex& index() const { return index_; }
  /// One entry, for a keyframe that it is meant for.
  Occupancy readEntry(const DumpEntry& entry, const Keyframe& keyframe) const;

 private:
  void renumber(std::vector<std::uint8_t>& labels, const std::filesystem::path& file) const;
  /// Why the class set is not known, in the words that fit best.
  Error noClassSet() const;

  RecognisedDump recognised_;
  OpenOptions options_;
  EntryIndex index_;
  ClassSetFinding classes_;
};

}  // namespace hbev
