#include "tests/ui/screen_reader.h"

#include <QtGui/QAccessible>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QAbstractSpinBox>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTableView>

#include "tests/ui/window_test.h"

namespace hbev::ui::test {
namespace {

/// Qt's own parts of a control speak as the control.
bool isPart(const QWidget& widget) {
  return widget.objectName().startsWith(QStringLiteral("qt_")) ||
         qobject_cast<const QComboBox*>(widget.parent()) ||
         qobject_cast<const QAbstractSpinBox*>(widget.parent()) ||
         qobject_cast<const QHeaderView*>(&widget) ||  // the table speaks for it
         QByteArray(widget.metaObject()->className()) == "QTableCornerButton";
}

bool isControl(const QWidget& widget) {
  return qobject_cast<const QAbstractButton*>(&widget) || qobject_cast<const QAbstractItemView*>(&widget) ||
         qobject_cast<const QAbstractSpinBox*>(&widget) || qobject_cast<const QComboBox*>(&widget) ||
         qobject_cast<const QLineEdit*>(&widget) || (widget.focusPolicy() & Qt::TabFocus) != 0;
}

QString whoIs(const QWidget& widget) {
  return QStringLiteral("%1 \"%2\" in %3")
      .arg(QString::fromLatin1(widget.metaObject()->className()), widget.objectName(),
           QString::fromLatin1(widget.parent()->metaObject()->className()));
}

}  // namespace

QStringList untold(QWidget& whole) {
  QStringList found;
  for (QWidget* each : whole.findChildren<QWidget*>()) {
    if (!each->isVisibleTo(&whole) || isPart(*each) || !isControl(*each)) continue;
    if (qobject_cast<Viewport*>(each) || ancestor<ViewportArea>(*each)) continue;
    QAccessibleInterface* told = QAccessible::queryAccessibleInterface(each);
    if (!told || told->text(QAccessible::Name).trimmed().isEmpty())
      found << QStringLiteral("%1 has no name").arg(whoIs(*each));
    const auto* button = qobject_cast<QAbstractButton*>(each);
    if (told && button && button->isCheckable() &&
        (!told->state().checkable || bool(told->state().checked) != button->isChecked()))
      found << QStringLiteral("%1 does not tell whether it is checked").arg(whoIs(*each));
    const auto* table = qobject_cast<QTableView*>(each);
    for (int column = 0; table && table->model() && column < table->model()->columnCount(); ++column) {
      const auto header = [&](int role) {
        return table->model()->headerData(column, Qt::Horizontal, role).toString();
      };
      if (header(Qt::DisplayRole).trimmed().isEmpty() && header(Qt::AccessibleTextRole).isEmpty())
        found << QStringLiteral("%1 has no header over column %2").arg(whoIs(*each)).arg(column);
    }
  }
  return found;
}

}  // namespace hbev::ui::test
