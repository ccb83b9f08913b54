// What a panel says in place of, or above, its content: empty state, error, and the 28 px notice line.
#pragma once

#include <QtWidgets/QWidget>

#include "core/base/error.h"

class QLabel;
class QPushButton;
class QHBoxLayout;

namespace hbev::ui {

class ElidedLabel;
class WrappingLabel;

/// Icon 24, a line saying what is absent, a line saying why or how, at most one primary and one normal
/// button.
class EmptyState : public QWidget {
  Q_OBJECT
 public:
  EmptyState(const QString& icon_name, const QString& title, const QString& line, QWidget* parent = nullptr);
  void setText(const QString& title, const QString& line);
  /// Adds or renames the button; the owner connects it. An empty text removes it and returns nullptr.
  QPushButton* setPrimary(const QString& text);
  QPushButton* setSecondary(const QString& text);

 private:
  QPushButton* setButton(QPushButton*& slot, const QString& text, bool primary);

  QLabel* title_;
  QLabel* line_;
  QHBoxLayout* buttons_;
  QPushButton* primary_ = nullptr;
  QPushButton* secondary_ = nullptr;
};

/// A problem in place: line in `error` at left, title, file, expected and found, advice, buttons, copy icon.
class ErrorNotice : public QWidget {
  Q_OBJECT
 public:
  explicit ErrorNotice(QWidget* parent = nullptr);
  explicit ErrorNotice(const Problem& problem, QWidget* parent = nullptr);
  void setProblem(const Problem& problem);
  const Problem& problem() const { return problem_; }
  /// A normal button below the text; the owner connects it.
  QPushButton* addButton(const QString& text);
  void clearButtons();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Problem problem_;
  WrappingLabel* title_;
  WrappingLabel* text_;
  QHBoxLayout* buttons_;
};

/// A sentence with at most one action at its right end: 28 px, more where it needs two or three lines.
class NoticeLine : public QWidget {
  Q_OBJECT
 public:
  enum class Kind { Ok, Info, Warn, Error };
  NoticeLine(Kind kind, const QString& text, const QString& action = {}, QWidget* parent = nullptr);
  void setNotice(Kind kind, const QString& text, const QString& action = {});
  QString text() const;

 Q_SIGNALS:
  void actionTriggered();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Kind kind_;
  ElidedLabel* text_;
  QPushButton* action_;
};

}  // namespace hbev::ui
