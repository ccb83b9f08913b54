#include "ui/training/train_settings.h"

#include <array>

#include <QtCore/QCoreApplication>
#include <QtCore/QSignalBlocker>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QTableWidget>
#include <QtWidgets/QVBoxLayout>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

/// Settings of a training that have no field of their own.
struct AdvancedSetting {
  const char* key;
  const char* help;
  QString (*value)(const ModelConfig&);
};

QString truthOf(bool value) {
  return value ? QStringLiteral("true") : QStringLiteral("false");
}
QString rangeOf(const AxisRange& range) {
  return QStringLiteral("[%1, %2]").arg(settingNumber(range.lower), settingNumber(range.upper));
}

QString listOf(const std::vector<int>& numbers) {
  QStringList texts;
  for (const int number : numbers)
    texts << QString::number(number);
  return QLatin1Char('[') + texts.join(QStringLiteral(", ")) + QLatin1Char(']');
}

const std::array<AdvancedSetting, 16> kAdvanced{{
    {"training.weight_decay", QT_TRANSLATE_NOOP("Train", "How strongly AdamW pulls weights towards zero."),
     [](const ModelConfig& config) { return settingNumber(config.training.weight_decay); }},
    {"training.clip_norm", QT_TRANSLATE_NOOP("Train", "Longer gradients are shortened to this norm."),
     [](const ModelConfig& config) { return settingNumber(config.training.clip_norm); }},
    {"training.warmup_iterations", QT_TRANSLATE_NOOP("Train", "Steps over which the learning rate rises."),
     [](const ModelConfig& config) { return QString::number(config.training.warmup_iterations); }},
    {"training.warmup_ratio",
     QT_TRANSLATE_NOOP("Train", "Share of the learning rate that the first step has."),
     [](const ModelConfig& config) { return settingNumber(config.training.warmup_ratio); }},
    {"training.precision",
     QT_TRANSLATE_NOOP("Train", "What is computed in: float32; bfloat16; float16, on cards only."),
     [](const ModelConfig& config) { return QString::fromStdString(config.training.precision); }},
    {"training.schedule",
     QT_TRANSLATE_NOOP("Train", "After the warm-up: constant, cosine down to zero, or step at the falls."),
     [](const ModelConfig& config) { return QString::fromStdString(config.training.schedule); }},
    {"training.falls", QT_TRANSLATE_NOOP("Train", "Of the schedule step: epochs after which the rate falls."),
     [](const ModelConfig& config) { return listOf(config.training.falls); }},
    {"training.ema_decay",
     QT_TRANSLATE_NOOP("Train", "How long the running average of the weights remembers."),
     [](const ModelConfig& config) { return settingNumber(config.training.ema_decay); }},
    {"training.ema_updates",
     QT_TRANSLATE_NOOP("Train",
                       "Updates that count as done; 0 for random weights, which the average forgets."),
     [](const ModelConfig& config) { return QString::number(config.training.ema_updates); }},
    {"training.recompute",
     QT_TRANSLATE_NOOP("Train", "Activations are computed twice: less memory, more time."),
     [](const ModelConfig& config) { return truthOf(config.training.recompute); }},
    {"training.camera_mask",
     QT_TRANSLATE_NOOP("Train", "Losses count only the voxels that some camera sees."),
     [](const ModelConfig& config) { return truthOf(config.training.camera_mask); }},
    {"training.resize", QT_TRANSLATE_NOOP("Train", "Pictures are scaled by 1 plus a number between these."),
     [](const ModelConfig& config) { return rangeOf(config.training.resize); }},
    {"training.rotate_deg",
     QT_TRANSLATE_NOOP("Train", "Pictures are turned by an angle between these, degrees."),
     [](const ModelConfig& config) { return rangeOf(config.training.rotate_deg); }},
    {"training.flip_images", QT_TRANSLATE_NOOP("Train", "Every other picture is mirrored."),
     [](const ModelConfig& config) { return truthOf(config.training.flip_images); }},
    {"training.flip_x", QT_TRANSLATE_NOOP("Train", "Every other scene is mirrored front to back."),
     [](const ModelConfig& config) { return truthOf(config.training.flip_x); }},
    {"training.flip_y", QT_TRANSLATE_NOOP("Train", "Every other scene is mirrored left to right."),
     [](const ModelConfig& config) { return truthOf(config.training.flip_y); }},
}};

}  // namespace

QString settingNumber(double value) {
  return QString::number(value, 'g', 6);
}

TrainSettings::TrainSettings(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  const int row_height = Theme::current().sizes().table_row + 2;
  table_ = new QTableWidget(int(kAdvanced.size()), 2, this);
  table_->setObjectName(QStringLiteral("advanced"));
  table_->horizontalHeader()->hide();
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(row_height);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setShowGrid(false);
  table_->setFixedHeight(int(kAdvanced.size()) * row_height);
  table_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  table_->setTabKeyNavigation(false);
  table_->setAccessibleName(tr("More settings"));
  connect(table_, &QTableWidget::cellChanged, this, &TrainSettings::changed);
  column->addWidget(table_);
  other_ = new QLineEdit(this);
  other_->setObjectName(QStringLiteral("otherSettings"));
  other_->setPlaceholderText(tr("Others: lift.channels=32; image.width=352"));
  other_->setToolTip(
      tr("<b>Other settings</b><br>section.key=value, with semicolons between: any key of the "
         "configuration's file."));
  connect(other_, &QLineEdit::textChanged, this, &TrainSettings::changed);
  column->addWidget(other_);
}

void TrainSettings::setConfig(const ModelConfig& config) {
  const QSignalBlocker quiet(table_);
  for (int row = 0; row < int(kAdvanced.size()); ++row) {
    const AdvancedSetting& each = kAdvanced[std::size_t(row)];
    auto* key = new QTableWidgetItem(QString::fromLatin1(each.key));
    key->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    auto* value = new QTableWidgetItem(each.value(config));
    value->setData(Qt::UserRole, value->text());
    for (QTableWidgetItem* item : {key, value}) {
      item->setFont(Theme::current().mono(TextSize::Small));
      item->setToolTip(
          QStringLiteral("<b>%1</b><br>%2")
              .arg(QString::fromLatin1(each.key), QCoreApplication::translate("Train", each.help)));
    }
    table_->setItem(row, 0, key);
    table_->setItem(row, 1, value);
  }
}

QStringList TrainSettings::settings() const {
  QStringList settings;
  for (int row = 0; row < table_->rowCount(); ++row) {
    const QTableWidgetItem* value = table_->item(row, 1);
    if (value && value->text().trimmed() != value->data(Qt::UserRole).toString())
      settings << table_->item(row, 0)->text() + QLatin1Char('=') + value->text().trimmed();
  }
  for (const QString& each : other_->text().split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
    if (!each.trimmed().isEmpty()) settings << each.trimmed();
  }
  return settings;
}

void TrainSettings::setOthers(const QStringList& settings) {
  other_->setText(settings.join(QStringLiteral("; ")));
}

}  // namespace hbev::ui
