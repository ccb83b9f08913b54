#include "core/model/fit_report.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hbev {

std::string FitReport::summary() const {
  std::string text = fmt::format("{} of {} weights fit", matched, entries);
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(missing.size(), "missing");
  add(unexpected.size(), "unexpected");
  add(wrong_shape.size(), "of another shape");
  add(not_finite.size(), "with NaN or infinite values");
  return text;
}

std::vector<std::string> FitReport::lines(std::size_t most) const {
  std::vector<std::string> lines;
  const auto add = [&](const auto& items, const char* title, const auto& format) {
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
      lines.push_back(fmt::format("{}: {}", title, format(items[i])));
    if (items.size() > most) lines.push_back(fmt::format("{}: and {} more", title, items.size() - most));
  };
  const auto itself = [](const std::string& name) { return name; };
  add(wrong_shape, "another shape", [](const WrongShape& wrong) {
    return fmt::format("{} is [{}], the network's [{}]", wrong.name, fmt::join(wrong.found, ", "),
                       fmt::join(wrong.expected, ", "));
  });
  add(missing, "missing", itself);
  add(unexpected, "unexpected", itself);
  add(not_finite, "not finite",
      [](const NotFinite& weight) { return fmt::format("{}: {} values", weight.name, weight.count); });
  return lines;
}

}  // namespace hbev
