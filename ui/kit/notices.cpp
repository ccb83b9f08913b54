#include "ui/kit/notices.h"

#include <algorithm>

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/kit/wrapping_label.h"

namespace hbev::ui {
namespace {

constexpr int kMostNoticeLines = 3, kStateLine = 2, kEmptyIcon = 24, kErrorIcon = 16, kNoticeLeft = 14;

/// An icon in one role's colour, as a widget.
class IconWidget : public QWidget {
 public:
  IconWidget(QString name, Role role, int side, QWidget* parent)
      : QWidget(parent), name_(std::move(name)), role_(role) {
    setFixedSize(side, side);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    paintIcon(painter, name_, rect(), Theme::current().color(role_));
  }

 private:
  QString name_;
  Role role_;
};

QString sentence(const std::string& text) {
  const QString trimmed = QString::fromStdString(text).trimmed();
  return trimmed.isEmpty() || trimmed.endsWith('.') ? trimmed : trimmed + '.';
}

/// File, expected and found, advice: a line each.
QString detailsOf(const Problem& problem) {
  QStringList lines;
  if (!problem.file.empty()) lines << QString::fromStdString(problem.file.string());
  QString shapes;
  if (!problem.expected.empty())
    shapes = QObject::tr("Expected %1").arg(QString::fromStdString(problem.expected));
  if (!problem.found.empty())
    shapes += (shapes.isEmpty() ? QObject::tr("Found %1") : QObject::tr(", found %1"))
                  .arg(QString::fromStdString(problem.found));
  if (!shapes.isEmpty()) lines << sentence(shapes.toStdString());
  if (!problem.advice.empty()) lines << sentence(problem.advice);
  return lines.join('\n');
}

struct NoticeLook {
  const char* icon;
  Role role;
};

NoticeLook lookOf(NoticeLine::Kind kind) {
  switch (kind) {
    case NoticeLine::Kind::Ok:
      return {"check", Role::Ok};
    case NoticeLine::Kind::Info:
      return {"info", Role::Accent};
    case NoticeLine::Kind::Warn:
      return {"warning", Role::Warn};
    default:
      return {"error", Role::Error};
  }
}

}  // namespace

EmptyState::EmptyState(const QString& icon_name, const QString& title, const QString& line, QWidget* parent)
    : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 12, 16, 12);
  layout->setSpacing(0);
  title_ = makeLabel({}, Role::Text, TextSize::Body, Weight::Semibold, this);
  line_ = makeLabel({}, Role::Text2, TextSize::Body, Weight::Normal, this);
  for (QLabel* label : {title_, line_}) {
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
  }
  buttons_ = new QHBoxLayout;
  buttons_->setSpacing(8);
  buttons_->addStretch();
  buttons_->addStretch();
  layout->addStretch(2);
  layout->addWidget(new IconWidget(icon_name, Role::Text3, kEmptyIcon, this), 0, Qt::AlignHCenter);
  layout->addSpacing(8);
  layout->addWidget(title_);
  layout->addSpacing(2);
  layout->addWidget(line_);
  layout->addSpacing(12);
  layout->addLayout(buttons_);
  layout->addStretch(3);
  setText(title, line);
}

void EmptyState::setText(const QString& title, const QString& line) {
  title_->setText(title);
  line_->setText(line);
  line_->setVisible(!line.isEmpty());
}

QPushButton* EmptyState::setPrimary(const QString& text) {
  return setButton(primary_, text, true);
}

QPushButton* EmptyState::setSecondary(const QString& text) {
  return setButton(secondary_, text, false);
}

QPushButton* EmptyState::setButton(QPushButton*& slot, const QString& text, bool primary) {
  if (text.isEmpty()) {
    delete slot;
    slot = nullptr;
  } else if (slot) {
    slot->setText(text);
  } else {
    slot = makeButton(text, primary ? ButtonKind::Primary : ButtonKind::Normal, {}, this, true);
    buttons_->insertWidget(primary ? 1 : buttons_->count() - 1, slot);
  }
  return slot;
}

ErrorNotice::ErrorNotice(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(kNoticeLeft, 12, 12, 8);
  layout->setSpacing(8);
  auto* head = new QHBoxLayout;
  head->setSpacing(6);
  title_ = new WrappingLabel({}, Role::Text, TextSize::Body, Weight::Semibold, this);
  title_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  head->addWidget(new IconWidget("error", Role::Error, kErrorIcon, this), 0, Qt::AlignTop);
  head->addWidget(title_, 1);
  text_ = new WrappingLabel({}, Role::Text2, TextSize::Small, Weight::Normal, this);
  text_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
  buttons_ = new QHBoxLayout;
  buttons_->setSpacing(6);
  buttons_->addStretch();
  QToolButton* copy = makeIconButton("copy", tr("Copy the message"), this);
  buttons_->addWidget(copy);
  layout->addLayout(head);
  layout->addWidget(text_);
  layout->addStretch();
  layout->addLayout(buttons_);
  connect(copy, &QToolButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(QString::fromStdString(toString(problem_))); });
}

ErrorNotice::ErrorNotice(const Problem& problem, QWidget* parent) : ErrorNotice(parent) {
  setProblem(problem);
}

void ErrorNotice::setProblem(const Problem& problem) {
  problem_ = problem;
  title_->setWords(QString::fromStdString(problem.summary));
  text_->setWords(detailsOf(problem));
  text_->setVisible(!text_->text().isEmpty());
  setAccessibleName(QString::fromStdString(toString(problem)));
}

QPushButton* ErrorNotice::addButton(const QString& text) {
  QPushButton* button = makeButton(text, ButtonKind::Normal, {}, this, true);
  buttons_->insertWidget(buttons_->count() - 2, button);
  return button;
}

void ErrorNotice::clearButtons() {
  qDeleteAll(findChildren<QPushButton*>());
}

void ErrorNotice::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  paintBox(painter, rect(), theme.tokens().radii().control, theme.color(Role::Panel),
           theme.color(Role::Border));
  painter.fillRect(QRect(0, 0, kStateLine, height()), theme.color(Role::Error));
}

NoticeLine::NoticeLine(Kind kind, const QString& text, const QString& action, QWidget* parent)
    : QWidget(parent), kind_(kind) {
  setMinimumHeight(Theme::current().sizes().section_header);
  // As high as the words need at the width that there is: both must be able to grow for that.
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(32, 4, 8, 4);
  layout->setSpacing(8);
  text_ = new ElidedLabel({}, Qt::ElideRight, this);
  text_->setMostLines(kMostNoticeLines);
  action_ = makeButton({}, ButtonKind::Link, {}, this);
  layout->addWidget(text_, 1);
  layout->addWidget(action_);
  connect(action_, &QPushButton::clicked, this, &NoticeLine::actionTriggered);
  setNotice(kind, text, action);
}

void NoticeLine::setNotice(Kind kind, const QString& text, const QString& action) {
  kind_ = kind;
  text_->setText(text);
  action_->setText(action);
  action_->setVisible(!action.isEmpty());
  setAccessibleName(text);
  update();
}

QString NoticeLine::text() const {
  return text_->text();
}

void NoticeLine::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  const auto [icon_name, role] = lookOf(kind_);
  QPainter painter(this);
  painter.fillRect(rect(), theme.color(Role::Surface));
  painter.fillRect(QRect(0, 0, kStateLine, height()), theme.color(role));
  const int side = theme.sizes().icon_small;
  const int line = std::min(height(), theme.sizes().section_header);
  paintIcon(painter, icon_name, QRect(10, (line - side) / 2, side, side), theme.color(role));
}

}  // namespace hbev::ui
