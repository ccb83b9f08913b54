#include "ui/training/curve_panel.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include <QtCore/QBuffer>
#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "core/base/error.h"
#include "core/base/files.h"
#include "ui/kit/buttons.h"
#include "ui/kit/elided_label.h"
#include "ui/kit/icons.h"
#include "ui/kit/label.h"
#include "ui/kit/painting.h"
#include "ui/kit/theme.h"
#include "ui/state/background_job.h"

namespace hbev::ui {
namespace {

constexpr int kHeader = 30, kMark = 10, kMarkGap = 5, kEntryGap = 14;
// Of a saved picture, logical pixels; there are twice as many real ones.
constexpr int kPictureWidth = 960, kPictureHeight = 480, kPictureMargin = 12, kPictureLine = 20;
constexpr double kPictureScale = 2;

QColor legendColor(const CurveLine& line) {
  const Theme& theme = Theme::current();
  if (line.role) return theme.color(*line.role, line.alpha);
  return line.color < 0 ? theme.color(Role::Text)
                        : theme.curves()[std::size_t(line.color) % theme.curves().size()];
}

QString restText(std::size_t count) {
  return QStringLiteral("+%1").arg(count);
}

int entryWidth(const CurveLine& line, const QFontMetrics& metrics) {
  return kMark + kMarkGap + metrics.horizontalAdvance(line.name) + kEntryGap;
}

void paintEntry(QPainter& painter, const CurveLine& line, const QRect& place) {
  const Theme& theme = Theme::current();
  const bool hidden = line.alpha == 0;
  QColor color = legendColor(line);
  color.setAlphaF(hidden ? 0.25F : float(line.alpha));
  painter.fillRect(QRect(place.left(), place.center().y(), kMark, 2), color);
  painter.setPen(theme.color(hidden ? Role::Text3 : Role::Text2));
  painter.drawText(place.adjusted(kMark + kMarkGap, 0, 0, 0), Qt::AlignVCenter, line.name);
}

/// Jobs that write one file: the one that was asked for last has the last word.
struct SavedFile {
  std::mutex mutex;  ///< whose turn it is
  std::atomic<int> last = 0;
};

/// Of whichever panel; called by the window's thread alone.
std::shared_ptr<SavedFile> savedFile(const QString& path) {
  static std::map<QString, std::weak_ptr<SavedFile>> files;
  std::erase_if(files, [](const auto& each) { return each.second.expired(); });
  std::weak_ptr<SavedFile>& known = files[path];
  auto file = known.lock();
  if (!file) known = file = std::make_shared<SavedFile>();
  return file;
}

}  // namespace

CurveLegend::CurveLegend(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void CurveLegend::setLines(const std::vector<CurveLine>& lines) {
  lines_ = lines;
  QStringList names, states;
  for (const CurveLine& line : lines_) {
    names << line.name;
    states << (line.alpha > 0 ? line.name : tr("%1 (hidden)").arg(line.name));
  }
  setAccessibleName(states.join(QStringLiteral(", ")));
  setToolTip(tr("Click a name to hide its line: %1").arg(names.join(QStringLiteral(", ")).toHtmlEscaped()));
  updateGeometry();
  update();
}

QSize CurveLegend::sizeHint() const {
  const QFontMetrics metrics(Theme::current().font(TextSize::Small));
  int width = 0;
  for (const CurveLine& line : lines_)
    width += entryWidth(line, metrics);
  return {width, 20};
}

void CurveLegend::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setFont(theme.font(TextSize::Small));
  int x = 0;
  const std::size_t shown = namesShown();
  for (std::size_t i = 0; i < shown; ++i) {
    const int width = entryWidth(lines_[i], painter.fontMetrics());
    paintEntry(painter, lines_[i], QRect(x, 0, width + kEntryGap, height()));
    x += width;
  }
  if (shown == lines_.size()) return;
  painter.setPen(theme.color(Role::Text2));
  painter.drawText(QRect(x, 0, this->width() - x, height()), Qt::AlignVCenter,
                   restText(lines_.size() - shown));
}

/// All of them, or as many as leave room for "+2".
std::size_t CurveLegend::namesShown() const {
  const QFontMetrics metrics(Theme::current().font(TextSize::Small));
  int x = 0;
  std::size_t fitting = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    x += entryWidth(lines_[i], metrics);
    if (x - kEntryGap > width()) return fitting;
    const int rest = metrics.horizontalAdvance(restText(lines_.size() - i - 1));
    if (x + rest <= width()) fitting = i + 1;
  }
  return lines_.size();
}

QStringList CurveLegend::shownTexts() const {
  QStringList texts;
  const std::size_t shown = namesShown();
  for (std::size_t i = 0; i < shown; ++i)
    texts << lines_[i].name;
  if (shown < lines_.size()) texts << restText(lines_.size() - shown);
  return texts;
}

void CurveLegend::mouseReleaseEvent(QMouseEvent* event) {
  const QFontMetrics metrics(Theme::current().font(TextSize::Small));
  int x = 0;
  const std::size_t shown = namesShown();
  for (std::size_t i = 0; i < shown; ++i) {
    x += entryWidth(lines_[i], metrics);
    if (event->position().x() < x) {
      Q_EMIT clicked(lines_[i].name);
      return;
    }
  }
  if (shown < lines_.size()) openRest();
}

void CurveLegend::addLines(QMenu& menu, std::size_t first) {
  for (std::size_t i = first; i < lines_.size(); ++i) {
    QAction* action =
        menu.addAction(lines_[i].name, this, [this, name = lines_[i].name] { Q_EMIT clicked(name); });
    action->setCheckable(true);
    action->setChecked(lines_[i].alpha > 0);
  }
}

void CurveLegend::openRest() {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  addLines(*menu, namesShown());
  menu->popup(mapToGlobal(QPoint(width() - menu->sizeHint().width(), height())));
}

CurvePanel::CurvePanel(const QString& title, CurvePlot::Kind kind, QWidget* parent)
    : QWidget(parent), title_(title) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* header = new QWidget(this);
  header->setFixedHeight(kHeader);
  header_ = new QHBoxLayout(header);
  header_->setContentsMargins(12, 0, 6, 0);
  header_->setSpacing(8);
  header_->addWidget(makeLabel(title, Role::Text, TextSize::Body, Weight::Semibold, header));
  subject_ = new ElidedLabel({}, Qt::ElideRight, header);
  subject_->setRole(Role::Text3);
  header_->addWidget(subject_, 1);
  legend_ = new CurveLegend(header);
  header_->addWidget(legend_);
  auto* more =
      makeIconButton(QStringLiteral("more"), tr("Lines, picture and values of %1").arg(title), header);
  connect(more, &QToolButton::clicked, this, [this, more] { openMenu(more); });
  header_->addWidget(more);
  column->addWidget(header);
  plot_ = new CurvePlot(title, kind, this);
  column->addWidget(plot_, 1);
  nothing_ = makeLabel({}, Role::Text3, TextSize::Small, Weight::Normal, this);
  setMayCome(true);
  nothing_->setAlignment(Qt::AlignCenter);
  column->addWidget(nothing_, 1);
  showLines();
  connect(legend_, &CurveLegend::clicked, this, [this](const QString& name) {
    if (hidden_.removeAll(name) == 0) hidden_ << name;
    showLines();
  });
  connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CurvePanel::setSubject(const QString& subject) {
  subject_->setText(subject);
}

QString CurvePanel::subject() const {
  return subject_->text();
}

void CurvePanel::setLines(std::vector<CurveLine> lines) {
  lines_ = std::move(lines);
  showLines();
}

void CurvePanel::setMayCome(bool may_come) {
  nothing_->setText(may_come ? tr("Nothing yet") : tr("Nothing"));
}

void CurvePanel::showLines() {
  std::vector<CurveLine> shown, named = lines_;
  for (CurveLine& line : named) {
    if (hidden_.contains(line.name)) {
      line.alpha = 0;
    } else {
      shown.push_back(line);
    }
  }
  legend_->setLines(lines_.size() > 1 ? named : std::vector<CurveLine>());
  plot_->setLines(std::move(shown));
  // Axes of nothing say nothing.
  plot_->setVisible(!lines_.empty());
  nothing_->setVisible(lines_.empty());
}

void CurvePanel::addWidget(QWidget* widget) {
  header_->insertWidget(header_->count() - 1, widget);
}

void CurvePanel::openMenu(QWidget* button) {
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->addAction(icon("export"), tr("Save picture (PNG)"), this,
                  [this] { save(QStringLiteral("png"), &CurvePanel::savePicture); });
  menu->addAction(icon("table"), tr("Save values (CSV)"), this,
                  [this] { save(QStringLiteral("csv"), &CurvePanel::saveValues); });
  menu->addSeparator();
  QAction* all = menu->addAction(tr("Show all steps"), this, [this] {
    plot_->setZoom(std::nullopt);
    Q_EMIT plot_->zoomed(std::nullopt);
  });
  all->setEnabled(plot_->isZoomed());
  if (lines_.size() > 1) legend_->addLines(*menu->addMenu(tr("Lines")), 0);
  menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void CurvePanel::save(const QString& ending, void (CurvePanel::*write)(const QString&)) {
  QString name = QStringLiteral("%1-%2.%3").arg(run_name_, title_.toLower(), ending);
  name.replace(QLatin1Char(' '), QLatin1Char('-'));
  QString path = QFileDialog::getSaveFileName(this, tr("Save %1").arg(title_), name);
  if (path.isEmpty()) return;
  if (!path.endsWith(QLatin1Char('.') + ending, Qt::CaseInsensitive)) path += QLatin1Char('.') + ending;
  (this->*write)(path);
}

/// For people who do not see the window: run, title and all names stand above the plot.
QPixmap CurvePanel::picture() const {
  const Theme& theme = Theme::current();
  const QFont title_font = theme.font(TextSize::Heading, Weight::Semibold),
              font = theme.font(TextSize::Small);
  const QFontMetrics metrics(font);
  const int right = kPictureWidth - kPictureMargin;
  std::vector<QPoint> places;
  QPoint at(kPictureMargin, kPictureMargin + kPictureLine + 4);
  const std::vector<CurveLine> named = lines_.size() > 1 ? plot_->lines() : std::vector<CurveLine>();
  for (const CurveLine& line : named) {
    const int width = entryWidth(line, metrics);
    if (at.x() > kPictureMargin && at.x() + width - kEntryGap > right)
      at = {kPictureMargin, at.y() + kPictureLine};
    places.push_back(at);
    at.rx() += width;
  }
  const int top = named.empty() ? at.y() : at.y() + kPictureLine + 4;
  QPixmap picture(QSize(kPictureWidth, top + kPictureHeight) * kPictureScale);
  picture.setDevicePixelRatio(kPictureScale);
  picture.fill(theme.color(Role::Panel));
  QPainter painter(&picture);
  painter.setFont(title_font);
  painter.setPen(theme.color(Role::Text));
  QStringList words{run_name_, title_, subject()};
  words.removeAll(QString());
  painter.drawText(QRect(kPictureMargin, kPictureMargin, right - kPictureMargin, kPictureLine),
                   Qt::AlignVCenter, words.join(QStringLiteral(" \u00B7 ")));
  painter.setFont(font);
  for (std::size_t i = 0; i < places.size(); ++i)
    paintEntry(painter, named[i], QRect(places[i], QSize(kPictureWidth, kPictureLine)));
  QPixmap plot = plot_->picture({kPictureWidth, kPictureHeight}, kPictureScale);
  plot.setDevicePixelRatio(kPictureScale);
  painter.drawPixmap(0, top, plot);
  return picture;
}

void CurvePanel::savePicture(const QString& path) {
  QBuffer png;
  png.open(QIODevice::WriteOnly);
  if (!picture().save(&png, "PNG")) {
    return Q_EMIT failed({.summary = "The picture cannot be written",
                          .file = path.toStdString(),
                          .expected = "a PNG of the plot",
                          .found = "Qt made none of it",
                          .advice = "Hide some of the lines, or save the values."});
  }
  writeLater(path, png.data().toStdString());
}

void CurvePanel::saveValues(const QString& path) {
  writeLater(path, plot_->csv().toStdString());
}

/// A job for each: several files may be saved one after another.
void CurvePanel::writeLater(const QString& path, std::string bytes) {
  auto* job = new BackgroundJob(this);
  connect(job, &BackgroundJob::finished, job, &QObject::deleteLater);
  connect(job, &BackgroundJob::failed, this, [this, job](const Problem& problem) {
    job->deleteLater();
    Q_EMIT failed(problem);
  });
  auto saved = savedFile(path);
  const int number = ++saved->last;
  job->startLoose(
      [saved = std::move(saved), number, file = path.toStdString(), bytes = std::move(bytes)](Progress&) {
        const std::lock_guard lock(saved->mutex);
        if (saved->last == number) writeFile(file, std::string_view(bytes));
      });
}

void CurvePanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Theme& theme = Theme::current();
  painter.fillRect(rect(), theme.color(Role::Panel));
  const QRect header(0, 0, width(), kHeader);
  painter.fillRect(header, theme.color(Role::Surface));
  paintBottomLine(painter, header, theme.color(Role::Border));
}

}  // namespace hbev::ui
