#include "ui/scores/score_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <QtGui/QPainter>

#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kMargin = 8, kScoreBarWidth = 38, kTriangle = 7;
constexpr int kArrow_px = 7, kArrowRoom = 12;
/// Smaller changes are no news.
constexpr double kSmallestChange = 0.005;

void paintTitle(QPainter& painter, QRect cell, const QModelIndex& index, bool mean) {
  const Theme& theme = Theme::current();
  const QVariant color = index.data(Qt::DecorationRole);
  if (color.isValid()) {
    paintSwatch(painter, QRectF(cell.left(), cell.center().y() - 4, 9, 9), color.value<QColor>());
    cell.adjust(16, 0, 0, 0);
  }
  painter.setFont(theme.font(TextSize::Body, mean ? Weight::Semibold : Weight::Normal));
  painter.drawText(cell, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, cell.width()));
}

/// Triangle and figure without a sign, in ok when it is better.
void paintChange(QPainter& painter, const QRect& cell, double change, const QString& text,
                 bool lower_is_better) {
  const Theme& theme = Theme::current();
  if (std::abs(change) < kSmallestChange) {
    painter.setPen(theme.color(Role::Text2));
    painter.drawText(cell, Qt::AlignRight | Qt::AlignVCenter, text);
    return;
  }
  const QColor color = theme.color((change > 0) != lower_is_better ? Role::Ok : Role::Error);
  painter.setPen(color);
  painter.drawText(cell, Qt::AlignRight | Qt::AlignVCenter, text);
  const int width = painter.fontMetrics().horizontalAdvance(text);
  const QRectF mark(cell.right() - width - kTriangle - 4, cell.center().y() - kTriangle / 2.0, kTriangle,
                    kTriangle);
  paintTriangle(painter, mark, change > 0, color);
}

}  // namespace

void ScoreModel::setTable(ScoreTable table) {
  beginResetModel();
  table_ = std::move(table);
  endResetModel();
}

const ScoreRow& ScoreModel::row(int number) const {
  return number < int(table_.rows.size()) ? table_.rows[std::size_t(number)] : *table_.footer;
}

int ScoreModel::columnOf(const QString& id) const {
  const auto found = std::ranges::find(table_.columns, id, &ScoreColumn::id);
  return found == table_.columns.end() ? -1 : int(found - table_.columns.begin()) + 1;
}

int ScoreModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(table_.rows.size()) + (table_.footer ? 1 : 0);
}

int ScoreModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(table_.columns.size()) + 1;
}

QVariant ScoreModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const bool mean = index.row() == int(table_.rows.size());
  const ScoreRow& line = row(index.row());
  const bool title = index.column() == 0;
  switch (role) {
    case IsMean:
      return mean;
    case Label:
      return line.label;
    case Group:
      return line.group;
    case Kind:
      return title ? -1 : int(table_.columns[std::size_t(index.column() - 1)].kind);
    case SortValue:
      return title ? std::numeric_limits<double>::quiet_NaN() : line.values[std::size_t(index.column() - 1)];
    case Qt::DecorationRole:
      return title && line.color.isValid() ? QVariant(line.color) : QVariant();
    case Qt::TextAlignmentRole:
      return int((title ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
      if (title) return line.title;
      return scoreText(line.values[std::size_t(index.column() - 1)],
                       table_.columns[std::size_t(index.column() - 1)].kind);
    default:
      return {};
  }
}

QVariant ScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section > int(table_.columns.size())) return {};
  if (role == Qt::TextAlignmentRole)
    return int((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (section == 0) return role == Qt::DisplayRole ? table_.row_title : QVariant();
  const ScoreColumn& column = table_.columns[std::size_t(section - 1)];
  if (role == Qt::DisplayRole) return column.title;
  if (role == Qt::ToolTipRole) return column.help;
  return {};
}

QString ScoreModel::text(const std::vector<int>& rows) const {
  std::vector<int> numbers = rows;
  if (numbers.empty()) {
    numbers.resize(std::size_t(rowCount()));
    std::iota(numbers.begin(), numbers.end(), 0);
  }
  QStringList lines, titles;
  for (int column = 0; column < columnCount(); ++column)
    titles << headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  lines << titles.join(QLatin1Char('\t'));
  for (const int number : numbers) {
    QStringList cells;
    for (int column = 0; column < columnCount(); ++column)
      cells << data(index(number, column), Qt::DisplayRole).toString();
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

bool ScoreSorter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const bool is_mean = sourceModel()->index(row, 0, parent).data(ScoreModel::IsMean).toBool();
  return is_mean == (rows_ == Rows::Mean);
}

bool ScoreSorter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const bool ascending = sortOrder() == Qt::AscendingOrder;
  if (left.column() == 0) return left.row() < right.row();
  const double a = left.data(ScoreModel::SortValue).toDouble(),
               b = right.data(ScoreModel::SortValue).toDouble();
  if (std::isnan(a) != std::isnan(b)) return ascending == std::isnan(b);
  return a < b;
}

ScoreHeader::ScoreHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
  setSectionsClickable(true);
  setSectionResizeMode(QHeaderView::Fixed);
  setMinimumSectionSize(40);
  setFixedHeight(Theme::current().sizes().table_header);
  setHighlightSections(false);
}

int ScoreHeader::widthOf(const QString& title) {
  return QFontMetrics(Theme::current().font(TextSize::Small)).horizontalAdvance(title) + 2 * kMargin +
         kArrowRoom;
}

void ScoreHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
  const Theme& theme = Theme::current();
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->fillRect(rect, theme.color(Role::Panel));
  painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color(Role::Border));
  const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == section;
  QRect cell = rect.adjusted(kMargin, 0, -kMargin, 0);
  const auto align =
      Qt::Alignment(model()->headerData(section, orientation(), Qt::TextAlignmentRole).toInt());
  const QFont font = theme.font(TextSize::Small);
  const QFontMetrics metrics(font);
  const int room = cell.width() - (sorted ? kArrowRoom : 0);
  const QString title = metrics.elidedText(
      model()->headerData(section, orientation(), Qt::DisplayRole).toString(), Qt::ElideRight, room);
  if (sorted) {
    const int width = metrics.horizontalAdvance(title);
    const double left = align & Qt::AlignRight ? cell.right() - kArrow_px : cell.left() + width + 4;
    const double middle = cell.center().y() + 0.5, up = sortIndicatorOrder() == Qt::AscendingOrder ? 1 : -1;
    const QPointF corners[] = {{left, middle + 2 * up},
                               {left + kArrow_px, middle + 2 * up},
                               {left + kArrow_px / 2.0, middle - 2 * up}};
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(Role::Text2));
    painter->drawPolygon(corners, 3);
    if (align & Qt::AlignRight) cell.setRight(cell.right() - kArrowRoom);
  }
  painter->setPen(theme.color(sorted ? Role::Text : Role::Text3));
  painter->setFont(font);
  painter->drawText(cell, align, title);
  painter->restore();
}

void ScoreDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
  const Theme& theme = Theme::current();
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  const bool selected = option.state & QStyle::State_Selected,
             hovered = option.state & QStyle::State_MouseOver;
  const bool mean = index.data(ScoreModel::IsMean).toBool();
  const Role ground = selected ? Role::Selection : hovered ? Role::Hover : Role::Panel;
  painter->fillRect(option.rect, theme.color(ground));
  if (mean) {
    painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1),
                      theme.color(Role::BorderStrong));
  } else {
    paintBottomLine(*painter, option.rect, theme.color(Role::Border, 0.45));
  }
  painter->setPen(theme.color(Role::Text));
  const QRect cell = option.rect.adjusted(kMargin, 0, -kMargin, 0);
  if (index.column() == 0) {
    paintTitle(*painter, cell, index, mean);
    painter->restore();
    return;
  }
  painter->setFont(theme.mono(TextSize::Small, mean ? Weight::Semibold : Weight::Normal));
  const auto kind = ScoreKind(index.data(ScoreModel::Kind).toInt());
  const double value = index.data(ScoreModel::SortValue).toDouble();
  const QString text = index.data().toString();
  if (!std::isnan(value) && (kind == ScoreKind::Change || kind == ScoreKind::VelocityChange)) {
    const bool lower_is_better = kind == ScoreKind::VelocityChange;
    paintChange(*painter, cell, value, scoreText(std::abs(value), kind), lower_is_better);
  } else {
    if (kind == ScoreKind::Bar && !std::isnan(value)) {
      paintBar(*painter, QRectF(cell.left(), cell.center().y() - 2, kScoreBarWidth, 5), value / 100,
               theme.color(Role::Accent));
    }
    const bool quiet = kind == ScoreKind::Count || kind == ScoreKind::Percent;
    if (quiet && !mean) painter->setPen(theme.color(Role::Text2));
    painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, text);
  }
  painter->restore();
}

}  // namespace hbev::ui
