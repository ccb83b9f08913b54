// QCustomPlot's header is written with Qt's keywords, which the rest of the program does without.
#undef QT_NO_KEYWORDS
#include "ui/training/curve_ticks.h"

#include <cmath>

#include <qcustomplot.h>

#include "ui/kit/painting.h"

namespace hbev::ui {
namespace {

/// "2.50 s" as "2.5 s", "10.0" as "10".
QString withoutZeros(const QString& text) {
  static const QRegularExpression zeros(QStringLiteral("(\\.\\d*?)0+(?!\\d)"));
  QString short_text = text;
  short_text.replace(zeros, QStringLiteral("\\1"));
  static const QRegularExpression point(QStringLiteral("\\.(?!\\d)"));
  return short_text.remove(point);
}

class StepTicker : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override { return stepText(tick); }
  int getSubTickCount(double) override { return 0; }
};

class ValueTicker : public QCPAxisTicker {
 public:
  explicit ValueTicker(const std::function<QString(double)>& format, const bool& log)
      : format_(format), log_(log) {
    setTickCount(4);
  }

 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return withoutZeros(format_(tick));
  }
  int getSubTickCount(double) override { return 0; }
  QVector<double> createTickVector(double step, const QCPRange& range) override {
    if (!log_) return QCPAxisTicker::createTickVector(step, range);
    QVector<double> ticks;
    const double decades = std::log10(range.upper / range.lower);
    for (double power = std::pow(10.0, std::floor(std::log10(range.lower))); power <= range.upper;
         power *= 10) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor == 1.0 || decades < 3) ticks.push_back(power * factor);
      }
    }
    return ticks;
  }

 private:
  const std::function<QString(double)>& format_;
  const bool& log_;
};

}  // namespace

QString stepText(double step) {
  const double size = std::abs(step);
  if (size < 1000) return QString::number(step, 'g', 4);
  if (size < 1e6) return QString::number(step / 1000, 'g', 4) + QLatin1Char('k');
  return QString::number(step / 1e6, 'g', 4) + QLatin1Char('M');
}

QString valueText(double value) {
  if (!std::isfinite(value)) return QStringLiteral("\u00B7");
  const double size = std::abs(value);
  if (size > 0 && (size < 1e-3 || size >= 1e5)) return QString::number(value, 'e', 1);
  const int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 || size == 0 ? 2 : size >= 0.1 ? 3 : 4;
  return decimal(value, digits);
}

QSharedPointer<QCPAxisTicker> makeStepTicker() {
  return QSharedPointer<QCPAxisTicker>(new StepTicker);
}

QSharedPointer<QCPAxisTicker> makeValueTicker(const std::function<QString(double)>& format, const bool& log) {
  return QSharedPointer<QCPAxisTicker>(new ValueTicker(format, log));
}

}  // namespace hbev::ui
