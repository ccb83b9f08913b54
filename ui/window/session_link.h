// What is shown as the words of a command line that show it again: for another window, a colleague, a note or
// a ticket; and back.
#pragma once

#include <array>
#include <optional>

#include <QtCore/QString>
#include <QtCore/QStringList>

#include "core/base/error.h"
#include "render/view_camera.h"
#include "ui/window/session_options.h"

namespace hbev::ui {

class Studio;
class ViewportArea;
enum class Side;

/// Of the program hbevocc-studio: data set, scene, keyframe, workspace, the predictions that A and B show,
/// where the viewports look from and how they draw. What opening them chooses anyway is left out. Empty
/// without a data set.
QStringList linkArguments(const Studio& studio, const ViewportArea& viewports, const QString& workspace);

/// The whole line for a shell, "hbevocc-studio /data/nuscenes --scene scene-0061 --keyframe 12 ...".
QString linkText(const QStringList& arguments);

/// What a line like that names.
struct SessionLink {
  SessionOptions options;
  QStringList left_out;  ///< options and words that no link of this version has, as a newer one may
};

/// Nothing is executed or expanded: the line's words are read as a shell would quote them, then as the
/// program reads its own; what would run or write something is left out. Throws Error for what is no such
/// line and a camera that is none. Asks no disk.
SessionLink parseLink(const QString& line);
/// The first of the files and folders that is not on this machine. Asks the disk, which may not answer: not
/// for the window's thread.
std::optional<Problem> whatIsMissing(const SessionOptions& options);
/// Takes the words out of the options that say nothing to this version, and returns them.
QStringList takeUnknownWords(SessionOptions& options);

/// "4,0,0,52,214.9,27.5,49.8": target (m, in ego), distance (m), yaw, pitch and vertical field of view
/// (degrees).
QString cameraText(const ViewCamera& camera);
/// Nothing for anything that is no such text, or no sensible camera.
std::optional<ViewCamera> parseCamera(const QString& text);

/// "openocc" or "occ3d" for a truth, the path of predictions; empty where it has none.
QString sourceWord(const Studio& studio, int source);
/// Shows something that no link can name: predictions that are not saved.
bool isUnsaved(const Studio& studio, Side side);

}  // namespace hbev::ui
