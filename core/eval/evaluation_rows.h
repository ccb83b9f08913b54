// Rows of an evaluation's file: how a frame is written and read. Used by EvaluationStore alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/eval/evaluation_store.h"
#include "core/eval/sqlite.h"

namespace hbev::evaluation_rows {

/// The tables, for a new file.
extern const char* const kSchema;
/// Those that files of earlier versions lack.
extern const char* const kPrintSchema;

class Writer {
 public:
  explicit Writer(const SqlDatabase& database);
  void write(const FrameRecord& record);
  void write(const StoredPrint& print);

 private:
  void write(std::int64_t ordinal, std::size_t source, const FrameResult& result);
  void writeCounts(std::int64_t ordinal, std::size_t source, const FrameReport& report);

  SqlStatement frame_, clear_results_, clear_counts_, clear_pairs_, result_, counts_, pair_, print_,
      truth_print_;
};

/// None of what there is no table of.
std::vector<StoredPrint> readPrints(const SqlDatabase& database, std::size_t sources);

class Reader {
 public:
  Reader(const SqlDatabase& database, const ClassSet& classes, std::size_t sources);
  /// Throws Error when a row cannot be.
  void forEach(const std::function<void(const FrameRecord&)>& visit);

 private:
  void readResults(FrameRecord& record);
  void readCounts(FrameRecord& record);
  void readPairs(FrameRecord& record);

  const ClassSet& classes_;
  std::size_t sources_;
  std::map<std::pair<std::int64_t, std::size_t>, std::uint64_t> prints_;
  SqlStatement frames_, results_, counts_, pairs_;
};

}  // namespace hbev::evaluation_rows
