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
constexpr qsizetype kMostLeftOut = 200;  ///< letters
constexpr int kLookAfter_ms = 150;

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
  add(LinkDialog::tr("Workspace"), options.workspace);
  add(LinkDialog::tr("Camera"), options.camera);
  QStringList view;
  for (const std::string& word : options.view)
    view << toQString(word);
  add(LinkDialog::tr("View"), view.join(QStringLiteral("  ")).toStdString());
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
  left_out_ = makeLabel({}, Role::Warn, TextSize::Small, Weight::Normal, this);
  left_out_->setObjectName(QStringLiteral("leftOut"));
  left_out_->setTextFormat(Qt::PlainText);
  left_out_->setWordWrap(true);
  rows->addWidget(left_out_);
  problem_ = makeLabel({}, Role::Error, TextSize::Small, Weight::Normal, this);
  problem_->setTextFormat(Qt::PlainText);
  problem_->setWordWrap(true);
  rows->addWidget(problem_);
  auto* footer = new QHBoxLayout;
  footer->setContentsMargins(0, 8, 0, 0);
  note_ = makeLabel({}, Role::Text3, TextSize::Small, Weight::Normal, this);
  footer->addWidget(note_);
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
  looking_soon_.setSingleShot(true);
  looking_soon_.setInterval(kLookAfter_ms);
  connect(&looking_soon_, &QTimer::timeout, this, &LinkDialog::look);
  connect(&looking_, &BackgroundJob::finished, this, &LinkDialog::showMissing);
  const QString line = text.trimmed();
  if (line.contains(QStringLiteral("hbevocc-studio")) && !line.contains(QLatin1Char('\n')))
    field_->setText(line);
  field_->selectAll();
  connect(field_, &QLineEdit::textChanged, this, &LinkDialog::showMeaning);
  showMeaning();
}

void LinkDialog::showMeaning() {
  looking_soon_.stop();
  looking_.abandon();
  options_.reset();
  left_out_->clear();
  facts_->setFacts({});
  note_->setText(tr("The line is read, never executed."));
  QString why;
  if (!field_->text().trimmed().isEmpty()) {
    try {
      const SessionLink link = parseLink(field_->text());
      options_ = link.options;
      facts_->setFacts(meaningOf(*options_));
      if (!link.left_out.isEmpty())
        left_out_->setText(tr("Left out, as no link of this version has it: %1")
                               .arg(link.left_out.join(QLatin1Char(' ')).left(kMostLeftOut)));
      beginLook();
    } catch (const Error& error) {
      why = QString::fromUtf8(error.what());
    }
  }
  left_out_->setVisible(!left_out_->text().isEmpty());
  facts_->setVisible(!facts_->facts().empty());
  showProblem(why);
}

/// Whether all that is named is there: a disk may take its time to tell, and it can be opened meanwhile.
void LinkDialog::beginLook() {
  note_->setText(tr("Looking whether all of it is there"));
  looking_soon_.start();
}

void LinkDialog::look() {
  missing_ = std::make_shared<std::optional<Problem>>();
  looking_.startLoose(
      [missing = missing_, options = *options_](Progress&) { *missing = whatIsMissing(options); });
}

void LinkDialog::showMissing() {
  note_->setText(tr("The line is read, never executed."));
  if (!*missing_) return;
  options_.reset();
  facts_->setFacts({});
  facts_->hide();
  showProblem(QString::fromStdString(toString(**missing_)));
}

void LinkDialog::showProblem(const QString& text) {
  problem_->setText(text);
  problem_->setVisible(!text.isEmpty());
  open_->setEnabled(options_.has_value());
  adjustSize();
}

}  // namespace hbev::ui
