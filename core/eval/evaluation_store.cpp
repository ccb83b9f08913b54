#include "core/eval/evaluation_store.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/eval/evaluation_rows.h"
#include "core/eval/sqlite.h"

namespace hbev {
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kApplication = 0x48424556;  // "HBEV"
constexpr std::int64_t kFormat = 3;
constexpr const char* kMemory = ":memory:";
constexpr std::size_t kMostSources = 64;

/// Facts by the names that they have in the file.
template <class Facts, class Use>
void forEachFact(Facts& facts, const Use& use) {
  use("program", facts.program);
  use("dataset", facts.dataset);
  use("dataset_path", facts.dataset_path);
  use("version", facts.version);
  use("split", facts.split);
  use("truth", facts.truth);
  use("mask", facts.mask);
  use("order", facts.order);
  use("frames_hash", facts.frames_hash);
  use("created", facts.created);
}

Error notOurs(const fs::path& file, std::string found, std::string advice) {
  return Error({"This is no evaluation that can be read", file, "a file by hbevocc evaluate --out",
                std::move(found), std::move(advice)});
}

void requireOurs(const SqlDatabase& database) {
  constexpr const char* kAdvice = "It was left as it is: name another file.";
  std::int64_t application = 0, format = 0;
  try {
    application = database.number("PRAGMA application_id");
    format = database.number("PRAGMA user_version");
  } catch (const Error& error) {
    throw notOurs(database.file(), error.problem().found, kAdvice);
  }
  if (application != kApplication)
    throw notOurs(database.file(), "another program's database or an empty file", kAdvice);
  if (format > kFormat) {
    throw notOurs(database.file(), fmt::format("format {}, which this version does not know", format),
                  "Use the version of the program that wrote it, or a newer one.");
  }
  if (format < kFormat)
    throw notOurs(database.file(), fmt::format("format {} of an earlier version", format),
                  "Evaluate again, into another file.");
  SqlStatement check = database.prepare("PRAGMA quick_check(1)");
  if (!check.step() || check.text(0) != "ok")
    throw notOurs(database.file(), "a damaged file", "It was left as it is: evaluate into another file.");
}

void writeHead(const SqlDatabase& database, const EvaluationFacts& facts,
               const std::vector<SourceFacts>& sources, const std::vector<StoredScene>& scenes) {
  SqlTransaction transaction(database);
  database.execute(evaluation_rows::kSchema);
  database.execute(evaluation_rows::kPrintSchema);
  SqlStatement fact = database.prepare("INSERT INTO fact VALUES (?,?)");
  const auto add = [&](std::string_view name, const std::string& value) {
    fact.run(name, std::string_view(value));
  };
  forEachFact(facts, add);
  add("keyframes", std::to_string(facts.keyframes));
  add("shard", fmt::format("{}/{}", facts.shard.index, facts.shard.count));
  SqlStatement source = database.prepare("INSERT INTO source VALUES (?,?,?,?,?,?)");
  for (std::size_t i = 0; i < sources.size(); ++i) {
    source.run(std::int64_t(i), std::string_view(sources[i].title), std::string_view(sources[i].path),
               std::string_view(sources[i].format), std::string_view(sources[i].classes),
               std::string_view(sources[i].weights));
  }
  if (const auto kind = findLabelKind(facts.truth)) {
    const ClassSet& classes = classSetOf(*kind);
    SqlStatement row = database.prepare("INSERT INTO class VALUES (?,?,?)");
    for (int label = 0; label < classes.size(); ++label)
      row.run(std::int64_t(label), classes[label].id, std::int64_t(classes.moves(label)));
  }
  SqlStatement scene = database.prepare("INSERT INTO scene VALUES (?,?,?,?)");
  for (const StoredScene& row : scenes) {
    scene.run(std::int64_t(row.scene), std::string_view(row.name), std::string_view(row.description),
              row.keyframes);
  }
  database.execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplication, kFormat).c_str());
  transaction.commit();
}

/// What two files that belong together have in common, with the word that says what differs.
std::vector<std::pair<std::string, std::string>> comparable(const EvaluationFacts& facts,
                                                            const std::vector<SourceFacts>& sources) {
  std::vector<std::pair<std::string, std::string>> words{
      {"data set", facts.dataset + " " + facts.version},
      {"split", facts.split},
      {"truth", facts.truth},
      {"mask", facts.mask},
      {"order", facts.order},
      {"number of keyframes", std::to_string(facts.keyframes)},
      {"list of keyframes", facts.frames_hash},
      {"number of sources", std::to_string(sources.size())},
  };
  for (const SourceFacts& source : sources) {
    words.emplace_back("source", fmt::format("{} ({}, {}{}{})", source.title, source.format, source.classes,
                                             source.weights.empty() ? "" : ", weights ", source.weights));
  }
  return words;
}

}  // namespace

RightRays& RightRays::operator+=(const RightRays& other) {
  both += other.both;
  only_first += other.only_first;
  only_second += other.only_second;
  neither += other.neither;
  return *this;
}

void demandNewFile(const fs::path& file, const std::string& advice) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored))
    throw Error({"An evaluation is one file", file, "a new file", "a folder", "Name a file in it."});
  if (fs::exists(fs::symlink_status(file, ignored)))
    throw Error({"There is a file already", file, "a new file", "one that would be overwritten", advice});
}

void publishNewFile(const fs::path& temporary, const fs::path& file, const std::string& advice) {
  std::error_code code, ignored;
  fs::create_hard_link(temporary, file, code);  // a rename would replace what somebody made meanwhile
  if (code && !fs::exists(fs::symlink_status(file, ignored))) {
    publishFile(temporary, file);  // a file system without links
    return;
  }
  if (code && fs::equivalent(temporary, file, ignored)) code.clear();  // NFS may say so of a link it has made
  fs::remove(temporary, ignored);
  if (code) demandNewFile(file, advice);
}

bool sameNumbers(const FrameRecord& a, const FrameRecord& b) {
  if (!(a.frame == b.frame) || a.token != b.token || a.results.size() != b.results.size() ||
      a.pairs.size() != b.pairs.size())
    return false;
  for (std::size_t i = 0; i < a.results.size(); ++i) {
    const FrameResult &x = a.results[i], &y = b.results[i];
    if (x.skipped != y.skipped || x.report.origins != y.report.origins || x.report.rays != y.report.rays ||
        x.report.details != y.report.details || x.report.voxels != y.report.voxels ||
        x.report.camera_voxels != y.report.camera_voxels)
      return false;
  }
  for (std::size_t i = 0; i < a.pairs.size(); ++i) {
    if (a.pairs[i].classes != b.pairs[i].classes) return false;
  }
  return true;
}

struct EvaluationStore::Writer {
  SqlDatabase database;
  std::unique_ptr<evaluation_rows::Writer> rows;
};

EvaluationStore::EvaluationStore() = default;
EvaluationStore::~EvaluationStore() = default;
EvaluationStore::EvaluationStore(EvaluationStore&&) noexcept = default;
EvaluationStore& EvaluationStore::operator=(EvaluationStore&&) noexcept = default;

EvaluationStore EvaluationStore::create(const fs::path& file, const EvaluationFacts& facts,
                                        const std::vector<SourceFacts>& sources,
                                        const std::vector<StoredScene>& scenes) {
  EvaluationStore store;
  if (file == kMemory) {
    store.writer_ = std::make_unique<Writer>(SqlDatabase(file, SqlDatabase::Mode::Create), nullptr);
    writeHead(store.writer_->database, facts, sources, scenes);
  } else {
    std::error_code ignored;
    constexpr const char* kAdvice = "Go on with it by --resume, or name another file.";
    demandNewFile(file, kAdvice);
    if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
    // It appears with all its tables at once: whoever opens it finds an evaluation.
    const fs::path temporary = temporarySibling(file);
    try {
      writeHead(SqlDatabase(temporary, SqlDatabase::Mode::Create), facts, sources, scenes);
    } catch (const Error& error) {
      fs::remove(temporary, ignored);
      Problem problem = error.problem();
      problem.file = file;
      throw Error(std::move(problem));
    }
    publishNewFile(temporary, file, kAdvice);
    return openToAdd(file);
  }
  store.load();
  store.writer_->rows = std::make_unique<evaluation_rows::Writer>(store.writer_->database);
  return store;
}

EvaluationStore EvaluationStore::open(const fs::path& file) {
  std::error_code code;
  const fs::file_status status = fs::status(file, code);
  if (!fs::exists(status) || fs::is_directory(status)) {
    const std::string found = fs::exists(status)                          ? "a folder"
                              : status.type() == fs::file_type::not_found ? "nothing there"
                                                                          : code.message();
    throw Error({"There is no such evaluation", file, "a file by hbevocc evaluate --out", found,
                 "Check the spelling and the permissions."});
  }
  EvaluationStore store;
  store.writer_ = std::make_unique<Writer>(SqlDatabase(file, SqlDatabase::Mode::Read), nullptr);
  requireOurs(store.writer_->database);
  store.load();
  return store;
}

EvaluationStore EvaluationStore::openToAdd(const fs::path& file) {
  EvaluationStore store;
  store.writer_ = std::make_unique<Writer>(SqlDatabase(file, SqlDatabase::Mode::Write), nullptr);
  const SqlDatabase& database = store.writer_->database;
  requireOurs(database);
  // With a log beside the file readers and the writer do not wait for each other. A commit is whole after a
  // crash of the process; after one of the machine the last seconds may be missing. Where a file system does
  // not allow it SQLite keeps to its journal by itself.
  database.number("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = NORMAL");
  database.execute(evaluation_rows::kPrintSchema);  // files of earlier versions lack it
  store.load();
  store.writer_->rows = std::make_unique<evaluation_rows::Writer>(database);
  return store;
}

void EvaluationStore::load() {
  const SqlDatabase& database = writer_->database;
  aboutFile(database.file(), [&] {
    std::map<std::string, std::string> values;
    SqlStatement fact = database.prepare("SELECT name, value FROM fact");
    while (fact.step())
      values[fact.text(0)] = fact.text(1);
    forEachFact(facts_, [&](const char* name, std::string& value) { value = values[name]; });
    facts_.keyframes = database.number("SELECT CAST(value AS INTEGER) FROM fact WHERE name = 'keyframes'");
    facts_.shard = parseShard(values["shard"]);
    const auto kind = findLabelKind(facts_.truth);
    if (!kind || facts_.keyframes < 0)
      throw notOurs(database.file(), "labels called '" + facts_.truth + "'", "Evaluate into another file.");
    classes_ = &classSetOf(*kind);
    SqlStatement source =
        database.prepare("SELECT title, path, format, classes, weights FROM source ORDER BY source");
    while (source.step() && sources_.size() < kMostSources)
      sources_.push_back({source.text(0), source.text(1), source.text(2), source.text(3), source.text(4)});
    SqlStatement scene =
        database.prepare("SELECT scene, name, description, keyframes FROM scene ORDER BY scene");
    while (scene.step())
      scenes_.push_back({std::size_t(scene.integer(0)), scene.text(1), scene.text(2), scene.integer(3)});
  });
}

const fs::path& EvaluationStore::file() const {
  return writer_->database.file();
}

void EvaluationStore::add(std::span<const FrameRecord> frames) {
  SqlTransaction transaction(writer_->database);
  for (const FrameRecord& frame : frames)
    writer_->rows->write(frame);
  transaction.commit();
}

void EvaluationStore::addPrints(std::span<const StoredPrint> prints) {
  SqlTransaction transaction(writer_->database);
  for (const StoredPrint& print : prints)
    writer_->rows->write(print);
  transaction.commit();
}

std::vector<StoredPrint> EvaluationStore::prints() const {
  return evaluation_rows::readPrints(writer_->database, sources_.size());
}

void EvaluationStore::finish() {
  writer_->rows.reset();
  const SqlDatabase& database = writer_->database;
  if (database.file() == kMemory) return;
  try {
    database.number("PRAGMA wal_checkpoint(TRUNCATE)");
    database.number("PRAGMA journal_mode = DELETE");
  } catch (const Error&) {
    // Somebody reads it: it stays as it is, whole, with its log beside it.
  }
}

std::set<std::int64_t> EvaluationStore::finishedFrames() const {
  std::set<std::int64_t> finished;
  SqlStatement statement = writer_->database.prepare(
      "SELECT ordinal FROM result WHERE status = 0 GROUP BY ordinal HAVING COUNT(*) = ?");
  statement.bind(1, std::int64_t(sources_.size()));
  while (statement.step())
    finished.insert(statement.integer(0));
  return finished;
}

std::int64_t EvaluationStore::frameCount() const {
  return writer_->database.number("SELECT COUNT(*) FROM frame");
}

void EvaluationStore::forEachFrame(const std::function<void(const FrameRecord&)>& visit) const {
  aboutFile(writer_->database.file(),
            [&] { evaluation_rows::Reader(writer_->database, *classes_, sources_.size()).forEach(visit); });
}

void requireSameEvaluation(const EvaluationStore& store, const EvaluationFacts& facts,
                           const std::vector<SourceFacts>& sources) {
  const auto theirs = comparable(store.facts(), store.sources()), ours = comparable(facts, sources);
  for (std::size_t i = 0; i < std::min(theirs.size(), ours.size()); ++i) {
    if (theirs[i] == ours[i]) continue;
    throw Error({"The evaluations do not belong together: their " + ours[i].first + " differs", store.file(),
                 ours[i].second, theirs[i].second, "Write to another file, or name what belongs together."});
  }
}

void requireSameEvaluation(const EvaluationStore& a, const EvaluationStore& b) {
  requireSameEvaluation(b, a.facts(), a.sources());
}

}  // namespace hbev
