// What the doctor found, as rows: a sign of the state, what it is about, what was found, what to do.
#pragma once

#include <vector>

#include <QtWidgets/QWidget>

#include "core/doctor/doctor.h"

class QVBoxLayout;

namespace hbev::ui {

/// "all good", "1 failure, 2 warnings", "3 notes"
QString findingSummary(const std::vector<Finding>& findings);
/// One line a finding, its detail and advice indented below it: for the clipboard.
QString findingText(const std::vector<Finding>& findings);

class FindingList : public QWidget {
  Q_OBJECT
 public:
  /// Brief rows are 44 px: the rest is in the tooltip. Full rows wrap.
  enum class Style { Brief, Full };
  explicit FindingList(Style style, QWidget* parent = nullptr);
  /// Failures first, then warnings, notes and what is good; `most` rows at most.
  void setFindings(std::vector<Finding> findings, std::size_t most = ~std::size_t(0));
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  Style style_;
  std::vector<Finding> findings_;
  QVBoxLayout* rows_;
};

}  // namespace hbev::ui
