// What is shown as the arguments that show it again: for another window, a colleague, a note or a ticket.
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace hbev::ui {

class Studio;

/// Of the program hbevocc-studio: data set, scene, keyframe, workspace and the predictions that A and B show.
/// Empty without a data set.
QStringList linkArguments(const Studio& studio, const QString& workspace);

/// The whole line for a shell, "hbevocc-studio /data/nuscenes --scene scene-0061 --keyframe 12 ...".
QString linkText(const QStringList& arguments);

}  // namespace hbev::ui
