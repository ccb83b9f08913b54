#include "ui/kit/shortcuts_dialog.h"

#include <algorithm>

#include <QtGui/QAction>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QScrollArea>

#include "ui/kit/actions.h"
#include "ui/kit/badge.h"
#include "ui/kit/label.h"
#include "ui/kit/search_field.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kDialogWidth = 480, kDialogHeight = 620;

/// Without a key it says so: menus and the palette have it.
QWidget* makeRow(const QString& name, const QKeySequence& keys, QWidget* parent) {
  auto* row = new QWidget(parent);
  row->setFixedHeight(Theme::current().sizes().menu_item);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 8, 0);
  layout->addWidget(makeLabel(name, Role::Text, TextSize::Body, Weight::Normal, row), 1);
  if (keys.isEmpty()) {
    layout->addWidget(
        makeLabel(ShortcutsDialog::tr("no key"), Role::Text3, TextSize::Small, Weight::Normal, row));
  } else {
    layout->addWidget(new KeyHint(keys, row));
  }
  return row;
}

}  // namespace

ShortcutsDialog::ShortcutsDialog(const ActionRegistry& actions, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Actions and keys"));
  resize(kDialogWidth, kDialogHeight);
  field_ = new SearchField(tr("Action or key"), {}, this);
  auto* list = new QWidget;
  auto* rows = new QVBoxLayout(list);
  rows->setContentsMargins(12, 0, 12, 12);
  rows->setSpacing(0);

  QStringList groups;
  for (const auto& entry : actions.entries())
    if (!groups.contains(entry.spec.group)) groups << entry.spec.group;
  for (const QString& group : groups) {
    QLabel* title = makeLabel(group, Role::Text, TextSize::Small, Weight::Semibold, list);
    title->setContentsMargins(0, 12, 0, 4);
    rows->addWidget(title);
    for (const auto& entry : actions.entries()) {
      const QKeySequence keys = entry.action->shortcut();
      if (entry.spec.group != group) continue;
      QWidget* row = makeRow(entry.spec.name, keys, list);
      row->setToolTip(entry.spec.help);
      rows->addWidget(row);
      rows_.push_back({row, title, entry.spec.name + ' ' + keyText(keys) + ' ' + keys.toString()});
    }
  }
  rows->addStretch();

  auto* area = new QScrollArea(this);
  area->setWidgetResizable(true);
  area->setWidget(list);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 12, 0, 0);
  layout->setSpacing(8);
  auto* field_row = new QHBoxLayout;
  field_row->setContentsMargins(12, 0, 12, 0);
  field_row->addWidget(field_);
  layout->addLayout(field_row);
  layout->addWidget(area);
  connect(field_, &QLineEdit::textChanged, this, &ShortcutsDialog::search);
  field_->setFocus();
}

int ShortcutsDialog::visibleRows() const {
  return int(std::ranges::count_if(rows_, [](const Row& row) { return !row.widget->isHidden(); }));
}

void ShortcutsDialog::search(const QString& text) {
  const QStringList words = text.split(' ', Qt::SkipEmptyParts);
  for (const Row& row : rows_)
    row.group->hide();
  for (const Row& row : rows_) {
    const bool matches = std::ranges::all_of(
        words, [&row](const QString& word) { return row.text.contains(word, Qt::CaseInsensitive); });
    row.widget->setVisible(matches);
    if (matches) row.group->show();
  }
}

}  // namespace hbev::ui
