// What all layouts share once one has recognised its files: class set, orientation, frame and range.
#pragma once

#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/data/predictions/entry_index.h"
#include "core/data/predictions/recognition.h"

namespace hbev {

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
