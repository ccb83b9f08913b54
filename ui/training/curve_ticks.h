// Where the axes of a plot over steps have their ticks, and how steps and values are written.
#pragma once

#include <functional>

#include <QtCore/QSharedPointer>
#include <QtCore/QString>

class QCPAxisTicker;

namespace hbev::ui {

/// "0", "8k", "12.4k", "1.2M": a step at an axis.
QString stepText(double step);
/// Three significant digits: "3.97", "0.0123", "12.4".
QString valueText(double value);

/// At round steps.
QSharedPointer<QCPAxisTicker> makeStepTicker();
/// In the plot's own format; on a logarithmic axis at 1, 2 and 5 times the powers of ten. Reads `format` and
/// `log` whenever the axis is drawn: they must live as long.
QSharedPointer<QCPAxisTicker> makeValueTicker(const std::function<QString(double)>& format, const bool& log);

}  // namespace hbev::ui
