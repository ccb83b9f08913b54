#include "ui/session_link.h"

#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

#include "ui/studio.h"

namespace hbev::ui {
namespace {

QString quotedForShell(QString argument) {
  static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
  if (kPlain.match(argument).hasMatch()) return argument;
  return QLatin1Char('\'') + argument.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

}  // namespace

QStringList linkArguments(const Studio& studio, const QString& workspace) {
  const auto& dataset = studio.dataset();
  if (!dataset) return {};
  const FrameKey at = studio.current();
  QStringList arguments{QFileInfo(QString::fromStdString(dataset->root().string())).absoluteFilePath()};
  arguments << QStringLiteral("--scene") << QString::fromStdString(dataset->scenes()[at.scene].name)
            << QStringLiteral("--keyframe") << QString::number(at.index + 1) << QStringLiteral("--workspace")
            << workspace;
  QStringList paths;
  // What is opened last is shown in A.
  for (const Side side : {Side::B, Side::A}) {
    const OccupancySource* source = studio.source(side);
    if (!source || source->isTruth()) continue;
    const QString path = QString::fromStdString(source->prediction->path().string());
    if (!path.isEmpty() && QFileInfo::exists(path)) paths << QFileInfo(path).absoluteFilePath();
  }
  paths.removeDuplicates();
  if (!paths.isEmpty()) arguments << QStringLiteral("--predictions") << paths;
  return arguments;
}

QString linkText(const QStringList& arguments) {
  QStringList words{QStringLiteral("hbevocc-studio")};
  for (const QString& argument : arguments)
    words << quotedForShell(argument);
  return words.join(QLatin1Char(' '));
}

}  // namespace hbev::ui
