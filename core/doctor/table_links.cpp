#include "core/doctor/table_links.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"
#include "core/base/hash_text.h"
#include "core/data/token.h"
#include "core/doctor/findings.h"
#include "core/doctor/json_rows.h"

namespace hbev::doctor {
namespace {

namespace fs = std::filesystem;
namespace od = simdjson::ondemand;

/// How much of the program goes without a table.
enum class Need { Always, ForSomething, Never };

struct Link {
  std::string_view field;
  std::string_view table;  ///< whose rows the field names
  bool may_be_empty = false;
  bool only_devkit = false;  ///< this program finds its way without it
};

struct TablePlan {
  std::string_view name;
  Need need;
  std::string_view without;  ///< what is not known without it
  std::vector<Link> links;
};

// Source: nuScenes' schema v1.0.
const std::vector<TablePlan>& plans() {
  constexpr bool kMayBeEmpty = true, kOnlyDevkit = true;
  static const std::vector<TablePlan> all{
      {"scene",
       Need::Always,
       "",
       {{"log_token", "log"},
        {"first_sample_token", "sample", false, kOnlyDevkit},
        {"last_sample_token", "sample", false, kOnlyDevkit}}},
      {"sample",
       Need::Always,
       "",
       {{"scene_token", "scene"},
        {"prev", "sample", kMayBeEmpty, kOnlyDevkit},
        {"next", "sample", kMayBeEmpty, kOnlyDevkit}}},
      {"sample_data",
       Need::Always,
       "",
       {{"sample_token", "sample"},
        {"ego_pose_token", "ego_pose"},
        {"calibrated_sensor_token", "calibrated_sensor"},
        {"prev", "sample_data", kMayBeEmpty, kOnlyDevkit},
        {"next", "sample_data", kMayBeEmpty, kOnlyDevkit}}},
      {"ego_pose", Need::Always, "", {}},
      {"calibrated_sensor", Need::Always, "", {{"sensor_token", "sensor"}}},
      {"sensor", Need::Always, "", {}},
      {"sample_annotation",
       Need::ForSomething,
       "There are no boxes.",
       {{"sample_token", "sample"},
        {"instance_token", "instance"},
        {"visibility_token", "visibility", kMayBeEmpty, kOnlyDevkit},
        {"attribute_tokens", "attribute", kMayBeEmpty, kOnlyDevkit},
        {"prev", "sample_annotation", kMayBeEmpty},
        {"next", "sample_annotation", kMayBeEmpty}}},
      {"instance",
       Need::ForSomething,
       "Boxes have no class.",
       {{"category_token", "category"},
        {"first_annotation_token", "sample_annotation", false, kOnlyDevkit},
        {"last_annotation_token", "sample_annotation", false, kOnlyDevkit}}},
      {"category", Need::ForSomething, "Boxes have no class.", {}},
      {"log", Need::ForSomething, "Locations are unknown.", {}},
      {"attribute", Need::Never, "Only nuScenes' devkit needs it.", {}},
      {"visibility", Need::Never, "Only nuScenes' devkit needs it.", {}},
      {"map", Need::Never, "Only nuScenes' devkit needs it.", {{"log_tokens", "log", kMayBeEmpty}}},
  };
  return all;
}

/// Tables where a row that nobody names is of no use, and who should name it.
struct Use {
  std::string_view table, by, field;
};
constexpr std::array<Use, 4> kUses{{{"sample", "sample_data", "sample_token"},
                                    {"ego_pose", "sample_data", "ego_pose_token"},
                                    {"instance", "sample_annotation", "instance_token"},
                                    {"scene", "sample", "scene_token"}}};

constexpr const char* kCopyAgain =
    "Unpack the tables again, or cut the subset so that all tables fit together.";

struct Column {
  std::vector<Token> tokens;  ///< of all rows together
  std::size_t empty = 0;
  bool digits = true;  ///< every token has nuScenes' 32 digits, so that a Token can be shown
};

struct Table {
  std::size_t rows = 0;
  std::vector<Token> keys;      ///< sorted
  std::vector<Column> columns;  ///< as TablePlan::links
  std::size_t nameless = 0;
};

void addToken(od::value value, Column& column) {
  std::string_view text;
  // null, as some tools write it, is as good as ""
  if (value.get_string().get(text) || text.empty()) {
    ++column.empty;
    return;
  }
  column.digits = column.digits && text.size() == 32;
  column.tokens.push_back(Token::parse(text));
}

void addTokens(od::value value, Column& column) {
  od::array list;
  if (value.get_array().get(list)) return addToken(value, column);
  for (od::value entry : list)
    addToken(entry, column);
}

void readRow(od::object row, const TablePlan& plan, Table& table) {
  Token key;
  std::vector<bool> seen(plan.links.size(), false);
  for (od::field field : row) {
    const std::string_view name = field.unescaped_key();
    if (name == "token") {
      std::string_view text;
      if (!field.value().get_string().get(text)) key = Token::parse(text);
      continue;
    }
    for (std::size_t i = 0; i < plan.links.size(); ++i) {
      if (name != plan.links[i].field) continue;
      addTokens(field.value(), table.columns[i]);
      seen[i] = true;
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) ++table.columns[i].empty;
  }
  table.nameless += key.isNull() ? 1 : 0;
  if (!key.isNull()) table.keys.push_back(key);
}

class Inspection {
 public:
  Inspection(const fs::path& folder, Progress* progress) : folder_(folder), progress_(progress) {}

  std::vector<Finding> run() {
    if (progress_) progress_->start("Reading the tables", std::int64_t(plans().size()));
    for (const TablePlan& plan : plans()) {
      readTable(plan);
      if (progress_) progress_->advance();
    }
    sayWhatIsThere();
    for (const TablePlan& plan : plans())
      checkTable(plan);
    for (const Use& use : kUses)
      checkUse(use);
    if (links_ > 0 && !broken_)
      findings_.push_back(good("Tables", fmt::format("All {} links between rows hold", links_)));
    return std::move(findings_);
  }

 private:
  static std::string fileOf(std::string_view table) { return std::string(table) + ".json"; }

  void readTable(const TablePlan& plan) {
    const fs::path file = folder_ / fileOf(plan.name);
    std::error_code code;
    if (!fs::exists(file, code)) {
      absent(plan);
      return;
    }
    Table table;
    table.columns.resize(plan.links.size());
    try {
      table.rows = forEachJsonRow(
          file, [&](od::object row) { readRow(row, plan, table); }, progress_);
    } catch (const Error& error) {
      const auto state = plan.need == Need::Always ? Finding::State::Failure : Finding::State::Warning;
      findings_.push_back(fromProblem(state, "Tables", error.problem()));
      return;
    }
    std::sort(table.keys.begin(), table.keys.end());
    rows_ += table.rows;
    tables_.emplace(plan.name, std::move(table));
  }

  void absent(const TablePlan& plan) {
    const std::string title = fileOf(plan.name) + " is missing";
    const std::string without(plan.without);
    if (plan.need == Need::Always) {
      findings_.push_back(failure("Tables", title, "Nothing can be shown without it.",
                                  "Unpack the metadata archive (v1.0-*_meta.tgz) again."));
    } else if (plan.need == Need::ForSomething) {
      findings_.push_back(warning("Tables", title, without, "Unpack the metadata archive again."));
    } else {
      findings_.push_back(note("Tables", title, without));
    }
  }

  void sayWhatIsThere() {
    const std::string title =
        fmt::format("{} of {} tables can be read, {} rows", tables_.size(), plans().size(), rows_);
    if (!tables_.empty()) findings_.insert(findings_.begin(), good("Tables", title, folder_.string()));
  }

  void checkTable(const TablePlan& plan) {
    const auto found = tables_.find(plan.name);
    if (found == tables_.end()) return;
    const Table& table = found->second;
    const std::string file = fileOf(plan.name);
    if (table.nameless > 0) {
      findings_.push_back(warning("Tables", fmt::format("{} rows of {} have no token", table.nameless, file),
                                  "Nothing can name them.", kCopyAgain));
    }
    std::size_t twice = 0;
    for (std::size_t i = 1; i < table.keys.size(); ++i)
      twice += table.keys[i] == table.keys[i - 1] ? 1 : 0;
    if (twice > 0) {
      findings_.push_back(warning("Tables", fmt::format("{} tokens of {} appear twice", twice, file),
                                  "Only one row of each is used.", kCopyAgain));
    }
    for (std::size_t i = 0; i < plan.links.size(); ++i)
      checkLink(file, plan.links[i], table.columns[i]);
  }

  void checkLink(const std::string& file, const Link& link, const Column& column) {
    const auto target = tables_.find(link.table);
    if (target == tables_.end()) return;  // told already
    const std::vector<Token>& keys = target->second.keys;
    std::size_t dangling = 0;
    std::optional<Token> first;
    for (const Token& token : column.tokens) {
      if (std::binary_search(keys.begin(), keys.end(), token)) continue;
      if (!first) first = token;
      ++dangling;
    }
    links_ += column.tokens.size();
    const std::size_t rows = column.tokens.size() + column.empty;
    const std::string field = fmt::format("{} of {}", link.field, file);
    const auto say = [&](const std::string& title, const std::string& detail) {
      broken_ = true;
      findings_.push_back(link.only_devkit
                              ? note("Tables", title, "Only nuScenes' devkit needs it. " + detail)
                              : warning("Tables", title, detail, kCopyAgain));
    };
    if (dangling > 0) {
      say(fmt::format("{} of {} {} name no row of {}", dangling, rows, field, fileOf(link.table)),
          column.digits ? fmt::format("The first is {}{}.", hexText(first->high), hexText(first->low)) : "");
    }
    if (column.empty > 0 && !link.may_be_empty)
      say(fmt::format("{} of {} {} are empty", column.empty, rows, field), "");
  }

  void checkUse(const Use& use) {
    const auto target = tables_.find(use.table);
    const auto by = tables_.find(use.by);
    if (target == tables_.end() || by == tables_.end()) return;
    const auto plan = std::find_if(plans().begin(), plans().end(),
                                   [&](const TablePlan& candidate) { return candidate.name == use.by; });
    const auto link = std::find_if(plan->links.begin(), plan->links.end(),
                                   [&](const Link& candidate) { return candidate.field == use.field; });
    std::vector<Token>& users = by->second.columns[std::size_t(link - plan->links.begin())].tokens;
    std::sort(users.begin(), users.end());
    const std::vector<Token>& keys = target->second.keys;
    const auto orphans = std::count_if(keys.begin(), keys.end(), [&](const Token& key) {
      return !std::binary_search(users.begin(), users.end(), key);
    });
    if (orphans > 0) {
      findings_.push_back(note(
          "Tables",
          fmt::format("{} rows of {} are named by no row of {}", orphans, fileOf(use.table), fileOf(use.by)),
          "They are of no use, and do no harm."));
    }
  }

  const fs::path& folder_;
  Progress* progress_;
  std::map<std::string_view, Table> tables_;
  std::vector<Finding> findings_;
  std::size_t rows_ = 0, links_ = 0;
  bool broken_ = false;
};

}  // namespace

std::vector<Finding> inspectTables(const fs::path& folder, Progress* progress) {
  return Inspection(folder, progress).run();
}

}  // namespace hbev::doctor
