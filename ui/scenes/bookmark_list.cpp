#include "ui/scenes/bookmark_list.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStyledItemDelegate>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

constexpr int kTextLeft = 30, kRight = 8, kBookmarkLine = 17, kTop = 6;

/// Flag, note (or a hint that there is none), and where it is; grey when that is another data set.
class BookmarkDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {120, Theme::current().sizes().list_row_compact};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect row = option.rect;
    const bool selected = option.state & QStyle::State_Selected,
               hovered = option.state & QStyle::State_MouseOver;
    painter->fillRect(row, theme.color(selected ? Role::Selection : hovered ? Role::Hover : Role::Panel));
    if (selected) painter->fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.color(Role::Accent));
    const bool here = index.data(BookmarkModel::IsHere).toBool();
    const bool raised = selected || hovered;
    paintIcon(*painter, QStringLiteral("bookmark"), QRect(row.left() + 9, row.top() + kTop + 2, 14, 14),
              theme.color(here     ? Role::SourceB
                          : raised ? Role::Text2
                                   : Role::Text3));
    const QRect line(row.left() + kTextLeft, row.top() + kTop, row.width() - kTextLeft - kRight,
                     kBookmarkLine);
    const QString note = index.data(BookmarkModel::Note).toString();
    const Role quiet = raised ? Role::Text2 : Role::Text3;
    const auto draw = [&](const QRect& place, const QString& text, const QFont& font, Role role) {
      painter->setFont(font);
      painter->setPen(theme.color(role));
      painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                        painter->fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
    };
    draw(line, note.isEmpty() ? BookmarkList::tr("No note") : note,
         theme.font(TextSize::Body, note.isEmpty() ? Weight::Normal : Weight::Semibold),
         note.isEmpty() || !here ? quiet : Role::Text);
    draw(line.translated(0, kBookmarkLine), index.data(BookmarkModel::Place).toString(),
         theme.font(TextSize::Small), here ? Role::Text2 : quiet);
    if (!selected) paintBottomLine(*painter, row, theme.color(Role::Border, 0.45));
    painter->restore();
  }

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const override {
    auto* field = new QLineEdit(parent);
    field->setPlaceholderText(BookmarkList::tr("Note"));
    field->setAccessibleName(BookmarkList::tr("Note of the bookmark"));
    return field;
  }
  void setEditorData(QWidget* editor, const QModelIndex& index) const override {
    static_cast<QLineEdit*>(editor)->setText(index.data(BookmarkModel::Note).toString());
  }
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
    model->setData(index, static_cast<QLineEdit*>(editor)->text().trimmed(), Qt::EditRole);
  }
  void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                            const QModelIndex&) const override {
    const int height = Theme::current().sizes().input;
    editor->setGeometry(option.rect.left() + kTextLeft - 6, option.rect.top() + 2,
                        option.rect.width() - kTextLeft - kRight + 8, height);
  }
};

}  // namespace

BookmarkModel::BookmarkModel(Bookmarks& bookmarks, QObject* parent)
    : QAbstractListModel(parent), bookmarks_(bookmarks), rows_(bookmarks.all()) {
  connect(&bookmarks, &Bookmarks::changed, this, [this] {
    const auto& now = bookmarks_.all();
    const bool same_rows = std::ranges::equal(rows_, now, {}, &Bookmark::token, &Bookmark::token);
    if (!same_rows) beginResetModel();
    rows_ = now;
    if (!same_rows) return endResetModel();
    if (!rows_.empty()) Q_EMIT dataChanged(index(0), index(rowCount() - 1));
  });
}

int BookmarkModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(rows_.size());
}

Qt::ItemFlags BookmarkModel::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | Qt::ItemIsEditable;
}

QModelIndex BookmarkModel::find(const QString& token) const {
  const auto found = std::ranges::find(rows_, token, &Bookmark::token);
  return found == rows_.end() ? QModelIndex() : index(int(found - rows_.begin()));
}

QVariant BookmarkModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Bookmark& bookmark = rows_[std::size_t(index.row())];
  const bool here = bookmarks_.place(bookmark.token).has_value();
  switch (role) {
    case Qt::EditRole:
    case Note:
      return bookmark.note;
    case Token:
      return bookmark.token;
    case Path:
      return bookmark.data_set;
    case IsHere:
      return here;
    case Place: {
      if (bookmark.scene.isEmpty()) return tr("token %1").arg(bookmark.token.left(12));
      const QString keyframe = tr("%1, keyframe %2").arg(bookmark.scene).arg(bookmark.keyframe + 1);
      return here || bookmark.data_set_name.isEmpty()
                 ? keyframe
                 : QStringLiteral("%1 · %2").arg(bookmark.data_set_name, keyframe);
    }
    case Qt::AccessibleTextRole:
    case Qt::DisplayRole:
      return QStringLiteral("%1, %2").arg(bookmark.note.isEmpty() ? tr("No note") : bookmark.note,
                                          data(index, Place).toString());
    case Qt::ToolTipRole:
      return QStringLiteral("<b>%1</b><br>%2<br>%3<br>%4")
          .arg((bookmark.note.isEmpty() ? tr("No note") : bookmark.note).toHtmlEscaped(),
               data(index, Place).toString().toHtmlEscaped(), bookmark.token.toHtmlEscaped(),
               (here ? tr("F2 edits the note, Delete removes the bookmark.")
                     : tr("In another data set: %1").arg(bookmark.data_set))
                   .toHtmlEscaped());
    default:
      return {};
  }
}

bool BookmarkModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || role != Qt::EditRole) return false;
  bookmarks_.setNote(QString(rows_[std::size_t(index.row())].token), value.toString());
  return true;
}

BookmarkList::BookmarkList(Bookmarks& bookmarks, QWidget* parent)
    : QListView(parent), bookmarks_(bookmarks), model_(new BookmarkModel(bookmarks, this)) {
  setModel(model_);
  setItemDelegate(new BookmarkDelegate(this));
  setFrameShape(QFrame::NoFrame);
  setMouseTracking(true);
  setUniformItemSizes(true);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
  setAccessibleName(tr("Bookmarks"));
  setContextMenuPolicy(Qt::CustomContextMenu);
  connect(this, &QListView::clicked, this, [this](const QModelIndex& index) {
    if (index.data(BookmarkModel::IsHere).toBool()) activate(index);
  });
  connect(this, &QListView::customContextMenuRequested, this, [this](const QPoint& at) {
    const QModelIndex index = indexAt(at);
    if (!index.isValid()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool here = index.data(BookmarkModel::IsHere).toBool();
    const QPersistentModelIndex row(index);
    menu->addAction(here ? tr("Go there") : tr("Open its data set"), this, [this, row] { activate(row); });
    menu->addAction(tr("Edit note\tF2"), this, [this, row] { edit(row); });
    menu->addAction(tr("Remove\tDel"), this, [this, row] {
      if (row.isValid()) bookmarks_.remove(row.data(BookmarkModel::Token).toString());
    });
    menu->popup(viewport()->mapToGlobal(at));
  });
}

void BookmarkList::editNote(const QString& token) {
  const QModelIndex index = model_->find(token);
  if (!index.isValid()) return;
  setFocus(Qt::ShortcutFocusReason);
  setCurrentIndex(index);
  scrollTo(index);
  edit(index);
}

void BookmarkList::keepNote() {
  auto* editor = viewport()->findChild<QLineEdit*>();
  if (!editor) return;
  commitData(editor);
  closeEditor(editor, QAbstractItemDelegate::NoHint);
}

void BookmarkList::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete) return removeCurrent();
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return activate(currentIndex());
  QListView::keyPressEvent(event);
}

void BookmarkList::activate(const QModelIndex& index) {
  if (!index.isValid()) return;
  const QString token = index.data(BookmarkModel::Token).toString();
  if (const auto place = bookmarks_.place(token)) return Q_EMIT jumpRequested(*place);
  Q_EMIT datasetRequested(index.data(BookmarkModel::Path).toString(), token);
}

void BookmarkList::removeCurrent() {
  const int row = currentIndex().row();
  if (row < 0) return;
  bookmarks_.remove(currentIndex().data(BookmarkModel::Token).toString());
  setCurrentIndex(model_->index(std::min(row, model_->rowCount() - 1)));
}

}  // namespace hbev::ui
