// A report as JSON and in pieces, for the reports of whole evaluations.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/eval/report_table.h"

namespace hbev {

/// What reportJson() writes.
nlohmann::ordered_json reportObject(const SplitReport& report, const ReportProvenance& provenance);
/// A table's rows, each of one true class.
nlohmann::ordered_json confusionObject(const Confusion& confusion);
/// Name and value of every headline score, as text.
std::vector<std::pair<std::string, std::string>> reportHeadlines(const SplitReport& report);
/// Of what the figures are, and what to keep in mind when reading them.
std::vector<std::pair<std::string, std::string>> reportCircumstances(const SplitReport& report,
                                                                     const ReportProvenance& provenance);

}  // namespace hbev
