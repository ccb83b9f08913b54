// What tells a keyframe's file from what it was at another time, without reading all of it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/data/keyframe.h"
#include "core/eval/evaluation_source.h"

namespace hbev {

/// Of the file's name, size, and 4 KB at its beginning, middle and end: zip and gzip keep check sums of all
/// that they hold at their end, so that any change of an .npz or .gz shows. Neither place nor time count: a
/// copy on another machine has the same print. 0 where there is no file.
std::uint64_t filePrint(const std::filesystem::path& file);

/// filePrint() of the file that holds a keyframe's prediction.
std::uint64_t predictionPrint(const EvaluationSource& source, const Keyframe& keyframe);

}  // namespace hbev
