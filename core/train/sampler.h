// Which keyframes make up each training batch: whole pieces of scenes in time order, the pieces shuffled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/data/keyframe.h"

namespace hbev {

/// A piece of a scene: keyframes [begin, end).
struct SequencePiece {
  std::size_t scene = 0, begin = 0, end = 0;
  bool operator==(const SequencePiece&) const = default;
};

/// Each scene of so many keyframes in `parts` pieces, the earlier ones longer. Shorter scenes give fewer.
/// The reference trains with two parts.
std::vector<SequencePiece> splitScenes(std::span<const std::size_t> keyframes_of_scene, std::size_t parts);

/// Throws Error when there are fewer pieces than samples in a step: each walks through pieces of its own.
void demandPieces(std::size_t pieces, std::size_t samples);

/// Endless. Every place in the batches of all processes walks through pieces of its own, each from its first
/// keyframe to its last; all pieces are used once before any is used again. The order is that of the
/// reference's sampler with the same seed (PyTorch's permutations), and depends on nothing but the arguments,
/// so that a run goes on where it stopped.
class SequenceSampler {
 public:
  struct Options {
    std::size_t batch_size = 1, processes = 1, process = 0;
    std::uint64_t seed = 0;
  };
  /// Throws Error like demandPieces().
  SequenceSampler(std::vector<SequencePiece> pieces, const Options& options);

  /// The next batch of this process.
  std::vector<FrameKey> next();
  /// As if `batches` had been taken since the beginning.
  void seek(std::uint64_t batches);

 private:
  struct Place {
    std::uint64_t turn = 0;           // how many pieces it has begun
    std::size_t piece = 0, done = 0;  // keyframes of the piece that it has given
    bool walking = false;
  };
  FrameKey advance(std::size_t place);
  /// The piece at a place of the endless row of permutations.
  std::size_t pieceAt(std::uint64_t position);

  std::vector<SequencePiece> pieces_;
  Options options_;
  std::vector<Place> places_;
  std::vector<std::vector<std::int64_t>> permutations_;  // as far as they were needed
};

}  // namespace hbev
