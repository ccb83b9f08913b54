// What became of predictions that were opened: format, class set, orientation, what is refused and why.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <QtWidgets/QWidget>

#include "core/data/predictions/source.h"
#include "ui/state/background_job.h"
#include "ui/state/studio.h"

class QToolButton;

namespace hbev::ui {

class PanelHeader;
class PanelStack;
class ProgressLine;
class ScrollColumn;
class Section;

/// "OpenOcc"
QString classSetTitle(const ClassSet& classes);
/// "8 accepted, 2 refused"
QString importSummary(const ImportReport& report);
/// The whole report: for the clipboard.
QString importText(const ImportReport& report);
/// True when there is something that a person should look at.
bool needsAttention(const ImportReport& report);

class ImportPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ImportPanel(Studio& studio, QWidget* parent = nullptr);
  /// Inspects a folder or file in the background; reported() follows unless `quietly`.
  void inspect(const std::filesystem::path& path, bool quietly = false);
  bool isRunning() const { return job_.isRunning(); }
  /// Of the open data set, newest first.
  std::vector<ImportReport> reports() const;
  QSize sizeHint() const override { return {320, 400}; }

 Q_SIGNALS:
  void closeRequested();
  void reported(const hbev::ImportReport& report);

 private:
  struct Entry {
    std::filesystem::path path;  ///< as it was asked for
    bool quietly = false;
    std::optional<ImportReport> report;
    Orientation used;  ///< how the source that is open is turned
  };
  void inspectNewSources();
  void startNext();
  void take(ImportReport report);
  void showReports();
  Section* makeSection(Entry& entry);
  QWidget* makeFacts(const ImportReport& report, QWidget* parent);
  QWidget* makeOrientationButton(Entry& entry, QWidget* parent);
  QWidget* makeRefusals(const ImportReport& report, QWidget* parent);

  Studio& studio_;
  BackgroundJob job_;
  std::shared_ptr<ImportReport> made_;  ///< written by the job until it has finished
  std::filesystem::path in_work_;
  std::vector<std::unique_ptr<Entry>> entries_;  ///< newest first
  PanelHeader* header_;
  PanelStack* stack_;
  ProgressLine* progress_;
  ScrollColumn* sections_;
};

}  // namespace hbev::ui
