// Which files are gone, as far as their disks say so at once: a remote mount that hangs must not hold the
// window.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include <QtCore/QStringList>

namespace hbev::ui {

/// `files` without those that are no longer there, each once. What does not answer within `moment` stays; it
/// is asked in the background, and once it has kept somebody waiting it is not waited for again. `is_there`
/// looks at the disk, in a thread of its own.
QStringList withoutGone(const QStringList& files,
                        const std::function<bool(const std::filesystem::path&)>& is_there = {},
                        std::chrono::milliseconds moment = std::chrono::milliseconds(200));

}  // namespace hbev::ui
