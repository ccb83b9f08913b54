// All that is under way: how far it is and what stops it. The status bar shows the newest of it, a popup all.
#pragma once

#include <functional>
#include <vector>

#include <QtCore/QObject>
#include <QtWidgets/QWidget>

#include "core/base/progress.h"

class QVBoxLayout;

namespace hbev::ui {

class ProgressLine;

struct Activity {
  QString id;             ///< "evaluation"; one of each goes on at a time
  Progress::State state;  ///< total 0: nobody knows how long it takes
  bool shows_percent = false;
  bool in_background = false;  ///< the status bar says nothing of it
  std::function<void()> stop;  ///< empty: it cannot be stopped
};

class Activities : public QObject {
  Q_OBJECT
 public:
  explicit Activities(QObject* parent = nullptr) : QObject(parent) {}

  /// Begins, or is further than before.
  void show(Activity activity);
  /// Nothing happens when it is not under way.
  void end(const QString& id);
  /// In the order in which they began.
  const std::vector<Activity>& running() const { return running_; }
  const Activity* find(const QString& id) const;
  /// The newest that is not in the background; null without one.
  const Activity* newest() const;

 Q_SIGNALS:
  void changed();

 private:
  std::vector<Activity> running_;
};

/// One line each, with its cross; says so when there is nothing.
class ActivitiesPopup : public QWidget {
  Q_OBJECT
 public:
  ActivitiesPopup(Activities& activities, QWidget* parent);
  /// Its lower left corner is put there (global).
  void openAt(const QPoint& corner);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void showRows();

  Activities& activities_;
  QVBoxLayout* rows_;
  QWidget* empty_;
  struct Row {
    QString id;
    ProgressLine* line;
  };
  std::vector<Row> lines_;
  QPoint corner_;
};

}  // namespace hbev::ui
