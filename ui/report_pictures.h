// Pictures for a report: the worst keyframes of an evaluation, prediction beside truth, drawn without a
// window.
#pragma once

#include <string>

#include "core/base/progress.h"

namespace hbev::ui {

struct ScoreExport;

/// A section of HTML with the `count` keyframes of lowest RayIoU of every source that is open, each as one
/// picture: prediction (by outcome) and truth (by class). Says why in a sentence where there is no OpenGL.
/// Throws Cancelled.
std::string worstPicturesHtml(const ScoreExport& scores, std::size_t count, Progress& progress);

}  // namespace hbev::ui
