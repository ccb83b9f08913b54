#include "ui/training/runs_model.h"

#include <algorithm>

#include "ui/kit/painting.h"
#include "ui/state/text.h"

namespace hbev::ui {
namespace {

/// What the row shows, for who does not see it.
QString spokenText(const RunData& run) {
  const auto trouble = run.trouble();
  QStringList words{run.name(), stateText(run)};
  words << (trouble ? toQString(trouble->summary)
                    : RunsModel::tr("step %1 of %2")
                          .arg(groupedNumber(run.last_step), groupedNumber(run.totalSteps())));
  if (const auto best = run.best()) words << RunsModel::tr("RayIoU %1").arg(decimal(best->ray_iou, 1));
  return words.join(QStringLiteral(", "));
}

}  // namespace

RunsModel::RunsModel(RunStore& store, QObject* parent) : QAbstractListModel(parent), store_(store) {
  connect(&store, &RunStore::listChanged, this, &RunsModel::refill);
  connect(&store, &RunStore::runChanged, this, [this](const std::filesystem::path& folder) {
    const QModelIndex index = indexOf(folder);
    if (index.isValid()) Q_EMIT dataChanged(index, index);
  });
  connect(&store, &RunStore::checkedChanged, this, [this] {
    if (!shown_.empty()) Q_EMIT dataChanged(index(0), index(int(shown_.size()) - 1));
  });
  refill();
}

int RunsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(shown_.size());
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
  const auto run = runAt(index);
  if (!run) return {};
  switch (role) {
    case Qt::DisplayRole:
      return run->name();
    case Qt::AccessibleTextRole:
      return spokenText(*run);
    case Qt::CheckStateRole:
      return run->color >= 0 ? Qt::Checked : Qt::Unchecked;
    case Qt::ToolTipRole: {
      const auto trouble = run->trouble();
      return (trouble ? toQString(toString(*trouble)) : toQString(run->folder.string())).toHtmlEscaped();
    }
    default:
      return {};
  }
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | Qt::ItemIsUserCheckable;
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const auto run = runAt(index);
  if (!run || role != Qt::CheckStateRole) return false;
  store_.setChecked(run->folder, value.toInt() == Qt::Checked);
  return true;
}

void RunsModel::setFilter(const QString& text) {
  words_ = text.simplified().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  refill();
}

std::shared_ptr<RunData> RunsModel::runAt(const QModelIndex& index) const {
  const bool valid = index.isValid() && index.row() < int(shown_.size());
  return valid ? shown_[std::size_t(index.row())] : nullptr;
}

QModelIndex RunsModel::indexOf(const std::filesystem::path& folder) const {
  const auto found = std::ranges::find(shown_, folder, [](const auto& run) { return run->folder; });
  return found == shown_.end() ? QModelIndex() : index(int(found - shown_.begin()));
}

RunSettings RunsModel::settings(const RunData& run) {
  const auto known = settings_.find(run.folder);
  if (known != settings_.end()) return known->second;
  if (run.trouble()) return settingsOf(run);
  return settings_[run.folder] = settingsOf(run);
}

void RunsModel::refill() {
  beginResetModel();
  shown_.clear();
  for (const auto& each : store_.runs()) {
    if (matches(*each)) shown_.push_back(each);
  }
  endResetModel();
}

bool RunsModel::matches(const RunData& run) {
  if (words_.isEmpty()) return true;
  QString text = run.name() + QLatin1Char('\n') + QString::fromStdString(run.facts.config) +
                 QLatin1Char('\n') + QString::fromStdString(run.labels.note) + QLatin1Char('\n') +
                 stateText(run);
  for (const std::string& tag : run.labels.tags)
    text += QLatin1Char('\n') + QString::fromStdString(tag);
  for (const auto& [key, value] : settings(run))
    text += QLatin1Char('\n') + QString::fromStdString(key + "=" + value);
  text = text.toLower();
  return std::ranges::all_of(words_, [&](const QString& word) { return text.contains(word); });
}

}  // namespace hbev::ui
