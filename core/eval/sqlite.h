// SQLite with this project's errors: a connection and its statements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hbev {

using Blob = std::span<const std::byte>;

/// One SQL statement. Values are bound in the order of its question marks, from 1.
class SqlStatement {
 public:
  void bind(int place, std::int64_t value);
  void bind(int place, double value);
  /// The bytes must live until the statement is stepped or reset.
  void bind(int place, std::string_view text);
  void bind(int place, Blob bytes);
  /// Binds all values from place 1 on, runs the statement to its end and resets it.
  template <class... Values>
  void run(const Values&... values) {
    int place = 0;
    (bind(++place, values), ...);
    while (step()) {
    }
    reset();
  }

  /// The next row; false at the end. Throws Error.
  bool step();
  void reset();
  /// Columns of the row, from 0. Values of another kind are converted as SQLite does.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  /// Valid until the next step.
  Blob blob(int column) const;

 private:
  friend class SqlDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqlStatement(sqlite3* database, std::filesystem::path file, std::string_view sql);

  sqlite3* database_;
  std::filesystem::path file_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class SqlDatabase {
 public:
  enum class Mode { Read, Write, Create };

  /// `file` may be ":memory:" with Mode::Create. Nothing of the file is read yet. Throws Error.
  SqlDatabase(std::filesystem::path file, Mode mode);

  SqlStatement prepare(std::string_view sql) const { return {database_.get(), file_, sql}; }
  /// Runs statements that give no rows, separated by semicolons. Throws Error.
  void execute(const char* sql) const;
  /// The one number that a statement gives.
  std::int64_t number(std::string_view sql) const;
  const std::filesystem::path& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// All or nothing: what was not committed when it goes is undone.
class SqlTransaction {
 public:
  explicit SqlTransaction(const SqlDatabase& database) : database_(database) { database_.execute("BEGIN"); }
  ~SqlTransaction();
  SqlTransaction(const SqlTransaction&) = delete;
  SqlTransaction& operator=(const SqlTransaction&) = delete;
  void commit();

 private:
  const SqlDatabase& database_;
  bool open_ = true;
};

}  // namespace hbev
