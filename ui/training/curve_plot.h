// A plot over the steps of training, by QCustomPlot: lines or stacked bars, zoom and drag, and under the
// pointer all values of a step. Draws what a pixel column shows, however many points there are.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <QtWidgets/QWidget>

#include "ui/kit/tokens.h"
#include "ui/training/curve_series.h"

class QCustomPlot;
class QCPBars;
class QCPGraph;
class QCPItemStraightLine;

namespace hbev::ui {

class CurvePopup;

struct CurveLine {
  QString name;  ///< "Cross-entropy"
  std::shared_ptr<const CurveSeries> series;
  int color = -1;              ///< number of the theme's curve colours; -1: the colour of text
  bool strong = true;          ///< thicker, and with a dot at its end
  bool marked = false;         ///< a dot at every value
  bool smoothed = true;        ///< where the series is
  std::optional<Role> role{};  ///< instead of `color`
  double alpha = 1;
};

class CurvePlot : public QWidget {
  Q_OBJECT
 public:
  enum class Kind { Lines, Bars };
  /// `name` is what the plot is about: for screen readers and the files that are exported.
  explicit CurvePlot(const QString& name, Kind kind = Kind::Lines, QWidget* parent = nullptr);

  /// Bars lie on each other, the first one lowest.
  void setLines(std::vector<CurveLine> lines);
  const std::vector<CurveLine>& lines() const { return lines_; }
  /// A dashed line across, kept in sight; nothing removes it.
  void setLimit(std::optional<double> value, Role role = Role::Warn);
  void setLog(bool log);
  /// How a value is written at the axis and in the popup.
  void setFormat(std::function<QString(double)> format);
  /// The value axis begins at 0.
  void setFromZero(bool from_zero);
  /// All steps there are, or will be.
  void setSpan(double steps);

  /// The series have got points, or other smoothing.
  void refresh();
  /// The steps shown; the whole span when nobody has zoomed.
  std::pair<double, double> shown() const;
  bool isZoomed() const { return zoom_.has_value(); }
  /// Nothing: all. Does not emit.
  void setZoom(std::optional<std::pair<double, double>> zoom);
  /// A dotted line at a step that another plot shows. Does not emit.
  void setCursor(std::optional<double> step);

  struct Reading {
    QString name, value;
    QString raw;  ///< as it was, where `value` is smoothed
    QColor color;
  };
  /// Name and value of each line at the step nearest to `step`.
  std::vector<Reading> readingsAt(double step) const;
  /// "step,Total,Cross-entropy": every step of every line, unsmoothed.
  QString csv() const;
  /// Axes and lines of `size` logical pixels, `scale` times as fine.
  QPixmap picture(const QSize& size, double scale) const;
  /// The points drawn by the last refresh, of all lines.
  std::size_t drawnPoints() const { return drawn_points_; }
  QSize minimumSizeHint() const override { return {160, 110}; }

 Q_SIGNALS:
  /// Somebody zoomed or moved; nothing: back to all.
  void zoomed(std::optional<std::pair<double, double>> zoom);
  /// The pointer is at this step; nothing when it left.
  void pointed(std::optional<double> step);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Drawn {
    QCPGraph* raw = nullptr;
    QCPGraph* line = nullptr;
    QCPGraph* end = nullptr;
    QCPBars* bars = nullptr;
  };
  void wearTheme();
  QColor colorOf(const CurveLine& line) const;
  void fill();
  void fillLines(double from, double to, int columns);
  void fillBars(double from, double to, int columns);
  void scaleValues(double low, double high);
  void point(const QPointF& at);
  void leave();
  void userRange(double from, double to);

  QString name_;
  Kind kind_;
  QCustomPlot* plot_;
  QCPItemStraightLine* limit_line_;
  QCPItemStraightLine* cursor_line_;
  CurvePopup* popup_;
  std::vector<CurveLine> lines_;
  std::vector<Drawn> drawn_;
  std::function<QString(double)> format_;
  std::optional<double> limit_, cursor_;
  Role limit_role_ = Role::Warn;
  std::optional<std::pair<double, double>> zoom_;
  double span_ = 1;
  std::size_t drawn_points_ = 0;
  bool log_ = false, from_zero_ = false, filling_ = false;
};

}  // namespace hbev::ui
