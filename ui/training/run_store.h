// The runs that the window knows: those of the runs folder and those attached, followed while they are
// written. Knows no widgets.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

#include "ui/training/run_follower.h"

namespace hbev::ui {

/// Reads and writes in the follower's thread only: a disk that does not answer never holds the window.
class RunStore : public QObject {
  Q_OBJECT
 public:
  explicit RunStore(QObject* parent = nullptr, const RunFollower::Limits& limits = {});
  ~RunStore() override;

  // --- where runs lie
  // -----------------------------------------------------------------------------------------------
  /// The setting, else "hbevocc-runs" among the user's documents.
  static QString defaultFolder();
  QString folder() const { return folder_; }
  /// False while the disk of folder() does not answer.
  bool isFolderReachable() const { return !follower_->unreachable().contains(pathOf(folder_)); }
  /// Remembered.
  void setFolder(const QString& folder);
  /// A run anywhere; remembered. attachFailed() follows where there is none.
  void attach(const QString& run);
  void detach(const QString& run);

  // --- the runs
  // -----------------------------------------------------------------------------------------------------
  /// The newest first.
  const std::vector<std::shared_ptr<RunData>>& runs() const { return runs_; }
  std::shared_ptr<RunData> find(const std::filesystem::path& folder) const;
  /// The folder of runs has been looked at once.
  bool wasLookedAt() const { return was_looked_at_; }
  /// Those that train now on this machine.
  std::vector<std::shared_ptr<RunData>> goingHere() const;

  // --- which are shown
  // ----------------------------------------------------------------------------------------------
  /// The run that head, tiles and log are about; may be null.
  const std::shared_ptr<RunData>& current() const { return current_; }
  void setCurrent(const std::filesystem::path& folder);
  /// The run to choose once it is found: it was just started. Of several the last.
  void expect(const std::filesystem::path& folder);
  /// Until it has been found.
  bool isExpected(const std::filesystem::path& folder) const;
  /// Those that are drawn over each other; each has a colour of its own as long as it is checked.
  void setChecked(const std::filesystem::path& folder, bool checked);
  std::vector<std::shared_ptr<RunData>> checked() const;
  double smoothing() const { return smoothing_; }
  void setSmoothing(double weight);

  // --- what people do with them
  // -------------------------------------------------------------------------------------
  /// Written a moment later; failed() says what went wrong.
  void send(const RunData& run, RunWish wish);
  void setLabels(const std::filesystem::path& folder, const RunLabels& labels);
  /// Looks at the disk now.
  void look();

 Q_SIGNALS:
  /// Runs have come or gone.
  void listChanged();
  /// Anything of a run is another, its curves included.
  void runChanged(const std::filesystem::path& folder);
  void currentChanged();
  void checkedChanged();
  void smoothingChanged();
  /// A run that was seen going on has ended.
  void ended(const std::filesystem::path& folder);
  void failed(const hbev::Problem& problem);
  void attachFailed(const hbev::Problem& problem);

 private:
  /// As it was named, without a look at the disk.
  static std::filesystem::path pathOf(const QString& named);
  RunWorker::Listener listener();
  void take(const RunUpdate& update);
  void add(const std::shared_ptr<RunData>& run);
  void refuse(const std::filesystem::path& named, const Problem& problem);
  /// What is no longer there goes.
  void compare(const RunWorker::Look& look);
  void remove(const std::filesystem::path& folder, bool was_taken_off);
  void arrived(const std::filesystem::path& named, const std::filesystem::path& folder);
  void supervise();
  void setUnreachable(const std::filesystem::path& place);
  bool isAttached(const RunData& run) const;
  void post(const RunData& run, std::function<void()> work);
  void tellWanted();
  void checkAgain(RunData& run);
  void saveChecked() const;

  std::vector<std::shared_ptr<RunData>> runs_;
  std::shared_ptr<RunData> current_;
  std::filesystem::path to_choose_;  ///< the last that was expected
  QString folder_;
  QStringList attached_;
  QStringList checked_before_;  ///< colour and folder of runs that have not been found yet
  QStringList asked_for_;       ///< attached in this session: only of those it is said that they are no runs
  double smoothing_ = 0.99;
  bool was_looked_at_ = false;
  std::filesystem::path canonical_folder_;  ///< as the follower found it
  QTimer supervising_;
  std::unique_ptr<RunFollower> follower_;
};

}  // namespace hbev::ui
