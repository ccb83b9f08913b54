#include "core/eval/table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hbev {
namespace {

std::vector<const TableRow*> allRows(const Table& table) {
  std::vector<const TableRow*> rows;
  for (const TableRow& row : table.rows)
    rows.push_back(&row);
  if (table.footer) rows.push_back(&*table.footer);
  return rows;
}

std::vector<std::string> headOf(const Table& table) {
  std::vector<std::string> cells{table.row_title};
  for (const TableColumn& column : table.columns)
    cells.push_back(column.title);
  return cells;
}

std::vector<std::string> cellsOf(const Table& table, const TableRow& row) {
  std::vector<std::string> cells{row.title};
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    cells.push_back(shown(row.values[i], table.columns[i].unit));
  return cells;
}

/// Characters, not bytes.
std::size_t widthOf(const std::string& text) {
  return std::size_t(std::count_if(text.begin(), text.end(),
                                   [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool left) {
  const std::string space(width - std::min(width, widthOf(text)), ' ');
  return left ? text + space : space + text;
}

std::string escapedLatex(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\textbackslash{}";
    } else if (c == '~' || c == '^') {
      escaped += fmt::format("\\{}{{}}", c);
    } else {
      if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string escapedMarkdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

std::string csvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text)
    quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::string shown(double value, Unit unit) {
  if (std::isnan(value)) return "-";
  switch (unit) {
    case Unit::Percent:
      return fmt::format("{:.2f}", 100.0 * value);
    case Unit::PercentPoints:
      return fmt::format("{:+.2f}", 100.0 * value);
    case Unit::MetresPerSecond:
      return fmt::format("{:.3f}", value);
    case Unit::MetresPerSecondMore:
      return fmt::format("{:+.3f}", value);
    case Unit::Count:
      return fmt::format("{:.0f}", value);
  }
  return {};
}

std::string exact(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{}", value);
}

std::string counted(std::int64_t count, const std::string& word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string tableText(const Table& table) {
  const std::vector<std::string> head = headOf(table);
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::size_t width = widthOf(head[i]);
    for (const TableRow* row : allRows(table))
      width = std::max(width, widthOf(cellsOf(table, *row)[i]));
    widths.push_back(width);
  }
  std::size_t whole = widths[0];
  for (std::size_t i = 1; i < widths.size(); ++i)
    whole += 2 + widths[i];
  const std::string rule = std::string(whole, '-') + '\n';
  std::string text;
  const auto addRow = [&](const std::vector<std::string>& cells) {
    text += padded(cells[0], widths[0], true);
    for (std::size_t i = 1; i < cells.size(); ++i)
      text += "  " + padded(cells[i], widths[i], false);
    text += '\n';
  };
  addRow(head);
  text += rule;
  for (const TableRow& row : table.rows)
    addRow(cellsOf(table, row));
  if (table.footer) {
    text += rule;
    addRow(cellsOf(table, *table.footer));
  }
  if (!table.note.empty()) text += "(" + table.note + ")\n";
  return text;
}

std::string tableCsv(const Table& table) {
  std::string text = table.row_id;
  for (const std::string& id : table.detail_ids)
    text += "," + id;
  for (const TableColumn& column : table.columns)
    text += "," + column.id;
  text += '\n';
  for (const TableRow* row : allRows(table)) {
    text += csvField(row->id);
    for (std::size_t i = 0; i < table.detail_ids.size(); ++i)
      text += "," + (i < row->details.size() ? csvField(row->details[i]) : std::string());
    for (const double value : row->values)
      text += "," + exact(value);
    text += '\n';
  }
  return text;
}

std::string tableMarkdown(const Table& table) {
  std::string text = fmt::format("| {} |\n|---|", fmt::join(headOf(table), " | "));
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    text += "---:|";
  text += '\n';
  for (const TableRow* row : allRows(table)) {
    std::vector<std::string> cells = cellsOf(table, *row);
    cells[0] = escapedMarkdown(cells[0]);
    text += fmt::format("| {} |\n", fmt::join(cells, " | "));
  }
  if (!table.note.empty()) text += "\n" + table.note + ".\n";
  return text;
}

std::string tableLatex(const Table& table) {
  std::string text = fmt::format("\\begin{{table}}\n\\centering\n\\caption{{{}}}\n\\label{{tab:{}}}\n",
                                 escapedLatex(table.title), table.id);
  text += fmt::format("\\begin{{tabular}}{{l{}}}\n\\toprule\n", std::string(table.columns.size(), 'r'));
  const auto addRow = [&](std::vector<std::string> cells) {
    std::transform(cells.begin(), cells.end(), cells.begin(), escapedLatex);
    text += fmt::format("{} \\\\\n", fmt::join(cells, " & "));
  };
  addRow(headOf(table));
  text += "\\midrule\n";
  for (const TableRow& row : table.rows)
    addRow(cellsOf(table, row));
  if (table.footer) {
    text += "\\midrule\n";
    addRow(cellsOf(table, *table.footer));
  }
  return text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n";
}

std::string escapedHtml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string tableHtml(const Table& table) {
  std::string text = "<table>\n<thead><tr>";
  for (const std::string& cell : headOf(table))
    text += "<th>" + escapedHtml(cell) + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  const auto addRow = [&](const TableRow& row) {
    text += "<tr>";
    const std::vector<std::string> cells = cellsOf(table, row);
    for (std::size_t i = 0; i < cells.size(); ++i)
      text += fmt::format("<{0}>{1}</{0}>", i == 0 ? "th" : "td", escapedHtml(cells[i]));
    text += "</tr>\n";
  };
  for (const TableRow& row : table.rows)
    addRow(row);
  text += "</tbody>\n";
  if (table.footer) {
    text += "<tfoot>";
    addRow(*table.footer);
    text += "</tfoot>\n";
  }
  text += "</table>\n";
  if (!table.note.empty()) text += "<p class=\"note\">" + escapedHtml(table.note) + ".</p>\n";
  return text;
}

}  // namespace hbev
