#include "ui/kit/section.h"

#include <algorithm>

#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/icons.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {
constexpr int kTitleLeft = 24, kSectionChevron = 12, kChevronLeft = 6;
/// The scroll bar lies over the content: what stands at the right keeps clear of it.
constexpr int kRightMargin = 12, kWidgetRoom = 40;
constexpr QMargins kContentMargins(12, 0, 12, 10);
}  // namespace

class Section::Header : public QAbstractButton {
 public:
  explicit Header(Section* section) : QAbstractButton(section) {
    setFixedHeight(Theme::current().sizes().section_header);
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::TabFocus);
    layout_ = new QHBoxLayout(this);
    layout_->setContentsMargins(0, 0, 8, 0);
    layout_->addStretch();
  }
  void setSummary(const QString& summary) {
    summary_ = summary;
    update();
  }
  void addWidget(QWidget* widget) { layout_->addWidget(widget); }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QRect chevron(kChevronLeft, (height() - kSectionChevron) / 2, kSectionChevron, kSectionChevron);
    paintIcon(painter, isChecked() ? "chevron-down" : "chevron-right", chevron,
              theme.color(underMouse() ? Role::Text : Role::Text3));
    const bool has_widget = layout_->count() > 1;
    QRect line = rect().adjusted(kTitleLeft, 0, -(has_widget ? kWidgetRoom : kRightMargin), 0);
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text3));
    // The title stays; a long name beside it gives way at its end.
    const int title_width =
        QFontMetrics(theme.font(TextSize::Small, Weight::Semibold)).horizontalAdvance(text());
    const QString summary = painter.fontMetrics().elidedText(summary_, Qt::ElideRight,
                                                             std::max(0, line.width() - title_width - 8));
    const int summary_width = painter.fontMetrics().horizontalAdvance(summary);
    painter.drawText(line, Qt::AlignVCenter | Qt::AlignRight, summary);
    line.setRight(line.right() - summary_width - 8);
    painter.setFont(theme.font(TextSize::Small, Weight::Semibold));
    painter.setPen(theme.color(isEnabled() ? Role::Text : Role::Disabled));
    painter.drawText(line, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, line.width()));
  }

 private:
  QHBoxLayout* layout_;
  QString summary_;
};

Section::Section(const QString& title, QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  layout_ = new QVBoxLayout(this);
  layout_->setContentsMargins(0, 0, 0, 1);  // The border's line.
  layout_->setSpacing(0);
  header_ = new Header(this);
  layout_->addWidget(header_);
  setTitle(title);
  connect(header_, &QAbstractButton::toggled, this, &Section::setExpanded);
}

void Section::setTitle(const QString& title) {
  header_->setText(title);
  header_->setAccessibleName(title);
}

void Section::setSummary(const QString& summary) {
  header_->setSummary(summary);
}

void Section::setHeaderWidget(QWidget* widget) {
  header_->addWidget(widget);
}

void Section::setContent(QWidget* content) {
  delete frame_;
  content_ = content;
  frame_ = new QWidget(this);
  auto* inner = new QVBoxLayout(frame_);
  inner->setContentsMargins(kContentMargins);
  inner->addWidget(content);
  layout_->addWidget(frame_);
  frame_->setVisible(expanded_);
}

void Section::setExpanded(bool expanded) {
  if (expanded_ == expanded) return;
  expanded_ = expanded;
  header_->setChecked(expanded);
  if (frame_) frame_->setVisible(expanded);
}

void Section::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintBottomLine(painter, rect(), Theme::current().color(Role::Border));
}

}  // namespace hbev::ui
