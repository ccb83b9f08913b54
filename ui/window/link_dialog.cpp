#include "ui/window/link_dialog.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

#include "core/base/error.h"
#include "ui/inspector/fact_list.h"
#include "ui/kit/buttons.h"
#include "ui/kit/label.h"
#include "ui/state/text.h"
#include "ui/window/session_link.h"

namespace hbev::ui {
namespace {

constexpr int kLinkDialogWidth_px = 560;

std::vector<FactList::Fact> meaningOf(const SessionOptions& options) {
  std::vector<FactList::Fact> facts;
  const auto add = [&facts](const QString& name, const std::string& value) {
    if (!value.empty()) facts.push_back({name, toQString(value), {}, true, {}});
  };
  add(LinkDialog::tr("Data set"), options.data);
  add(LinkDialog::tr("Scene"), options.scene);
  add(LinkDialog::tr("Keyframe"), std::to_string(options.keyframe));
  for (const std::string& path : options.predictions)
    add(LinkDialog::tr("Predictions"), path);
  add(LinkDialog::tr("A shows"), options.a);
  add(LinkDialog::tr("B shows"), options.b);
  add(LinkDialog::tr("Predicts with"), options.predict);
  add(LinkDialog::tr("Weights"), options.weights);
  add(LinkDialog::tr("Workspace"), options.workspace);
  add(LinkDialog::tr("Camera"), options.camera);
  return facts;
}

}  // namespace

LinkDialog::LinkDialog(const QString& text, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("link"));
  setWindowTitle(tr("Open link"));
  setFixedWidth(kLinkDialogWidth_px);
  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(16, 16, 16, 12);
  rows->setSpacing(8);
  field_ = new QLineEdit(this);
  field_->setPlaceholderText(tr("A line that begins with hbevocc-studio, as Copy link makes it"));
  field_->setAccessibleName(tr("Link"));
  rows->addWidget(field_);
  facts_ = new FactList(this);
  rows->addWidget(facts_);
  problem_ = makeLabel({}, Role::Error, TextSize::Small, Weight::Normal, this);
  problem_->setWordWrap(true);
  rows->addWidget(problem_);
  auto* footer = new QHBoxLayout;
  footer->setContentsMargins(0, 8, 0, 0);
  footer->addWidget(
      makeLabel(tr("The line is read, never executed."), Role::Text3, TextSize::Small, Weight::Normal, this));
  footer->addStretch(1);
  auto* cancel = makeButton(tr("Cancel"), ButtonKind::Normal, {}, this);
  open_ = makeButton(tr("Open"), ButtonKind::Primary, {}, this);
  open_->setDefault(true);
  footer->addWidget(cancel);
  footer->addWidget(open_);
  rows->addLayout(footer);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(open_, &QPushButton::clicked, this, [this] {
    const SessionOptions options = *options_;
    accept();
    Q_EMIT chosen(options);
  });
  connect(field_, &QLineEdit::textChanged, this, &LinkDialog::showMeaning);
  const QString line = text.trimmed();
  if (line.contains(QStringLiteral("hbevocc-studio")) && !line.contains(QLatin1Char('\n')))
    field_->setText(line);
  field_->selectAll();
  showMeaning();
}

void LinkDialog::showMeaning() {
  options_.reset();
  problem_->clear();
  facts_->setFacts({});
  if (!field_->text().trimmed().isEmpty()) {
    try {
      options_ = parseLink(field_->text());
      facts_->setFacts(meaningOf(*options_));
    } catch (const Error& error) {
      problem_->setText(QString::fromUtf8(error.what()));
    }
  }
  problem_->setVisible(!problem_->text().isEmpty());
  facts_->setVisible(!facts_->facts().empty());
  open_->setEnabled(options_.has_value());
  adjustSize();
}

}  // namespace hbev::ui
