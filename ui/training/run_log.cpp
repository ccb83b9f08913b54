#include "ui/training/run_log.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QDateTime>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QStyledItemDelegate>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kLogRow = 18, kTimeWidth = 62, kLogLeft = 12;

QString sentenceOf(const RunLogLine& line) {
  const QString text = QString::fromStdString(line.text);
  const QString kind = line.kind == "save" ? RunLog::tr("saved") : QString::fromStdString(line.kind);
  if (line.step <= 0) return text.isEmpty() ? kind : text;
  return QStringLiteral("%1: %2").arg(RunLog::tr("step %1").arg(groupedNumber(line.step)),
                                      text.isEmpty() ? kind : text);
}

/// The day too where it is not today's.
QString timeOf(const RunLogLine& line) {
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(qint64(line.time * 1000));
  return time.date() == QDate::currentDate() ? time.toString(QStringLiteral("HH:mm:ss"))
                                             : time.toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

Role roleOf(const RunLogLine& line) {
  if (line.kind == "warning") return Role::Warn;
  return line.kind == "end" ? Role::Text : Role::Text2;
}

class LineDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, kLogRow}; }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme.color(Role::Selection));
    painter->setFont(theme.mono(TextSize::Small));
    const QString time = index.data(Qt::UserRole).toString();
    const int width = std::max(kTimeWidth, painter->fontMetrics().horizontalAdvance(time) + 8);
    QRect place = option.rect.adjusted(kLogLeft, 0, -8, 0);
    painter->setPen(theme.color(option.state & QStyle::State_Selected ? Role::Text2 : Role::Text3));
    painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter, time);
    place.setLeft(place.left() + width);
    painter->setPen(theme.color(Role(index.data(Qt::UserRole + 1).toInt())));
    painter->drawText(
        place, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, place.width()));
  }
};

}  // namespace

class RunLog::Model : public QAbstractListModel {
 public:
  using QAbstractListModel::QAbstractListModel;
  std::vector<RunLogLine> lines;

  int rowCount(const QModelIndex& parent) const override { return parent.isValid() ? 0 : int(lines.size()); }
  QVariant data(const QModelIndex& index, int role) const override {
    const RunLogLine& line = lines[lines.size() - 1 - std::size_t(index.row())];
    switch (role) {
      case Qt::DisplayRole:
        return sentenceOf(line);
      case Qt::ToolTipRole:
        return sentenceOf(line).toHtmlEscaped();
      case Qt::UserRole:
        return timeOf(line);
      case Qt::UserRole + 1:
        return int(roleOf(line));
      default:
        return {};
    }
  }
  void set(const std::vector<RunLogLine>& now) {
    const bool grown = now.size() > lines.size() && !lines.empty() && now.front().time == lines.front().time;
    if (now.size() == lines.size() && (now.empty() || now.back().time == lines.back().time)) return;
    if (grown) {
      // What is selected stays selected while lines come in above it.
      beginInsertRows({}, 0, int(now.size() - lines.size()) - 1);
      lines = now;
      endInsertRows();
    } else {
      beginResetModel();
      lines = now;
      endResetModel();
    }
  }
};

RunLog::RunLog(QWidget* parent) : QListView(parent), model_(new Model(this)) {
  setModel(model_);
  setItemDelegate(new LineDelegate(this));
  setUniformItemSizes(true);
  setFrameShape(QFrame::NoFrame);
  setSelectionMode(QAbstractItemView::ExtendedSelection);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Log"));
}

void RunLog::setLines(const std::vector<RunLogLine>& lines) {
  model_->set(lines);
}

QString RunLog::text() const {
  QString text;
  for (const RunLogLine& line : model_->lines)
    text += QDateTime::fromMSecsSinceEpoch(qint64(line.time * 1000)).toString(Qt::ISODate) +
            QLatin1Char(' ') + sentenceOf(line) + QLatin1Char('\n');
  return text;
}

void RunLog::keyPressEvent(QKeyEvent* event) {
  if (!event->matches(QKeySequence::Copy)) return QListView::keyPressEvent(event);
  QModelIndexList rows = selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.row() > b.row(); });
  QString text;
  for (const QModelIndex& row : rows)
    text += row.data(Qt::UserRole).toString() + QLatin1Char(' ') + row.data().toString() + QLatin1Char('\n');
  QGuiApplication::clipboard()->setText(text);
}

}  // namespace hbev::ui
