#include "ui/window/start_page.h"

#include <QtCore/QFileInfo>
#include <QtGui/QAction>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QPixmap>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/actions.h"
#include "ui/kit/badge.h"
#include "ui/kit/buttons.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/progress_line.h"
#include "ui/kit/theme.h"
#include "ui/state/studio.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/finding_list.h"

namespace hbev::ui {
namespace {

constexpr int kColumn_px = 520, kCard_px = 62, kRow_px = 46;
constexpr int kCardText_px = 58, kCardLine_px = 32, kCardLineHeight_px = 18, kCardRight_px = 16;
constexpr std::size_t kShownFindings = 5;  // as many as recent folders

/// A large button: icon, title, one line or how far it is, key.
class Card : public QAbstractButton {
 public:
  Card(QAction* action, const QString& icon_name, const QString& line, bool primary, QWidget* parent)
      : QAbstractButton(parent), action_(action), icon_name_(icon_name), line_(line), primary_(primary) {
    setFixedHeight(kCard_px);
    setCursor(Qt::ArrowCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(action->text());
    setAccessibleDescription(line);
    setAttribute(Qt::WA_Hover);
    setEnabled(action->isEnabled());
    QObject::connect(action, &QAction::enabledChanged, this, &QWidget::setEnabled);
    QObject::connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
  }

  /// While `progress` is shown it stands in the place of the line.
  void setProgress(ProgressLine* progress) {
    progress_ = progress;
    progress->setParent(this);
    progress->hide();
  }

 protected:
  void resizeEvent(QResizeEvent*) override {
    if (progress_) progress_->setGeometry(lineRect());
  }
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor edge = theme.color(hasFocus() || primary_ ? Role::Accent
                                    : underMouse()         ? Role::BorderStrong
                                                           : Role::Border);
    paintBox(painter, QRectF(rect()), 6, theme.color(underMouse() ? Role::Hover : Role::Surface), edge);
    const QRectF plate(14, (height() - 32) / 2.0, 32, 32);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(primary_ ? Role::AccentFill : Role::Raised));
    painter.drawRoundedRect(plate, 5, 5);
    paintIcon(painter, icon_name_, plate.toRect().adjusted(8, 8, -8, -8),
              theme.color(primary_ ? Role::OnAccent : Role::Text2));
    painter.setPen(theme.color(Role::Text));
    painter.setFont(theme.font(TextSize::Title, Weight::Semibold));
    painter.drawText(QRect(kCardText_px, 12, width() - 150, 18), Qt::AlignLeft | Qt::AlignVCenter,
                     action_->text());
    painter.setPen(theme.color(Role::Text2));
    if (!progress_ || progress_->isHidden()) {
      painter.setFont(theme.font(TextSize::Body));
      const QRect line = lineRect();
      painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                       painter.fontMetrics().elidedText(line_, Qt::ElideRight, line.width()));
    }
    painter.setFont(theme.font(TextSize::Tiny));
    painter.drawText(QRect(width() - 120, 12, 106, 16), Qt::AlignRight | Qt::AlignVCenter,
                     keyText(action_->shortcut()));
  }

 private:
  QRect lineRect() const {
    return {kCardText_px, kCardLine_px, width() - kCardText_px - kCardRight_px, kCardLineHeight_px};
  }

  QAction* action_;
  QString icon_name_;
  QString line_;
  bool primary_;
  ProgressLine* progress_ = nullptr;
};

/// A line of the recent list. Whether it is still there is asked in the background: until a disk tells, it
/// is.
class RecentRow : public QAbstractButton {
 public:
  RecentRow(const QString& path, QWidget* parent) : QAbstractButton(parent), path_(path) {
    setFixedHeight(kRow_px);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setToolTip(path);
    setAccessibleName(path);
    connect(&looking_, &BackgroundJob::finished, this, [this] {
      is_there_ = *found_;
      if (!is_there_) setAccessibleName(StartPage::tr("No longer there: %1").arg(path_));
      update();
    });
    looking_.startLoose([path, found = found_](Progress&) { *found = QFileInfo::exists(path); });
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme.color(underMouse() || hasFocus() ? Role::Hover : Role::Panel));
    paintBottomLine(painter, rect(), theme.color(Role::Border));
    paintIcon(painter,
              path_.endsWith(QStringLiteral(".npz")) ? QStringLiteral("voxel") : QStringLiteral("scene"),
              QRect(10, 15, 16, 16), theme.color(Role::Text2));
    painter.setFont(theme.font(TextSize::Body, Weight::Semibold));
    painter.setPen(theme.color(is_there_ ? Role::Text : Role::Disabled));
    painter.drawText(
        QRect(38, 6, width() - 50, 17), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(QFileInfo(path_).fileName(), Qt::ElideMiddle, width() - 50));
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(Role::Text2));
    const QString place = is_there_ ? QFileInfo(path_).path()
                                    : StartPage::tr("No longer there: %1").arg(QFileInfo(path_).path());
    painter.drawText(QRect(38, 24, width() - 50, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(place, Qt::ElideMiddle, width() - 50));
  }

 private:
  QString path_;
  bool is_there_ = true;
  std::shared_ptr<bool> found_ = std::make_shared<bool>(true);  ///< written by the job until it has finished
  BackgroundJob looking_;
};

/// The dashed frame that says that things may be dropped; pressed, files can be chosen.
class DropHint : public QAbstractButton {
 public:
  DropHint(QAction* choose, QWidget* parent) : QAbstractButton(parent) {
    setFixedHeight(34);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setText(StartPage::tr("Drop folders, an infos .pkl, predictions or labels here, or choose files"));
    setAccessibleName(text());
    setToolTip(choose->toolTip());
    connect(this, &QAbstractButton::clicked, choose, &QAction::trigger);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const Theme& theme = Theme::current();
    const bool is_marked = underMouse() || hasFocus();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(is_marked ? Role::Accent : Role::BorderStrong), 1, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setFont(theme.font(TextSize::Small));
    painter.setPen(theme.color(is_marked ? Role::Text : Role::Text2));
    painter.drawText(rect(), Qt::AlignCenter, text());
  }
};

/// A picture that keeps its proportions inside rounded corners.
class Picture : public QWidget {
 public:
  explicit Picture(QWidget* parent) : QWidget(parent), picture_(QStringLiteral(":/start.png")) {
    setFixedSize(kColumn_px, kColumn_px * 9 / 16);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath path;
    path.addRoundedRect(QRectF(rect()), 6, 6);
    painter.setClipPath(path);
    painter.drawPixmap(rect(), picture_);
    painter.setClipping(false);
    painter.setPen(Theme::current().color(Role::Border));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  }

 private:
  QPixmap picture_;
};

}  // namespace

StartPage::StartPage(ActionRegistry& actions, QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("startPage"));
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  outer->addWidget(scroll);
  auto* page = new QWidget(scroll);
  scroll->setWidget(page);
  auto* grid = new QGridLayout(page);
  grid->setContentsMargins(24, 24, 24, 24);
  grid->setHorizontalSpacing(44);
  grid->setVerticalSpacing(24);
  grid->setRowStretch(0, 1);
  grid->setRowStretch(3, 2);
  grid->setColumnStretch(0, 1);
  grid->setColumnStretch(3, 1);
  grid->addWidget(makeCards(actions), 1, 1, Qt::AlignTop);

  grid->addWidget(makePicture(), 1, 2, Qt::AlignTop);
  grid->addWidget(makeRecent(), 2, 1, Qt::AlignTop);
  grid->addWidget(makeDoctor(actions), 2, 2, Qt::AlignTop);
  refresh();
}

QWidget* StartPage::makePicture() {
  auto* block = new QWidget(this);
  auto* column = new QVBoxLayout(block);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(12);
  column->addWidget(new Picture(block));
  column->addWidget(makeLabel(tr("The demo: a spoiled prediction beside its truth, scored as the papers do."),
                              Role::Text2, TextSize::Small, Weight::Normal, block));
  column->addStretch();
  return block;
}

QWidget* StartPage::makeRecent() {
  recent_block_ = new QWidget(this);
  recent_block_->setFixedWidth(kColumn_px);
  auto* block = new QVBoxLayout(recent_block_);
  block->setContentsMargins(0, 0, 0, 0);
  block->setSpacing(0);
  auto* heading = new QHBoxLayout;
  heading->addWidget(makeLabel(tr("Recent"), Role::Text, TextSize::Title, Weight::Semibold, recent_block_));
  heading->addStretch();
  auto* clear = makeButton(tr("Clear"), ButtonKind::Link, {}, recent_block_, true);
  heading->addWidget(clear);
  block->addLayout(heading);
  recent_ = new QVBoxLayout;
  recent_->setSpacing(0);
  block->addLayout(recent_);
  connect(clear, &QPushButton::clicked, this, [this] {
    Studio::clearRecentPaths();
    refresh();
  });
  return recent_block_;
}

/// What the doctor says of this machine; the whole of it is in its panel.
QWidget* StartPage::makeDoctor(ActionRegistry& actions) {
  auto* doctor = new QWidget(this);
  doctor->setFixedWidth(kColumn_px);
  auto* block = new QVBoxLayout(doctor);
  block->setContentsMargins(0, 0, 0, 0);
  block->setSpacing(0);
  auto* heading = new QHBoxLayout;
  heading->setSpacing(8);
  heading->addWidget(makeLabel(tr("Doctor"), Role::Text, TextSize::Title, Weight::Semibold, doctor));
  doctor_summary_ = makeLabel({}, Role::Text2, TextSize::Body, Weight::Normal, doctor);
  heading->addWidget(doctor_summary_);
  heading->addStretch();
  auto* again = makeButton(tr("Check again"), ButtonKind::Link, {}, doctor, true);
  auto* all = makeButton(tr("Show all"), ButtonKind::Link, {}, doctor, true);
  heading->addWidget(again);
  heading->addWidget(all);
  block->addLayout(heading);
  findings_ = new FindingList(FindingList::Style::Brief, doctor);
  block->addWidget(findings_);
  connect(again, &QPushButton::clicked, this, &StartPage::examine);
  connect(all, &QPushButton::clicked, actions["doctor.show"], &QAction::trigger);
  connect(&doctor_, &BackgroundJob::finished, this, [this] {
    doctor_summary_->setText(findingSummary(*found_));
    findings_->setFindings(std::move(*found_), kShownFindings);
  });
  connect(&doctor_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    doctor_summary_->setText(QString::fromStdString(problem.summary));
  });
  return doctor;
}

void StartPage::examine() {
  was_examined_ = true;
  doctor_summary_->setText(tr("examining"));
  found_ = std::make_shared<std::vector<Finding>>();
  doctor_.startLoose([found = found_](Progress&) { *found = examineMachine(); });
}

QWidget* StartPage::makeCards(ActionRegistry& actions) {
  auto* cards = new QWidget(this);
  cards->setFixedWidth(kColumn_px);
  auto* column = new QVBoxLayout(cards);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  auto* head = new QHBoxLayout;
  head->setSpacing(16);
  auto* mark = new QLabel(cards);
  mark->setPixmap(QIcon(QStringLiteral(":/app-icon.svg")).pixmap(52, 52));
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(
      makeLabel(QStringLiteral("HBEVOcc Studio"), Role::Text, TextSize::Display, Weight::Semibold, cards));
  words->addWidget(makeLabel(tr("See what an occupancy network predicts, and where it is wrong."),
                             Role::Text2, TextSize::Title, Weight::Normal, cards));
  head->addWidget(mark);
  head->addLayout(words, 1);
  column->addLayout(head);
  column->addSpacing(12);
  auto* demo = new Card(actions["demo.open"], "play",
                        tr("A small city with a prediction to judge. No download, no GPU."), true, cards);
  demo_progress_ = new ProgressLine(demo);
  demo_progress_->setShowsWhat(true);
  demo->setProgress(demo_progress_);
  connect(demo_progress_, &ProgressLine::cancelled, this, &StartPage::demoGivenUp);
  column->addWidget(demo);
  column->addWidget(new Card(actions["data.open"], "open-folder",
                             tr("A nuScenes folder of any version, also a part of it."), false, cards));
  column->addWidget(new Card(actions["predictions.open"], "voxel",
                             tr("HBEVOcc, STCOcc, SparseOcc, FlashOCC, FB-OCC, challenge files and more."),
                             false, cards));
  column->addWidget(new DropHint(actions["files.open"], cards));
  return cards;
}

void StartPage::showDemoProgress(const Progress::State& state) {
  demo_progress_->setState(state);
  demo_progress_->show();
  demo_progress_->parentWidget()->update();
}

void StartPage::endDemoProgress() {
  demo_progress_->hide();
  demo_progress_->parentWidget()->update();
}

void StartPage::refresh() {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  const QStringList paths = Studio::recentPaths();
  for (const QString& path : paths.mid(0, 5)) {
    auto* row = new RecentRow(path, recent_block_);
    connect(row, &QAbstractButton::clicked, this, [this, path] { Q_EMIT pathChosen(path); });
    recent_->addWidget(row);
  }
  recent_block_->setVisible(!paths.isEmpty());
}

void StartPage::showEvent(QShowEvent* event) {
  refresh();
  if (!was_examined_) examine();
  QWidget::showEvent(event);
}

}  // namespace hbev::ui
