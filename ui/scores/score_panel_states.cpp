// What the score panel says instead of scores, or above them.
#include <algorithm>

#include <QtWidgets/QPushButton>

#include "ui/kit/notices.h"
#include "ui/kit/painting.h"
#include "ui/kit/panel_stack.h"
#include "ui/scores/evaluating.h"
#include "ui/scores/score_panel.h"
#include "ui/scores/score_tables.h"
#include "ui/state/studio.h"

namespace hbev::ui {

/// What may be wrong comes before whose the scores are, and that before what is missing.
void ScorePanel::showNotice() {
  const auto& suspicions = evaluating_.suspicions();
  if (!suspicions.empty()) {
    QStringList sentences;
    for (const Evaluating::Suspicion& each : suspicions)
      sentences << each.words();
    const Evaluating::Suspicion first = suspicions.front();
    const QString mending = first.mending();
    setNotice(true, sentences.front(), mending.isEmpty() ? tr("Show report") : mending,
              [this, first, mending] {
                mending.isEmpty() ? Q_EMIT importReportRequested(first.path) : evaluating_.mend(first);
              });
    return notice_->setToolTip(sentences.join(QLatin1Char('\n')));
  }
  if (showOwnerNotice()) return;
  if (view_.subject() == ScoreSubject::All && evaluating_.isPartial() && !evaluating_.isRunning()) {
    return setNotice(
        false, tr("%1 keyframes are not evaluated yet.").arg(groupedNumber(evaluating_.summary()->missing)),
        tr("Go on"), [this] { Q_EMIT evaluateRequested(); });
  }
  notice_->hide();
}

/// Scores of predictions that no viewport shows: says so, and shows or opens them.
bool ScorePanel::showOwnerNotice() {
  if (!view_.evaluation() || shownSide()) return false;
  const QString title = view_.sourceTitle();
  const bool open = std::ranges::any_of(studio_.sources(), [this](const OccupancySource& source) {
    return view_.numberOf(source) == view_.source();
  });
  if (open) {
    setNotice(false, tr("These scores are of %1, which no viewport shows.").arg(title), tr("Show it"),
              [this] { view_.setSource(view_.source()); });
    return true;
  }
  const std::string path = view_.evaluation()->summary.sources[view_.source()].facts.path;
  setNotice(false, tr("These scores are of %1, which is not open.").arg(title), tr("Open it"),
            [this, path] { Q_EMIT openRequested(QString::fromStdString(path)); });
  return true;
}

void ScorePanel::setNotice(bool warns, const QString& text, const QString& action,
                           std::function<void()> run) {
  notice_action_ = std::move(run);
  notice_->setNotice(warns ? NoticeLine::Kind::Warn : NoticeLine::Kind::Info, text, action);
  notice_->setToolTip(text);
  notice_->show();
}

void ScorePanel::setEmptyButton(const QString& text) {
  if (QPushButton* button = stack_->emptyState()->setPrimary(text))
    connect(button, &QPushButton::clicked, this, &ScorePanel::emptyClicked, Qt::UniqueConnection);
}

void ScorePanel::emptyClicked() {
  evaluating_.isRunning() ? evaluating_.cancel() : Q_EMIT evaluateRequested();
}

void ScorePanel::showEmpty() {
  EmptyState& empty = *stack_->emptyState();
  const bool running = evaluating_.isRunning();
  if (view_.subject() == ScoreSubject::All && running) {
    const Progress::State& state = evaluating_.progress();
    empty.setText(tr("Evaluating"),
                  state.total > 0
                      ? tr("%1 of %2 keyframes").arg(groupedNumber(state.done), groupedNumber(state.total))
                      : tr("Looking at the predictions first."));
    setEmptyButton(tr("Stop"));
  } else if (view_.subject() == ScoreSubject::All && evaluating_.whyNot().isEmpty()) {
    empty.setText(tr("Not evaluated yet"), evaluating_.estimate());
    setEmptyButton(tr("Evaluate"));
  } else if (!studio_.canScore()) {
    empty.setText(tr("Nothing to score"), tr("Show a prediction beside a truth of the same class set."));
    setEmptyButton({});
  } else {
    empty.setText(tr("No score yet"),
                  tr("A keyframe needs a prediction, a truth and its lidar to be scored."));
    setEmptyButton({});
  }
  tables_->setTable({});
  stack_->showEmpty();
}

}  // namespace hbev::ui
