// One piece of work on a thread of its own: tells how far it is, can be cancelled, and reports how it ended.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <QtCore/QObject>

#include "core/base/error.h"
#include "core/base/progress.h"

namespace hbev::ui {

class BackgroundJob : public QObject {
  Q_OBJECT
 public:
  /// Has something run in the job's own thread, unless the work is not wanted any more.
  using Tell = std::function<void(std::function<void()>)>;

  explicit BackgroundJob(QObject* parent = nullptr) : QObject(parent) {}
  /// Cancels, and waits for the threads but for loose ones.
  ~BackgroundJob() override;

  /// `work` runs on a thread that gives way to others when `idle`. What ran before is cancelled and will not
  /// be heard of again. Results belong into what `work` captures; they may be read once finished() came.
  void start(std::function<void(Progress&)> work, bool idle = false);
  /// The same for work that reads where a disk may never answer, and touches nothing but what it owns: nobody
  /// waits for it once it is not wanted, but the process for a moment when it ends.
  void startLoose(std::function<void(Progress&)> work, bool idle = false);
  /// For work that tells more than how far it is.
  void startLoose(std::function<void(Progress&, const Tell&)> work, bool idle = false);
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
  /// Between the job and one of its threads, which may outlive it.
  struct Line {
    std::mutex mutex;
    std::condition_variable ended;
    BackgroundJob* job = nullptr;  ///< null once that has gone
    bool is_done = false;
  };
  struct Worker {
    std::shared_ptr<Line> line;
    std::jthread thread;
    bool is_loose = false;
  };
  void begin(std::function<void(Progress&, const Tell&)> work, bool idle, bool is_loose);
  static void leave(Worker& worker);
  static void run(const std::function<void(Progress&, const Tell&)>& work, const std::shared_ptr<Line>& line,
                  std::uint64_t generation, const std::stop_token& stop);
  static void later(Line& line, std::uint64_t generation, std::function<void(BackgroundJob&)> tell);

  std::uint64_t generation_ = 0;
  bool running_ = false;
  std::vector<Worker> workers_;  ///< the last is the current one; those before it were told to stop
};

}  // namespace hbev::ui
