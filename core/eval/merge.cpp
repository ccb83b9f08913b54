#include "core/eval/merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

std::size_t scoredIn(const FrameRecord& record) {
  return std::size_t(std::count_if(record.results.begin(), record.results.end(),
                                   [](const FrameResult& result) { return !result.skipped; }));
}

/// Which part has the best of each frame. A part counts once more when it disagrees.
class Choice {
 public:
  explicit Choice(std::span<const EvaluationStore> parts) : parts_(parts) {
    for (std::size_t part = 0; part < parts.size(); ++part) {
      parts[part].forEachFrame([&](const FrameRecord& record) { consider(part, record); });
    }
    for (std::size_t part = 0; !twice_.empty() && part < parts.size(); ++part) {
      parts[part].forEachFrame([&](const FrameRecord& record) { compare(part, record); });
    }
  }

  bool isFrom(std::size_t part, std::int64_t ordinal) const { return best_.at(ordinal).part == part; }
  std::size_t frames() const { return best_.size(); }

 private:
  struct Best {
    std::size_t part, scored;
  };

  void consider(std::size_t part, const FrameRecord& record) {
    const auto [found, is_new] = best_.try_emplace(record.frame.ordinal, Best{part, scoredIn(record)});
    if (is_new) return;
    twice_[record.frame.ordinal];
    if (scoredIn(record) > found->second.scored) found->second = {part, scoredIn(record)};
  }

  void compare(std::size_t part, const FrameRecord& record) {
    const auto found = twice_.find(record.frame.ordinal);
    if (found == twice_.end() || scoredIn(record) < best_.at(record.frame.ordinal).scored) return;
    if (!found->second) {
      found->second = std::make_unique<FrameRecord>(record);
    } else if (!sameNumbers(*found->second, record)) {
      throw Error({"Two parts have the same keyframe with different numbers", parts_[part].file(),
                   "the same numbers for " + record.token, "others",
                   "Merge parts that were made from the same predictions and labels."});
    }
  }

  std::span<const EvaluationStore> parts_;
  std::map<std::int64_t, Best> best_;
  std::map<std::int64_t, std::unique_ptr<FrameRecord>> twice_;
};

/// Throws Error when two parts saw different files for the same keyframe.
void requireSameFiles(const std::vector<EvaluationStore>& stores) {
  std::map<std::pair<std::int64_t, std::size_t>, std::uint64_t> prints;
  for (const EvaluationStore& store : stores) {
    for (const StoredPrint& stored : store.prints()) {
      const auto [first, is_new] = prints.try_emplace({stored.ordinal, stored.source}, stored.print);
      if (is_new || first->second == stored.print) continue;
      const std::string kind = stored.source == StoredPrint::kTruth ? "labels" : "predictions";
      throw Error({"The parts were made of different " + kind, store.file(),
                   stored.source == StoredPrint::kTruth
                       ? "the same labels in every part"
                       : "the same files of " + store.sources()[stored.source].title + " in every part",
                   fmt::format("others for keyframe {} of the selection", stored.ordinal + 1),
                   "Evaluate all parts from the same " + kind + "."});
    }
  }
}

}  // namespace

MergeSummary mergeEvaluations(const fs::path& file, std::span<const fs::path> parts) {
  std::vector<EvaluationStore> stores;
  for (const fs::path& part : parts) {
    stores.push_back(EvaluationStore::open(part));
    requireSameEvaluation(stores.front(), stores.back());
  }
  if (stores.empty()) throw Error({"There is nothing to merge", {}, "at least one evaluation", "none", {}});
  requireSameFiles(stores);
  const Choice choice(stores);
  EvaluationFacts facts = stores.front().facts();
  facts.shard = {};
  constexpr const char* kAdvice = "Name another file.";
  demandNewFile(file, kAdvice);
  const fs::path temporary = temporarySibling(file);
  try {
    EvaluationStore merged =
        EvaluationStore::create(temporary, facts, stores.front().sources(), stores.front().scenes());
    for (std::size_t part = 0; part < stores.size(); ++part) {
      std::vector<FrameRecord> own;
      const auto flush = [&] {
        merged.add(own);
        own.clear();
      };
      stores[part].forEachFrame([&](const FrameRecord& record) {
        if (!choice.isFrom(part, record.frame.ordinal)) return;
        own.push_back(record);
        if (own.size() == 256) flush();
      });
      flush();
    }
    merged.finish();
  } catch (...) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      fs::remove(temporary.string() + suffix, ignored);
    throw;
  }
  publishNewFile(temporary, file, kAdvice);
  return {std::int64_t(choice.frames()),
          std::max<std::int64_t>(0, facts.keyframes - std::int64_t(choice.frames()))};
}

}  // namespace hbev
