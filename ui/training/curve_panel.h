// A plot under its header: title, what it says in short, legend, and a menu that saves picture and values.
#pragma once

#include <QtWidgets/QWidget>

#include "core/base/error.h"
#include "ui/training/curve_plot.h"

class QHBoxLayout;
class QLabel;
class QMenu;

namespace hbev::ui {

class ElidedLabel;

/// "— Total  — Depth": the lines' names beside a piece of their colour; a click hides and shows a line. Names
/// that have no room are behind "+2", a menu.
class CurveLegend : public QWidget {
  Q_OBJECT
 public:
  explicit CurveLegend(QWidget* parent = nullptr);
  void setLines(const std::vector<CurveLine>& lines);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {0, sizeHint().height()}; }
  /// From that one on, into a menu: checked while they are shown.
  void addLines(QMenu& menu, std::size_t first);
  /// "Total", "+2": what can be read. For tests.
  QStringList shownTexts() const;

 Q_SIGNALS:
  void clicked(const QString& name);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  /// How many names have room.
  std::size_t namesShown() const;
  void openRest();

  std::vector<CurveLine> lines_;
};

class CurvePanel : public QWidget {
  Q_OBJECT
 public:
  CurvePanel(const QString& title, CurvePlot::Kind kind, QWidget* parent = nullptr);
  CurvePlot& plot() { return *plot_; }
  void setSubject(const QString& subject);
  QString subject() const;
  void setLines(std::vector<CurveLine> lines);
  /// What is said in the place of no lines: some may come, or it is over.
  void setMayCome(bool may_come);
  /// At the right of the header, left of the menu.
  void addWidget(QWidget* widget);
  /// "run-14": begins the names of files that are saved.
  void setRunName(const QString& name) { run_name_ = name; }
  /// The plot as people show it to others: with run, title and the names of all lines.
  QPixmap picture() const;
  /// Written a moment later; failed() says what went wrong.
  void savePicture(const QString& path);
  void saveValues(const QString& path);

 Q_SIGNALS:
  void failed(const hbev::Problem& problem);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void openMenu(QWidget* button);
  void showLines();
  void save(const QString& ending, void (CurvePanel::*write)(const QString&));
  /// The disk may not answer.
  void writeLater(const QString& path, std::string bytes);

  QString title_, run_name_;
  QHBoxLayout* header_;
  ElidedLabel* subject_;
  CurveLegend* legend_;
  CurvePlot* plot_;
  QLabel* nothing_;
  std::vector<CurveLine> lines_;
  QStringList hidden_;  ///< names of lines
};

}  // namespace hbev::ui
