// What is shown as the words of a command line that show it again: for another window, a colleague, a note or
// a ticket; and back.
#pragma once

#include <array>
#include <optional>

#include <QtCore/QString>
#include <QtCore/QStringList>

#include "render/view_camera.h"
#include "ui/window/session_options.h"

namespace hbev::ui {

class Studio;

/// Of the program hbevocc-studio: data set, scene, keyframe, workspace, the predictions that A and B show,
/// and where `camera` looks from. What opening them chooses anyway is left out. Empty without a data set.
QStringList linkArguments(const Studio& studio, const QString& workspace, const ViewCamera& camera);

/// The whole line for a shell, "hbevocc-studio /data/nuscenes --scene scene-0061 --keyframe 12 ...".
QString linkText(const QStringList& arguments);

/// What a line like that names. Nothing is executed or expanded: its words are read as a shell would quote
/// them, then as the program reads its own. Throws Error for what is no such line, unknown options, options
/// that are none of a link's, a camera that is none, and files that are not there.
SessionOptions parseLink(const QString& line);

/// "4,0,0,52,214.9,27.5,49.8": target (m, in ego), distance (m), yaw, pitch and vertical field of view
/// (degrees).
QString cameraText(const ViewCamera& camera);
/// Nothing for anything that is no such text, or no sensible camera.
std::optional<ViewCamera> parseCamera(const QString& text);

/// "openocc" or "occ3d" for a truth, the path of predictions; empty where it has none.
QString sourceWord(const Studio& studio, int source);

}  // namespace hbev::ui
