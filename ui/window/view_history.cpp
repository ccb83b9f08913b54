#include "ui/window/view_history.h"

#include <chrono>
#include <utility>

#include <QtCore/QEvent>
#include <QtWidgets/QApplication>

#include "ui/viewport/viewport_area.h"

namespace hbev::ui {
namespace {

constexpr qint64 kOneStep_ms = 500;
constexpr int kStepId = 1;

qint64 steadyClock_ms() {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool isSameView(const ViewCamera& a, const ViewCamera& b) {
  return a.target == b.target && a.distance_m == b.distance_m && a.yaw_rad == b.yaw_rad &&
         a.pitch_rad == b.pitch_rad && a.vertical_fov_rad == b.vertical_fov_rad;
}

}  // namespace

bool ViewHistory::State::operator==(const State& other) const {
  return view == other.view && isSameView(cameras[0], other.cameras[0]) &&
         isSameView(cameras[1], other.cameras[1]);
}

/// From one state to the next. What continues it is merged into it.
class ViewHistory::Step : public QUndoCommand {
 public:
  Step(ViewHistory& history, State before, State after, qint64 at_ms, bool is_pressed)
      : history_(history),
        before_(std::move(before)),
        after_(std::move(after)),
        at_ms_(at_ms),
        gesture_(history.gesture_),
        is_pressed_(is_pressed) {}

  int id() const override { return kStepId; }
  void undo() override { history_.show(before_); }
  void redo() override {
    if (std::exchange(is_done_, true)) history_.show(after_);  // when it is pushed it is done already
  }
  bool mergeWith(const QUndoCommand* next) override {
    const auto& later = static_cast<const Step&>(*next);
    const bool one_drag = is_pressed_ && later.is_pressed_;
    if (later.gesture_ != gesture_ || !(one_drag || later.at_ms_ - at_ms_ < kOneStep_ms)) return false;
    after_ = later.after_;
    at_ms_ = later.at_ms_;
    is_pressed_ = later.is_pressed_;
    setObsolete(before_ == after_);  // back where it began
    return true;
  }

 private:
  ViewHistory& history_;
  State before_, after_;
  qint64 at_ms_;
  std::uint64_t gesture_;
  bool is_pressed_;
  bool is_done_ = false;
};

ViewHistory::ViewHistory(Studio& studio, ViewportArea& viewports, std::function<qint64()> now_ms,
                         QObject* parent)
    : QObject(parent),
      studio_(studio),
      viewports_(viewports),
      now_ms_(now_ms ? std::move(now_ms) : steadyClock_ms) {
  stack_.setUndoLimit(kMostSteps);
  known_ = current();
  qApp->installEventFilter(this);
  connect(&studio, &Studio::viewChanged, this, &ViewHistory::note);
  connect(&viewports, &ViewportArea::cameraChanged, this, &ViewHistory::note);
  // What a new data set is shown with at first is no step.
  connect(&studio, &Studio::datasetChanged, this, &ViewHistory::clear, Qt::QueuedConnection);
  connect(&stack_, &QUndoStack::canUndoChanged, this, &ViewHistory::changed);
  connect(&stack_, &QUndoStack::canRedoChanged, this, &ViewHistory::changed);
}

ViewHistory::~ViewHistory() {
  stack_.disconnect(this);
}

ViewHistory::State ViewHistory::current() const {
  return {studio_.view(),
          {viewports_.viewport(Side::A).destination(), viewports_.viewport(Side::B).destination()}};
}

bool ViewHistory::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick) {
    if (!is_pressed_) {
      record();  // what came before is a step of its own
      ++gesture_;
    }
    is_pressed_ = true;
  } else if (event->type() == QEvent::MouseButtonRelease) {
    is_pressed_ = false;
  }
  return QObject::eventFilter(watched, event);
}

void ViewHistory::note() {
  if (is_showing_ || std::exchange(is_noted_, true)) return;
  Q_EMIT changed();  // it can be undone at once
  QMetaObject::invokeMethod(this, &ViewHistory::record, Qt::QueuedConnection);
}

void ViewHistory::record() {
  if (!std::exchange(is_noted_, false)) return;
  State now = current();
  if (now == known_) return Q_EMIT changed();
  stack_.push(new Step(*this, known_, now, now_ms_(), is_pressed_));
  known_ = std::move(now);
}

void ViewHistory::show(const State& state) {
  is_showing_ = true;
  studio_.changeView([&](ViewSettings& view) { view = state.view; });
  bool moved = false;
  for (const Side side : {Side::A, Side::B}) {
    const ViewCamera& wanted = state.cameras[std::size_t(side)];
    if (isSameView(viewports_.viewport(side).destination(), wanted)) continue;
    viewports_.viewport(side).setCamera(wanted, true);
    moved = true;
  }
  if (moved) Q_EMIT viewports_.cameraChanged();
  is_showing_ = false;
  known_ = state;
  ++gesture_;  // what is changed from here on is a new step
}

void ViewHistory::undo() {
  record();
  stack_.undo();
}

void ViewHistory::redo() {
  record();
  stack_.redo();
}

void ViewHistory::clear() {
  is_noted_ = false;
  known_ = current();
  stack_.clear();
  Q_EMIT changed();
}

}  // namespace hbev::ui
