// A table of scores, and the forms that people want it in: text, CSV, Markdown, LaTeX, HTML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hbev {

enum class Unit { Percent, PercentPoints, MetresPerSecond, MetresPerSecondMore, Count };

struct TableColumn {
  std::string title;  ///< for people
  std::string id;     ///< for machines
  Unit unit = Unit::Count;
};

struct TableRow {
  std::string title;  ///< for people
  std::string id;     ///< for machines
  /// By column; fractions for Unit::Percent and Unit::PercentPoints, NaN where there is none.
  std::vector<double> values;
  std::vector<std::string> details{};  ///< by Table::detail_ids
};

struct Table {
  std::string title;      ///< "By range"
  std::string id;         ///< "ranges"
  std::string row_title;  ///< "class"
  std::string row_id;     ///< "class", for machines
  std::vector<TableColumn> columns;
  std::vector<TableRow> rows;
  std::optional<TableRow> footer;
  std::string note;  ///< one sentence below the table; may be empty
  /// What programs want to know of a row besides its id: further columns of text in CSV and JSON.
  std::vector<std::string> detail_ids{};
};

/// A number as people read it: two places of a percentage, three of a velocity; "-" for NaN.
std::string shown(double value, Unit unit);
/// A number in full precision; nothing for NaN.
std::string exact(double value);

/// "1 keyframe", "2 keyframes".
std::string counted(std::int64_t count, const std::string& word);

/// Aligned columns between rules, with the note in brackets; without the title.
std::string tableText(const Table& table);
/// One line of ids, then full precision.
std::string tableCsv(const Table& table);
std::string tableMarkdown(const Table& table);
/// A booktabs table with caption and label.
std::string tableLatex(const Table& table);
std::string tableHtml(const Table& table);

/// Text that can stand in HTML.
std::string escapedHtml(const std::string& text);

}  // namespace hbev
