// "More of these": keyframes that a training sees more often than the others. Knows no Torch.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/train/sampler.h"

namespace hbev {

/// How often a keyframe is seen, by sample token: 1 is as often as without it, at most kMaxBoost.
using BoostWeights = std::map<std::string, double>;
inline constexpr double kMaxBoost = 100;

/// The text of a file with {"tokens": {"<sample token>": weight}}. Throws Error: absent, too large.
std::string readBoostFile(const std::filesystem::path& file);
/// What such a text says; `file` for messages. Throws Error: damaged, no token, a weight outside 1 to
/// kMaxBoost.
BoostWeights boostWeights(const std::string& text, const std::filesystem::path& file);

/// Pieces for keyframes that are in `pieces` already: a keyframe of weight w is in them so often that it is
/// seen about w times as often as before (rounded), neighbours of the same weight in one piece.
std::vector<SequencePiece> boostPieces(const std::vector<SequencePiece>& pieces,
                                       const std::function<double(std::size_t, std::size_t)>& weight);

}  // namespace hbev
