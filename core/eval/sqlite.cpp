#include "core/eval/sqlite.h"

#include <sqlite3.h>
#include <utility>

#include "core/base/error.h"

namespace hbev {
namespace {

// How long one process waits for another that is writing.
constexpr int kPatience_ms = 10'000;
// No row of ours is larger; a damaged file must not make us ask for more.
constexpr int kMostBytes = 64 << 20;

[[noreturn]] void fail(sqlite3* database, const std::filesystem::path& file) {
  const int code = database ? sqlite3_errcode(database) : SQLITE_NOMEM;
  Problem problem{"The evaluation's file cannot be used", file, {}, {}, {}};
  problem.found = database ? sqlite3_errmsg(database) : "no memory";
  switch (code) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR:
      problem.expected = "an evaluation by hbevocc evaluate";
      problem.advice = "It is damaged or of another program: evaluate again, into another file.";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      problem.expected = "no other program that writes to it";
      problem.advice = "Wait for the other evaluation, or write to another file.";
      break;
    case SQLITE_FULL:
      problem.advice = "Make room on the disk and go on with --resume.";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      problem.advice = "Check that the file and its folder can be written to.";
      break;
    default:
      break;
  }
  throw Error(std::move(problem));
}

}  // namespace

void SqlStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqlStatement::SqlStatement(sqlite3* database, std::filesystem::path file, std::string_view sql)
    : database_(database), file_(std::move(file)) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.data(), int(sql.size()), &statement, nullptr) != SQLITE_OK) {
    fail(database_, file_);
  }
  statement_.reset(statement);
}

void SqlStatement::bind(int place, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), place, value) != SQLITE_OK) fail(database_, file_);
}
void SqlStatement::bind(int place, double value) {
  if (sqlite3_bind_double(statement_.get(), place, value) != SQLITE_OK) fail(database_, file_);
}
void SqlStatement::bind(int place, std::string_view text) {
  if (sqlite3_bind_text(statement_.get(), place, text.data(), int(text.size()), SQLITE_STATIC) != SQLITE_OK)
    fail(database_, file_);
}
void SqlStatement::bind(int place, Blob bytes) {
  // Without an address SQLite would store NULL.
  const void* begin = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  if (sqlite3_bind_blob(statement_.get(), place, begin, int(bytes.size()), SQLITE_STATIC) != SQLITE_OK)
    fail(database_, file_);
}

bool SqlStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(database_, file_);
}

void SqlStatement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t SqlStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double SqlStatement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string SqlStatement::text(int column) const {
  const Blob bytes = blob(column);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
Blob SqlStatement::blob(int column) const {
  const auto* begin = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  return {begin, begin ? std::size_t(sqlite3_column_bytes(statement_.get(), column)) : 0};
}

void SqlDatabase::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

SqlDatabase::SqlDatabase(std::filesystem::path file, Mode mode) : file_(std::move(file)) {
  const int flags = mode == Mode::Read    ? SQLITE_OPEN_READONLY
                    : mode == Mode::Write ? SQLITE_OPEN_READWRITE
                                          : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file_.c_str(), &database, flags, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) fail(database, file_);
  sqlite3_busy_timeout(database, kPatience_ms);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, kMostBytes);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

void SqlDatabase::execute(const char* sql) const {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(database_.get(), file_);
}

std::int64_t SqlDatabase::number(std::string_view sql) const {
  SqlStatement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

SqlTransaction::~SqlTransaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const Error&) {
    // SQLite has undone it already.
  }
}

void SqlTransaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace hbev
