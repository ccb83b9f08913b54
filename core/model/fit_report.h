// How the weights of a checkpoint fit a network. Knows no LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hbev {

/// How the file's names differ from the network's: `removed` stands before the file's, `added` before ours.
struct PrefixRule {
  std::string removed, added;
  bool operator==(const PrefixRule&) const = default;
};

/// What a checkpoint has for a network.
struct FitReport {
  struct WrongShape {
    std::string name;
    std::vector<std::int64_t> expected, found;
  };
  struct NotFinite {
    std::string name;
    std::size_t count = 0;
  };

  PrefixRule prefix;
  std::size_t entries = 0;           ///< of the network's state_dict
  std::size_t matched = 0;           ///< names and shapes that agree
  std::vector<std::string> missing;  ///< the network's names that the file lacks
  /// Counters of batches that the file lacks: PyTorch before 1.0 did not write them, and nothing needs them.
  std::vector<std::string> missing_counters;
  std::vector<std::string> unexpected;  ///< the file's names that the network lacks
  std::vector<WrongShape> wrong_shape;
  /// Weights with NaN or infinite values: only of a report that loadCheckpoint has made.
  std::vector<NotFinite> not_finite;

  bool fits() const { return missing.empty() && unexpected.empty() && wrong_shape.empty(); }
  /// One sentence: "681 of 681 weights fit".
  std::string summary() const;
  /// One line for each mismatch, at most `most` of a kind.
  std::vector<std::string> lines(std::size_t most) const;
};

}  // namespace hbev
