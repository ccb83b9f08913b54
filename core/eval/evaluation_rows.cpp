#include "core/eval/evaluation_rows.h"

#include <cmath>
#include <string>

#include "core/base/error.h"
#include "core/eval/count_blob.h"

namespace hbev::evaluation_rows {

const char* const kSchema = R"(
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (source INTEGER PRIMARY KEY, title TEXT, path TEXT, format TEXT, classes TEXT, weights TEXT);
CREATE TABLE class (class INTEGER PRIMARY KEY, name TEXT, moves INTEGER);
CREATE TABLE scene (scene INTEGER PRIMARY KEY, name TEXT, description TEXT, keyframes INTEGER);
CREATE TABLE frame (ordinal INTEGER PRIMARY KEY, scene INTEGER, index_in_scene INTEGER, origin_scene INTEGER,
  origin_index_in_scene INTEGER, token TEXT, timestamp_us INTEGER);
-- status 0: scored, 1: no truth, 2: no prediction, 3: unusable.
-- Blobs hold counts, seven bits a byte: ray_confusion [5 ranges, truth, prediction] and the voxels' [truth,
-- prediction], distance_errors [class, 66 bins], zones [5 ranges x 4 heights, class, (truth, predicted, hits at 1, 2 and 4 m, velocity error in um/s)].
CREATE TABLE result (ordinal INTEGER, source INTEGER, status INTEGER, problem TEXT, origins INTEGER,
  prediction_has_flow INTEGER, truth_has_flow INTEGER, valid_rays INTEGER, ray_confusion BLOB,
  distance_errors BLOB, zones BLOB, voxels BLOB, camera_voxels BLOB, PRIMARY KEY (ordinal, source));
-- Rays by class; classes without any are left out. Velocity errors in m/s over the hits at 2 m, and as the
-- challenge's server sums them.
CREATE TABLE class_rays (ordinal INTEGER, source INTEGER, class INTEGER, truth INTEGER, predicted INTEGER,
  hits_1m INTEGER, hits_2m INTEGER, hits_4m INTEGER, velocity_error REAL, velocity_error_squares REAL,
  server_velocity_error REAL, server_velocity_rays INTEGER, PRIMARY KEY (ordinal, source, class)) WITHOUT ROWID;
-- Rays within 2 m of two sources, by true class.
CREATE TABLE right_rays (ordinal INTEGER, first INTEGER, second INTEGER, class INTEGER, both INTEGER,
  only_first INTEGER, only_second INTEGER, neither INTEGER, PRIMARY KEY (ordinal, first, second, class))
  WITHOUT ROWID;
)";

// Of the files that were scored and of the labels, to know them again when an evaluation goes on: see
// filePrint().
const char* const kPrintSchema = R"(
CREATE TABLE IF NOT EXISTS prediction_file (ordinal INTEGER, source INTEGER, print INTEGER,
  PRIMARY KEY (ordinal, source)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS truth_file (ordinal INTEGER PRIMARY KEY, print INTEGER);
)";

namespace {

constexpr std::size_t kZoneNumbers = 6;  ///< of a zone and class, in the blob

[[noreturn]] void throwDamaged(const std::string& found) {
  throw Error({"The evaluation's file is damaged",
               {},
               "rows that fit each other",
               found,
               "Evaluate again, into another file."});
}

std::size_t below(std::int64_t value, std::size_t bound, const char* what) {
  if (value >= 0 && std::size_t(value) < bound) return std::size_t(value);
  throwDamaged(std::string(what) + " " + std::to_string(value));
}

std::int64_t countOf(const SqlStatement& row, int column) {
  constexpr std::int64_t kMost = std::int64_t(1) << 50;  // sums of these cannot overflow
  const std::int64_t count = row.integer(column);
  if (count < 0 || count > kMost) throwDamaged("a count of " + std::to_string(count));
  return count;
}

double sumOf(const SqlStatement& row, int column) {
  const double sum = row.real(column);
  if (!std::isfinite(sum)) throwDamaged("a sum that is no number");
  return sum;
}

std::vector<std::int64_t> numbersOf(const RayDetails& details) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(kZoneNumbers * details.zones.size());
  for (const ClassRays& rays : details.zones) {
    numbers.insert(numbers.end(), {rays.truth, rays.predicted, rays.hits[0], rays.hits[1], rays.hits[2],
                                   rays.velocity_error_umps});
  }
  return numbers;
}

void takeZones(const std::vector<std::int64_t>& numbers, RayDetails& details) {
  for (std::size_t i = 0; i < details.zones.size(); ++i) {
    const std::int64_t* rays = &numbers[kZoneNumbers * i];
    details.zones[i] = {rays[0], rays[1], {rays[2], rays[3], rays[4]}, rays[5]};
  }
}

void addCounts(std::span<const std::int64_t> counts, Confusion& confusion) {
  std::size_t next = 0;
  for (int truth = 0; truth < confusion.classes(); ++truth) {
    for (int prediction = 0; prediction < confusion.classes(); ++prediction)
      confusion.add(truth, prediction, counts[next++]);
  }
}

Confusion confusionOf(Blob bytes, int classes) {
  std::vector<std::int64_t> counts(std::size_t(classes) * std::size_t(classes));
  unpackCounts(bytes, counts);
  Confusion confusion(classes);
  addCounts(counts, confusion);
  return confusion;
}

std::vector<std::int64_t> numbersOf(const std::vector<Confusion>& ranges) {
  std::vector<std::int64_t> numbers;
  for (const Confusion& range : ranges)
    numbers.insert(numbers.end(), range.counts().begin(), range.counts().end());
  return numbers;
}

void takeRanges(Blob bytes, RayDetails& details) {
  const std::size_t cells = details.labels.counts().size();
  std::vector<std::int64_t> counts(cells * details.ranges.size());
  unpackCounts(bytes, counts);
  for (std::size_t range = 0; range < details.ranges.size(); ++range)
    addCounts(std::span(counts).subspan(range * cells, cells), details.ranges[range]);
  details.sumRanges();
}

}  // namespace

Writer::Writer(const SqlDatabase& database)
    : frame_(database.prepare("INSERT OR REPLACE INTO frame VALUES (?,?,?,?,?,?,?)")),
      clear_results_(database.prepare("DELETE FROM result WHERE ordinal = ?")),
      clear_counts_(database.prepare("DELETE FROM class_rays WHERE ordinal = ?")),
      clear_pairs_(database.prepare("DELETE FROM right_rays WHERE ordinal = ?")),
      result_(database.prepare("INSERT INTO result VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")),
      counts_(database.prepare("INSERT INTO class_rays VALUES (?,?,?,?,?,?,?,?,?,?,?,?)")),
      pair_(database.prepare("INSERT INTO right_rays VALUES (?,?,?,?,?,?,?,?)")),
      print_(database.prepare("INSERT OR REPLACE INTO prediction_file VALUES (?,?,?)")),
      truth_print_(database.prepare("INSERT OR REPLACE INTO truth_file VALUES (?,?)")) {}

void Writer::write(const FrameRecord& record) {
  const EvaluatedFrame& frame = record.frame;
  frame_.run(frame.ordinal, std::int64_t(frame.scene), std::int64_t(frame.index_in_scene),
             std::int64_t(frame.origin_scene), std::int64_t(frame.origin_index_in_scene),
             std::string_view(record.token), record.timestamp_us);
  clear_results_.run(frame.ordinal);
  clear_counts_.run(frame.ordinal);
  clear_pairs_.run(frame.ordinal);
  for (std::size_t source = 0; source < record.results.size(); ++source) {
    write(frame.ordinal, source, record.results[source]);
    write(StoredPrint{frame.ordinal, source, record.results[source].print});
  }
  write(StoredPrint{frame.ordinal, StoredPrint::kTruth, record.truth_print});
  for (const SourcePair& pair : record.pairs) {
    for (std::size_t label = 0; label < pair.classes.size(); ++label) {
      const RightRays& rays = pair.classes[label];
      if (rays == RightRays{}) continue;
      pair_.run(frame.ordinal, std::int64_t(pair.first), std::int64_t(pair.second), std::int64_t(label),
                rays.both, rays.only_first, rays.only_second, rays.neither);
    }
  }
}

void Writer::write(const StoredPrint& print) {
  if (print.source == StoredPrint::kTruth) {
    truth_print_.run(print.ordinal, std::int64_t(print.print));
  } else {
    print_.run(print.ordinal, std::int64_t(print.source), std::int64_t(print.print));
  }
}

void Writer::write(std::int64_t ordinal, std::size_t source, const FrameResult& result) {
  const FrameReport& report = result.report;
  const int status = result.skipped ? 1 + int(*result.skipped) : 0;
  std::vector<std::byte> labels, errors, zones, voxels, camera_voxels;
  if (report.details) {
    labels = packCounts(numbersOf(report.details->ranges));
    errors = packCounts(report.details->errors);
    zones = packCounts(numbersOf(*report.details));
  }
  if (report.voxels) voxels = packCounts(report.voxels->counts());
  if (report.camera_voxels) camera_voxels = packCounts(report.camera_voxels->counts());
  // A frame without rays has none of their counts: -1.
  result_.run(ordinal, std::int64_t(source), std::int64_t(status), std::string_view(result.problem),
              std::int64_t(report.origins), std::int64_t(report.prediction_has_flow),
              std::int64_t(report.truth_has_flow), report.rays ? report.rays->valid_rays : std::int64_t{-1},
              Blob(labels), Blob(errors), Blob(zones), Blob(voxels), Blob(camera_voxels));
  if (report.rays) writeCounts(ordinal, source, report);
}

void Writer::writeCounts(std::int64_t ordinal, std::size_t source, const FrameReport& report) {
  const RayCounts& rays = *report.rays;
  for (std::size_t label = 0; label < rays.truth.size(); ++label) {
    if (rays.truth[label] == 0 && rays.predicted[label] == 0) continue;
    counts_.run(ordinal, std::int64_t(source), std::int64_t(label), rays.truth[label], rays.predicted[label],
                rays.hits[0][label], rays.hits[1][label], rays.hits[2][label], rays.velocity_error_mps[label],
                rays.velocity_error_squares[label], rays.server_velocity_error_mps[label],
                rays.server_velocity_rays[label]);
  }
}

std::vector<StoredPrint> readPrints(const SqlDatabase& database, std::size_t sources) {
  std::vector<StoredPrint> prints;
  const auto has = [&](const std::string& table) {
    return database.number("SELECT COUNT(*) FROM sqlite_master WHERE name = '" + table + "'") != 0;
  };
  if (has("prediction_file")) {
    SqlStatement rows =
        database.prepare("SELECT ordinal, source, print FROM prediction_file WHERE print <> 0");
    while (rows.step())
      prints.push_back(
          {rows.integer(0), below(rows.integer(1), sources, "source"), std::uint64_t(rows.integer(2))});
  }
  if (has("truth_file")) {
    SqlStatement rows = database.prepare("SELECT ordinal, print FROM truth_file WHERE print <> 0");
    while (rows.step())
      prints.push_back({rows.integer(0), StoredPrint::kTruth, std::uint64_t(rows.integer(1))});
  }
  return prints;
}

Reader::Reader(const SqlDatabase& database, const ClassSet& classes, std::size_t sources)
    : classes_(classes),
      sources_(sources),
      frames_(database.prepare(
          "SELECT ordinal, scene, index_in_scene, origin_scene, origin_index_in_scene, token, timestamp_us "
          "FROM frame ORDER BY ordinal")),
      results_(database.prepare(
          "SELECT source, status, problem, origins, prediction_has_flow, truth_has_flow, valid_rays, "
          "ray_confusion, distance_errors, zones, voxels, camera_voxels FROM result WHERE ordinal = ?")),
      counts_(database.prepare(
          "SELECT source, class, truth, predicted, hits_1m, hits_2m, hits_4m, velocity_error, "
          "velocity_error_squares, server_velocity_error, server_velocity_rays FROM class_rays "
          "WHERE ordinal = ?")),
      pairs_(database.prepare("SELECT first, second, class, both, only_first, only_second, neither "
                              "FROM right_rays WHERE ordinal = ? ORDER BY first, second")) {
  for (const StoredPrint& print : readPrints(database, sources))
    prints_[{print.ordinal, print.source}] = print.print;
}

void Reader::forEach(const std::function<void(const FrameRecord&)>& visit) {
  frames_.reset();
  while (frames_.step()) {
    FrameRecord record;
    record.frame = {frames_.integer(0), std::size_t(countOf(frames_, 1)), std::size_t(countOf(frames_, 2)),
                    std::size_t(countOf(frames_, 3)), std::size_t(countOf(frames_, 4))};
    record.token = frames_.text(5);
    record.timestamp_us = frames_.integer(6);
    record.results.resize(sources_);
    readResults(record);
    readCounts(record);
    readPairs(record);
    const auto printOf = [&](std::size_t source) {
      const auto print = prints_.find({record.frame.ordinal, source});
      return print == prints_.end() ? 0 : print->second;
    };
    for (std::size_t source = 0; source < sources_; ++source)
      record.results[source].print = printOf(source);
    record.truth_print = printOf(StoredPrint::kTruth);
    visit(record);
  }
  frames_.reset();
}

void Reader::readResults(FrameRecord& record) {
  constexpr std::size_t kStatuses = 4;
  const int classes = classes_.size();
  std::size_t found = 0;
  results_.reset();
  results_.bind(1, record.frame.ordinal);
  for (; results_.step(); ++found) {
    FrameResult& result = record.results[below(results_.integer(0), sources_, "source")];
    const std::size_t status = below(results_.integer(1), kStatuses, "status");
    if (status > 0) result.skipped = SkipReason(status - 1);
    result.problem = results_.text(2);
    FrameReport& report = result.report;
    report.classes = &classes_;
    report.origins = std::size_t(countOf(results_, 3));
    report.prediction_has_flow = results_.integer(4) != 0;
    report.truth_has_flow = results_.integer(5) != 0;
    if (results_.integer(6) >= 0) {
      report.rays = RayCounts(classes);
      report.rays->valid_rays = countOf(results_, 6);
    }
    if (!results_.blob(7).empty()) {
      RayDetails details(classes);
      takeRanges(results_.blob(7), details);
      unpackCounts(results_.blob(8), details.errors);
      std::vector<std::int64_t> zones(kZoneNumbers * details.zones.size());
      unpackCounts(results_.blob(9), zones);
      takeZones(zones, details);
      report.details = std::move(details);
    }
    if (!results_.blob(10).empty()) report.voxels = confusionOf(results_.blob(10), classes);
    if (!results_.blob(11).empty()) report.camera_voxels = confusionOf(results_.blob(11), classes);
  }
  results_.reset();
  if (found != sources_) throwDamaged("a frame with " + std::to_string(found) + " results");
}

void Reader::readCounts(FrameRecord& record) {
  counts_.reset();
  counts_.bind(1, record.frame.ordinal);
  while (counts_.step()) {
    FrameReport& report = record.results[below(counts_.integer(0), sources_, "source")].report;
    const std::size_t label = below(counts_.integer(1), std::size_t(classes_.size()), "class");
    if (!report.rays) throwDamaged("rays of a frame without rays");
    RayCounts& rays = *report.rays;
    rays.truth[label] = countOf(counts_, 2);
    rays.predicted[label] = countOf(counts_, 3);
    for (std::size_t t = 0; t < rays.hits.size(); ++t)
      rays.hits[t][label] = countOf(counts_, 4 + int(t));
    rays.velocity_error_mps[label] = sumOf(counts_, 7);
    rays.velocity_error_squares[label] = sumOf(counts_, 8);
    rays.server_velocity_error_mps[label] = sumOf(counts_, 9);
    rays.server_velocity_rays[label] = countOf(counts_, 10);
  }
  counts_.reset();
}

void Reader::readPairs(FrameRecord& record) {
  pairs_.reset();
  pairs_.bind(1, record.frame.ordinal);
  while (pairs_.step()) {
    const std::size_t first = below(pairs_.integer(0), sources_, "source");
    const std::size_t second = below(pairs_.integer(1), sources_, "source");
    if (record.pairs.empty() || record.pairs.back().first != first || record.pairs.back().second != second)
      record.pairs.push_back({first, second, std::vector<RightRays>(std::size_t(classes_.size()))});
    const std::size_t label = below(pairs_.integer(2), std::size_t(classes_.size()), "class");
    record.pairs.back().classes[label] = {countOf(pairs_, 3), countOf(pairs_, 4), countOf(pairs_, 5),
                                          countOf(pairs_, 6)};
  }
  pairs_.reset();
}

}  // namespace hbev::evaluation_rows
