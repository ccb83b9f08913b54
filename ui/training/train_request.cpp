#include "ui/training/train_request.h"

#include "ui/training/run_compare.h"
#include "ui/training/run_data.h"

namespace hbev::ui {

QStringList TrainRequest::allSettings() const {
  QStringList all{QStringLiteral("training.batch_size=%1").arg(batch),
                  QStringLiteral("training.learning_rate=%1").arg(learning_rate, 0, 'g', 6)};
  return all + settings;
}

QStringList TrainRequest::arguments() const {
  QStringList words{QStringLiteral("train"),
                    data,
                    QStringLiteral("--config"),
                    config,
                    QStringLiteral("--out"),
                    folder,
                    QStringLiteral("--split"),
                    split,
                    QStringLiteral("--evaluate-split"),
                    evaluate_split,
                    QStringLiteral("--steps"),
                    QString::number(steps),
                    QStringLiteral("--seed"),
                    QString::number(seed),
                    QStringLiteral("--device"),
                    device,
                    QStringLiteral("--checkpoint-every"),
                    QString::number(checkpoint_every),
                    QStringLiteral("--evaluate-every"),
                    QString::number(evaluate_every),
                    QStringLiteral("--evaluate-keyframes"),
                    QString::number(evaluate_keyframes)};
  if (!weights.isEmpty()) words << QStringLiteral("--weights") << weights;
  if (!boost.isEmpty()) words << QStringLiteral("--boost") << boost;
  if (accumulate > 1) words << QStringLiteral("--accumulate") << QString::number(accumulate);
  if (exact_images) words << QStringLiteral("--exact-images");
  for (const QString& each : allSettings())
    words << QStringLiteral("--set") << each;
  return words;
}

TrainRequest requestLike(const RunData& run) {
  const RunFacts& facts = run.facts;
  TrainRequest request;
  request.data = QString::fromStdString(facts.data);
  request.config = QString::fromStdString(RunPaths(run.folder).config().string());
  request.split = QString::fromStdString(facts.split);
  request.evaluate_split = QString::fromStdString(facts.evaluate_split);
  const RunCheckpoint* learned = run.bestCheckpoint() ? run.bestCheckpoint() : run.newestCheckpoint();
  request.weights = QString::fromStdString(learned ? learned->file.string() : facts.weights);
  request.steps = facts.total_steps;
  request.batch = facts.batch_size;
  const RunSettings settings = settingsOfToml(run.config_toml);
  if (const auto rate = settings.find("training.learning_rate"); rate != settings.end())
    request.learning_rate = QString::fromStdString(rate->second).toDouble();
  request.seed = facts.seed;
  if (facts.checkpoint_every > 0) request.checkpoint_every = facts.checkpoint_every;
  request.evaluate_every = facts.evaluate_every;
  if (facts.evaluate_keyframes > 0) request.evaluate_keyframes = facts.evaluate_keyframes;
  request.accumulate = facts.accumulate;
  request.exact_images = facts.exact_images;
  if (run.has_boost) request.boost = QString::fromStdString(RunPaths(run.folder).boost().string());
  return request;
}

}  // namespace hbev::ui
