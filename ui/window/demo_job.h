// Makes the demo world in the background and tells how far it is.
#pragma once

#include <thread>

#include <QtCore/QObject>

#include "core/base/error.h"
#include "core/base/progress.h"

namespace hbev::ui {

class DemoJob : public QObject {
  Q_OBJECT
 public:
  explicit DemoJob(QObject* parent = nullptr) : QObject(parent) {}
  ~DemoJob() override;

  /// Where the window keeps its demo world: the user's data folder.
  static QString defaultFolder();
  /// True when a demo world is there already.
  static bool exists(const QString& folder);
  void start(const QString& folder);
  void cancel();
  bool isRunning() const { return running_; }

 Q_SIGNALS:
  void progressed(const hbev::Progress::State& state);
  void finished(const QString& folder);
  void failed(const hbev::Problem& problem);
  void cancelled();

 private:
  bool running_ = false;
  std::jthread thread_;
};

}  // namespace hbev::ui
