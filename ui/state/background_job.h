// One piece of work on a thread of its own: tells how far it is, can be cancelled, and reports how it ended.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <QtCore/QObject>

#include "core/base/error.h"
#include "core/base/progress.h"

namespace hbev::ui {

class BackgroundJob : public QObject {
  Q_OBJECT
 public:
  explicit BackgroundJob(QObject* parent = nullptr) : QObject(parent) {}
  /// Cancels, and waits for the thread.
  ~BackgroundJob() override;

  /// `work` runs on a thread that gives way to others when `idle`. What ran before is cancelled and will not
  /// be heard of again. Results belong into what `work` captures; they may be read once finished() came.
  void start(std::function<void(Progress&)> work, bool idle = false);
  /// cancelled() follows.
  void cancel();
  /// Cancels, and nothing more is heard of it.
  void abandon();
  bool isRunning() const { return running_; }

 Q_SIGNALS:
  /// Twenty times a second at most.
  void progressed(const hbev::Progress::State& state);
  void finished();
  void failed(const hbev::Problem& problem);
  void cancelled();

 private:
  void run(const std::function<void(Progress&)>& work, std::uint64_t generation, const std::stop_token& stop);
  void later(std::uint64_t generation, std::function<void()> tell);

  std::uint64_t generation_ = 0;
  bool running_ = false;
  struct Worker {
    std::shared_ptr<std::atomic<bool>> is_done;
    std::jthread thread;
  };
  std::vector<Worker> workers_;  ///< the last is the current one; those before it were told to stop
};

}  // namespace hbev::ui
