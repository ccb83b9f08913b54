#include "core/train/sampler.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include "core/base/error.h"

namespace hbev {

std::vector<SequencePiece> splitScenes(std::span<const std::size_t> keyframes_of_scene, std::size_t parts) {
  std::vector<SequencePiece> pieces;
  for (std::size_t scene = 0; scene < keyframes_of_scene.size(); ++scene) {
    const std::size_t keyframes = keyframes_of_scene[scene];
    const std::size_t length = std::max<std::size_t>(1, (keyframes + parts - 1) / parts);
    for (std::size_t begin = 0; begin < keyframes; begin += length)
      pieces.push_back({scene, begin, std::min(begin + length, keyframes)});
  }
  return pieces;
}

void demandPieces(std::size_t pieces, std::size_t samples) {
  if (pieces > 0 && pieces >= samples) return;
  throw Error({.summary = "There are too few scenes to fill a batch",
               .file = {},
               .expected = fmt::format("{} pieces of scenes, one for each sample of a step", samples),
               .found = fmt::format("{}", pieces),
               .advice = "Take a smaller batch, fewer processes, more scenes, or more pieces of each: --set "
                         "training.scene_parts=N."});
}

SequenceSampler::SequenceSampler(std::vector<SequencePiece> pieces, const Options& options)
    : pieces_(std::move(pieces)), options_(options), places_(options.batch_size) {
  demandPieces(pieces_.size(), options.batch_size * options.processes);
}

std::size_t SequenceSampler::pieceAt(std::uint64_t position) {
  const std::size_t round = std::size_t(position / pieces_.size());
  if (permutations_.size() <= round) {
    // Each permutation continues the generator: all before it are drawn again.
    const at::Generator generator = at::detail::createCPUGenerator(options_.seed);
    std::vector<std::vector<std::int64_t>> drawn;
    while (drawn.size() <= round + 8) {
      const at::Tensor order = at::randperm(std::int64_t(pieces_.size()), generator, at::kLong);
      const std::int64_t* first = order.data_ptr<std::int64_t>();
      drawn.emplace_back(first, first + order.numel());
    }
    permutations_ = std::move(drawn);
  }
  return std::size_t(permutations_[round][std::size_t(position % pieces_.size())]);
}

FrameKey SequenceSampler::advance(std::size_t index) {
  Place& place = places_[index];
  if (!place.walking) {
    const std::uint64_t all = options_.batch_size * options_.processes;
    const std::uint64_t first = options_.process * options_.batch_size + index;
    place.piece = pieceAt(first + place.turn++ * all);
    place.done = 0;
    place.walking = true;
  }
  const SequencePiece& piece = pieces_[place.piece];
  const FrameKey key{piece.scene, piece.begin + place.done};
  place.walking = ++place.done < piece.end - piece.begin;
  return key;
}

std::vector<FrameKey> SequenceSampler::next() {
  std::vector<FrameKey> batch;
  for (std::size_t i = 0; i < places_.size(); ++i)
    batch.push_back(advance(i));
  return batch;
}

void SequenceSampler::seek(std::uint64_t batches) {
  places_.assign(places_.size(), {});
  for (std::uint64_t i = 0; i < batches; ++i) {
    for (std::size_t place = 0; place < places_.size(); ++place)
      advance(place);
  }
}

}  // namespace hbev
