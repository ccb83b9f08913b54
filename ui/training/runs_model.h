// The runs as a list: filtered by words of name, configuration, tags, note and settings; drawn by
// RunRowDelegate.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QtCore/QAbstractListModel>

#include "ui/training/run_compare.h"
#include "ui/training/run_store.h"

namespace hbev::ui {

class RunsModel : public QAbstractListModel {
  Q_OBJECT
 public:
  explicit RunsModel(RunStore& store, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

  /// Every word must be somewhere in the run; "training.batch_size=2" finds a setting.
  void setFilter(const QString& text);
  std::shared_ptr<RunData> runAt(const QModelIndex& index) const;
  QModelIndex indexOf(const std::filesystem::path& folder) const;
  /// Kept once the run could be read: its settings do not change.
  RunSettings settings(const RunData& run);

 private:
  void refill();
  bool matches(const RunData& run);

  RunStore& store_;
  std::vector<std::shared_ptr<RunData>> shown_;
  QStringList words_;
  std::map<std::filesystem::path, RunSettings> settings_;
};

}  // namespace hbev::ui
