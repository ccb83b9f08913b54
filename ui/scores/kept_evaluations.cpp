#include "ui/scores/kept_evaluations.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash_text.h"
#include "core/eval/prediction_print.h"

namespace hbev::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 24;

/// Adds what tells the keyframes' files apart from what they were at another time.
template <class PrintOf>
void addFiles(std::string& words, const EvaluationPlan& plan, const Progress& progress,
              const PrintOf& printOf) {
  for (const std::size_t scene : scenesOf(plan)) {
    progress.throwIfCancelled();
    for (std::size_t i = 0; i < plan.dataset->scenes()[scene].keyframes.size(); ++i) {
      const std::uint64_t print = printOf(plan.dataset->keyframe(scene, i));
      words.append(reinterpret_cast<const char*>(&print), sizeof print);
    }
  }
}

fs::path keptFolder() {
  const fs::path cache = userCacheFolder();
  return cache.empty() ? fs::path() : cache / "evaluations";
}

bool isReadable(const fs::path& file) {
  try {
    EvaluationStore::open(file);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// With what SQLite keeps beside it: a new file of that name would take it for its own. The file goes last:
/// what is left of a removal that was cut off is found again.
void removeKept(const fs::path& file) {
  std::error_code ignored;
  for (const char* suffix : {"-journal", "-wal", "-shm", ""})
    fs::remove(file.string() + suffix, ignored);
}

}  // namespace

fs::path keptEvaluation(const EvaluationPlan& plan, const Progress& progress) {
  if (keptFolder().empty()) return {};
  const EvaluationFacts facts = factsOf(plan);
  std::string words = facts.program + '\n' + facts.dataset_path + '\n' + facts.version + '\n' + facts.split +
                      '\n' + facts.truth + '\n' + facts.mask + '\n' + facts.order + '\n' + facts.frames_hash;
  for (const EvaluationSource& source : plan.sources)
    words += '\n' + source.facts.title + '\n' + source.facts.path + '\n' + source.facts.format + '\n' +
             source.facts.classes;
  for (const EvaluationSource& source : plan.sources)
    addFiles(words, plan, progress, [&](const Keyframe& each) { return predictionPrint(source, each); });
  addFiles(words, plan, progress, [&](const Keyframe& each) {
    const auto labels = plan.dataset->truthFile(plan.truth, each);
    return labels ? filePrint(*labels) : 0;
  });
  return keptFolder() / (longHashText(words) + ".sqlite");
}

void pruneKept() {
  std::error_code code;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(keptFolder(), code)) {
    if (entry.path().extension() == ".sqlite") files.emplace_back(entry.last_write_time(code), entry.path());
  }
  std::ranges::sort(files, std::ranges::greater{});
  for (std::size_t i = kMostFiles; i < files.size(); ++i)
    removeKept(files[i].second);
}

EvaluationStore openKept(const EvaluationPlan& plan, const fs::path& file) {
  if (file.empty()) return createStore(plan, {});
  fs::create_directories(file.parent_path());
  if (fs::exists(file)) {
    try {
      return resumeStore(plan, file);
    } catch (const Error&) {
      if (isReadable(file)) throw;
      removeKept(file);
    }
  } else {
    removeKept(file);  // what is beside it has outlived its file
  }
  return createStore(plan, file);
}

}  // namespace hbev::ui
