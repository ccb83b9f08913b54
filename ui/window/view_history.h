// Undo and redo of the view: where the viewports look from and how the window draws. Data, keyframe, sources
// and panels stay as they are.
#pragma once

#include <array>
#include <functional>

#include <QtCore/QObject>
#include <QtGui/QUndoStack>

#include "ui/state/studio.h"

namespace hbev::ui {

class ViewportArea;

class ViewHistory : public QObject {
  Q_OBJECT
 public:
  /// Changes of one drag, and those that follow each other within half a second without a press of the mouse
  /// between, are one step. `now_ms`: a clock that only grows; the machine's without one.
  ViewHistory(Studio& studio, ViewportArea& viewports, std::function<qint64()> now_ms = {},
              QObject* parent = nullptr);
  ~ViewHistory() override;

  bool canUndo() const { return stack_.canUndo() || is_noted_; }
  bool canRedo() const { return stack_.canRedo(); }
  int count() const { return stack_.count(); }
  void undo();
  void redo();
  /// What is shown now is where it begins.
  void clear();

  static constexpr int kMostSteps = 200;

 Q_SIGNALS:
  void changed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct State {
    ViewSettings view;
    std::array<ViewCamera, 2> cameras;
    bool operator==(const State& other) const;
  };
  class Step;

  State current() const;
  /// Something has changed: it is looked at once the event that did it is through.
  void note();
  void record();
  void show(const State& state);

  Studio& studio_;
  ViewportArea& viewports_;
  std::function<qint64()> now_ms_;
  QUndoStack stack_;
  State known_;
  bool is_showing_ = false;  ///< a step is being undone or redone
  bool is_noted_ = false;
  bool is_pressed_ = false;  ///< a button of the mouse
  qint64 changed_at_ms_ = 0;
  std::uint64_t gesture_ = 0;  ///< counts presses
};

}  // namespace hbev::ui
