#include "ui/window/finding_list.h"

#include <algorithm>
#include <array>

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/kit/wrapping_label.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

constexpr int kBriefRow_px = 44, kIcon_px = 16, kIconLeft_px = 8, kTextLeft_px = 34;

struct StateLook {
  const char* icon;
  Role role;
  const char* word;
};

StateLook lookOf(Finding::State state) {
  switch (state) {
    case Finding::State::Good:
      return {"check", Role::Ok, QT_TRANSLATE_NOOP("Doctor", "good")};
    case Finding::State::Note:
      return {"info", Role::Accent, QT_TRANSLATE_NOOP("Doctor", "note")};
    case Finding::State::Warning:
      return {"warning", Role::Warn, QT_TRANSLATE_NOOP("Doctor", "warning")};
    case Finding::State::Failure:
      break;
  }
  return {"error", Role::Error, QT_TRANSLATE_NOOP("Doctor", "failure")};
}

/// One finding; the sign is painted, so that it follows the theme.
class FindingRow : public QWidget {
 public:
  FindingRow(const Finding& finding, FindingList::Style style, QWidget* parent)
      : QWidget(parent), state_(finding.state) {
    const bool brief = style == FindingList::Style::Brief;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kTextLeft_px, brief ? 5 : 8, 8, brief ? 6 : 9);
    column->setSpacing(brief ? 1 : 3);
    brief ? addBrief(finding, *column) : addFull(finding, *column);
    if (brief) setFixedHeight(kBriefRow_px);
    setAccessibleName(QStringLiteral("%1: %2, %3")
                          .arg(QCoreApplication::translate("Doctor", lookOf(state_).word),
                               toQString(finding.area), toQString(finding.title)));
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const StateLook look = lookOf(state_);
    const int top = height() <= kBriefRow_px ? (height() - kIcon_px) / 2 : 8;
    paintIcon(painter, QString::fromLatin1(look.icon), QRect(kIconLeft_px, top, kIcon_px, kIcon_px),
              Theme::current().color(look.role));
    paintBottomLine(painter, rect(), Theme::current().color(Role::Border));
  }

 private:
  void addBrief(const Finding& finding, QVBoxLayout& column) {
    column.addWidget(makeLabel(toQString(finding.area), Role::Text, TextSize::Body, Weight::Semibold, this));
    auto* title = new ElidedLabel(toQString(finding.title), Qt::ElideRight, this);
    title->setRole(Role::Text2);
    column.addWidget(title);
    QStringList rest{toQString(finding.title)};
    for (const std::string& more : {finding.detail, finding.advice}) {
      if (!more.empty()) rest << toQString(more);
    }
    setToolTip(QStringLiteral("<b>%1</b><br>%2")
                   .arg(toQString(finding.area).toHtmlEscaped(),
                        rest.join(QLatin1Char('\n'))
                            .toHtmlEscaped()
                            .replace(QLatin1Char('\n'), QStringLiteral("<br>"))));
  }

  void addFull(const Finding& finding, QVBoxLayout& column) {
    const auto add = [&](const std::string& words, Role role, Weight weight, TextSize size) {
      if (words.empty()) return;
      column.addWidget(new WrappingLabel(toQString(words), role, size, weight, this));
    };
    add(finding.area, Role::Text, Weight::Semibold, TextSize::Body);
    add(finding.title, Role::Text, Weight::Normal, TextSize::Body);
    add(finding.detail, Role::Text3, Weight::Normal, TextSize::Small);
    add(finding.advice, Role::Text2, Weight::Medium, TextSize::Body);
  }

  Finding::State state_;
};

}  // namespace

QString findingSummary(const std::vector<Finding>& findings) {
  std::array<int, 4> counts{};
  for (const Finding& finding : findings)
    ++counts[std::size_t(finding.state)];
  QStringList parts;
  const auto add = [&](Finding::State state, const QString& one, const QString& many) {
    const int count = counts[std::size_t(state)];
    if (count > 0) parts << QStringLiteral("%1 %2").arg(count).arg(count == 1 ? one : many);
  };
  add(Finding::State::Failure, FindingList::tr("failure"), FindingList::tr("failures"));
  add(Finding::State::Warning, FindingList::tr("warning"), FindingList::tr("warnings"));
  if (parts.isEmpty()) return FindingList::tr("all good");
  return parts.join(QStringLiteral(", "));
}

QString findingText(const std::vector<Finding>& findings) {
  QStringList lines;
  for (const Finding& finding : findings) {
    lines << QStringLiteral("[%1] %2: %3")
                 .arg(QString::fromUtf8(stateName(finding.state).data(),
                                        qsizetype(stateName(finding.state).size())),
                      toQString(finding.area), toQString(finding.title));
    for (const std::string& more : {finding.detail, finding.advice}) {
      if (!more.empty()) lines << QStringLiteral("    ") + toQString(more);
    }
  }
  return lines.join(QLatin1Char('\n'));
}

FindingList::FindingList(Style style, QWidget* parent) : QWidget(parent), style_(style) {
  rows_ = new QVBoxLayout(this);
  rows_->setContentsMargins(0, 0, 0, 0);
  rows_->setSpacing(0);
}

void FindingList::setFindings(std::vector<Finding> findings, std::size_t most) {
  findings_ = std::move(findings);
  std::ranges::stable_sort(findings_, std::ranges::greater(), &Finding::state);
  while (QLayoutItem* item = rows_->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  for (std::size_t i = 0; i < std::min(most, findings_.size()); ++i) {
    auto* row = new FindingRow(findings_[i], style_, this);
    rows_->addWidget(row);
    row->show();
  }
}

}  // namespace hbev::ui
