// The runs that the window knows: those of the runs folder and those attached, followed while they are
// written. Knows no widgets.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QtCore/QObject>
#include <QtCore/QStringList>

#include "ui/training/run_data.h"

namespace hbev::ui {

class RunFollower;

class RunStore : public QObject {
  Q_OBJECT
 public:
  /// `every_ms`: how often what is going on is read.
  explicit RunStore(QObject* parent = nullptr, int every_ms = 500);
  ~RunStore() override;

  // --- where runs lie
  // -----------------------------------------------------------------------------------------------
  /// The setting, else "hbevocc-runs" among the user's documents.
  static QString defaultFolder();
  QString folder() const { return folder_; }
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
  /// The run to choose once it is found: it was just started.
  void expect(const std::filesystem::path& folder);
  /// Those that are drawn over each other; each has a colour of its own as long as it is checked.
  void setChecked(const std::filesystem::path& folder, bool checked);
  std::vector<std::shared_ptr<RunData>> checked() const;
  double smoothing() const { return smoothing_; }
  void setSmoothing(double weight);

  // --- what people do with them
  // -------------------------------------------------------------------------------------
  /// failed() says what went wrong.
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
  void take(const RunUpdate& update);
  void remove(const std::filesystem::path& folder);
  void tellWanted();
  void checkAgain(RunData& run);
  void saveChecked() const;

  std::vector<std::shared_ptr<RunData>> runs_;
  std::shared_ptr<RunData> current_;
  std::filesystem::path expected_;
  QString folder_;
  QStringList attached_;
  QStringList checked_before_;  ///< colour and folder of runs that have not been found yet
  QStringList asked_for_;       ///< attached in this session: only of those it is said that they are no runs
  double smoothing_ = 0.99;
  bool was_looked_at_ = false;
  std::unique_ptr<RunFollower> follower_;
};

}  // namespace hbev::ui
