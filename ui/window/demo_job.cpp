#include "ui/window/demo_job.h"

#include <QtCore/QDir>
#include <QtCore/QStandardPaths>

#include "core/data/tables.h"
#include "core/synth/demo_world.h"

namespace hbev::ui {

DemoJob::~DemoJob() {
  thread_.request_stop();
}

QString DemoJob::defaultFolder() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation))
      .filePath(QStringLiteral("demo-city"));
}

bool DemoJob::exists(const QString& folder) {
  return isVersionFolder(folder.toStdString() + "/v1.0-mini");
}

void DemoJob::start(const QString& folder) {
  if (running_) return;
  running_ = true;
  thread_ = std::jthread([this, folder](const std::stop_token& stop) {
    const auto later = [this](auto what) { QMetaObject::invokeMethod(this, what, Qt::QueuedConnection); };
    Progress progress(
        [&](const Progress::State& state) { later([this, state] { Q_EMIT progressed(state); }); }, stop);
    std::optional<Problem> problem;
    bool was_cancelled = false;
    try {
      writeDemoWorld(folder.toStdString(), DemoOptions{}, progress);
    } catch (const Cancelled&) {
      was_cancelled = true;
    } catch (const Error& error) {
      problem = error.problem();
    } catch (const std::exception& error) {
      problem = Problem{"The demo cannot be made", folder.toStdString(), {}, error.what(), {}};
    }
    later([this, folder, problem, was_cancelled] {
      running_ = false;
      if (was_cancelled) return Q_EMIT cancelled();
      problem ? Q_EMIT failed(*problem) : Q_EMIT finished(folder);
    });
  });
}

void DemoJob::cancel() {
  thread_.request_stop();
}

}  // namespace hbev::ui
