#include "ui/training/run_starter.h"

#include <algorithm>
#include <utility>

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>

namespace hbev::ui {
namespace {

constexpr qint64 kMostOutput = 1 << 16;

QString outputOf(const QString& folder) {
  return folder + QStringLiteral("/output.txt");
}

void makeRunFolder(const QString& folder) {
  if (QDir().mkpath(folder)) return;
  throw Error({.summary = "The run's folder cannot be made",
               .file = folder.toStdString(),
               .expected = {},
               .found = {},
               .advice = "Choose another folder for runs in the menu of the Runs panel."});
}

/// What it says goes into `log_file`. Throws Error.
void startTrainer(const QStringList& arguments, const QString& log_file) {
  const QString program = trainerProgram();
  QProcess process;
  process.setProgram(program);
  process.setArguments(arguments);
  process.setStandardInputFile(QProcess::nullDevice());
  process.setStandardOutputFile(log_file, QIODevice::Append);
  process.setStandardErrorFile(log_file, QIODevice::Append);
  if (!program.isEmpty() && process.startDetached()) return;
  throw Error({.summary = "The training cannot be started",
               .file = program.toStdString(),
               .expected = "the program hbevocc beside this one",
               .found = program.isEmpty() ? "none" : process.errorString().toStdString(),
               .advice = "Install it, or name it in the environment variable HBEV_TRAINER."});
}

/// The last line that the process has said, after what was there before.
QString lastWords(const QString& folder, qint64 said_before) {
  QFile file(outputOf(folder));
  if (!file.open(QIODevice::ReadOnly)) return {};
  file.seek(std::max(said_before, file.size() - kMostOutput));
  const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  return lines.isEmpty() ? QString() : lines.last().trimmed();
}

}  // namespace

QString trainerProgram() {
  const QString named = qEnvironmentVariable("HBEV_TRAINER");
  if (!named.isEmpty()) return QFileInfo(named).isExecutable() ? named : QString();
  const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/hbevocc");
  if (QFileInfo(beside).isExecutable()) return beside;
  return QStandardPaths::findExecutable(QStringLiteral("hbevocc"));
}

RunStarter::RunStarter(RunStore& store, QObject* parent, const RunStartLimits& limits)
    : QObject(parent), store_(store), limits_(limits) {
  timer_.setInterval(limits.every_ms);
  connect(&timer_, &QTimer::timeout, this, &RunStarter::look);
  connect(&launching_, &BackgroundJob::finished, this, &RunStarter::launched);
  connect(&launching_, &BackgroundJob::failed, this, [this](const Problem& problem) {
    starting_.reset();
    Q_EMIT failed(problem);
  });
  connect(&hearing_, &BackgroundJob::finished, this, &RunStarter::hear);
}

void RunStarter::start(const TrainRequest& request) {
  launch(request.folder, request.arguments(), false);
}

void RunStarter::resume(const RunData& run, qint64 steps) {
  // The run knows its data set.
  const QString folder = QString::fromStdString(run.folder.string());
  QStringList words{QStringLiteral("train"), QStringLiteral("--out"), folder, QStringLiteral("--resume")};
  if (steps > 0) words << QStringLiteral("--steps") << QString::number(steps);
  launch(folder, words, true);
}

void RunStarter::launch(const QString& folder, const QStringList& arguments, bool goes_on) {
  if (starting_ && starting_->folder == folder) {
    if (goes_on) return;  // a second click
    return Q_EMIT failed({.summary = "This run is being started already",
                          .file = folder.toStdString(),
                          .expected = {},
                          .found = {},
                          .advice = "Give the other one another name."});
  }
  if (launching_.isRunning() &&
      !giveUp("The training has not begun: another was started before its folder answered"))
    launched();
  hearing_.abandon();
  starting_.emplace();
  starting_->folder = folder;
  starting_->goes_on = goes_on;
  starting_->since_ms = starting_->waits_since_ms = QDateTime::currentMSecsSinceEpoch();
  said_before_ = std::make_shared<qint64>(0);
  launching_.startLoose(
      [folder, arguments, goes_on, fate = starting_->fate, said_before = said_before_](Progress&) {
        if (!goes_on) makeRunFolder(folder);
        QFile output(outputOf(folder));
        *said_before = output.size();
        // A mount may tell sizes that it remembers, and hang when the file is opened.
        if (goes_on && output.open(QIODevice::Append)) output.close();
        Fate waiting = Fate::Waiting;
        if (fate->compare_exchange_strong(waiting, Fate::Started)) startTrainer(arguments, outputOf(folder));
      });
  timer_.start();
}

void RunStarter::launched() {
  starting_->is_launched = true;
  starting_->waits_since_ms = QDateTime::currentMSecsSinceEpoch();
  if (!starting_->goes_on) store_.expect(starting_->folder.toStdString());
  store_.look();
}

bool RunStarter::hasBegun() const {
  if (!starting_->is_launched) return false;
  // A short one may be over before anybody has looked.
  if (!starting_->goes_on) return !store_.isExpected(starting_->folder.toStdString());
  const auto run = store_.find(starting_->folder.toStdString());
  return run && run->process.started * 1000 >= double(starting_->since_ms);
}

void RunStarter::look() {
  if (!starting_) return timer_.stop();
  if (hasBegun()) return starting_.reset();
  store_.look();
  if (QDateTime::currentMSecsSinceEpoch() - starting_->waits_since_ms > limits_.patience_ms &&
      giveUp("The training has not begun: its folder does not answer"))
    return;
  if (!starting_->is_launched || hearing_.isRunning()) return;
  heard_ = std::make_shared<QString>();
  hearing_.startLoose([heard = heard_, folder = starting_->folder, before = *said_before_](Progress&) {
    *heard = lastWords(folder, before);
  });
}

void RunStarter::hear() {
  if (!starting_) return;
  if (hasBegun()) return starting_.reset();
  starting_->words = *heard_;
  if (!starting_->words.startsWith(QStringLiteral("error"), Qt::CaseInsensitive)) return;
  const Starting refused = *std::exchange(starting_, std::nullopt);
  Q_EMIT failed({.summary = "The training did not begin",
                 .file = outputOf(refused.folder).toStdString(),
                 .expected = {},
                 .found = {},
                 .advice = refused.words.section(QLatin1Char(':'), 1).trimmed().toStdString()});
}

bool RunStarter::giveUp(const char* why) {
  Fate waiting = Fate::Waiting;
  if (!starting_->is_launched && !starting_->fate->compare_exchange_strong(waiting, Fate::GivenUp))
    return false;
  const Starting late = *std::exchange(starting_, std::nullopt);
  launching_.abandon();
  Problem problem{.summary = "The training has not begun after half a minute",
                  .file = outputOf(late.folder).toStdString(),
                  .expected = {},
                  .found = {},
                  .advice = late.words.toStdString()};
  if (!late.is_launched) {
    problem.summary = why;
    problem.file = late.folder.toStdString();
    problem.advice = "A remote mount may hang. Start it again once its disk answers, or on another disk.";
  }
  Q_EMIT failed(problem);
  return true;
}

}  // namespace hbev::ui
