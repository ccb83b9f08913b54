// Which layout the files of a folder are in, and which of them are one dump.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/data/predictions/format.h"

namespace hbev {

/// Files that a reader opens, evenly spread over a folder, to recognise what they are.
inline constexpr std::size_t kOpenedToRecognise = 8;
/// A folder with more pickles than this holds no dumps: dumps are one file, or one for each process that made
/// them.
inline constexpr std::size_t kMostPickles = 8;

/// Up to `count` indices below `size`, evenly spread.
std::vector<std::size_t> spread(std::size_t size, std::size_t count);

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

}  // namespace hbev
