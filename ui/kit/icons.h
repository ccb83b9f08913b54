// The program's icons: currentColor SVGs in the theme's colours, sharp at every device pixel ratio.
#pragma once

#include <QtGui/QIcon>

#include "ui/kit/tokens.h"

class QPainter;

namespace hbev::ui {

/// The icon resources/icons/NAME.svg: text2, text under the pointer or pressed, accent when on, disabled when
/// off. It follows a change of theme by itself. An unknown name is an empty icon.
QIcon icon(const QString& name);
/// The same in one colour whatever the state (disabled excepted): on_accent in the primary button.
QIcon icon(const QString& name, Role role);
/// Of any SVG whose colour is the word currentColor; `svg` is the file's text. For tests and plug-ins.
QIcon iconFromSvg(const QByteArray& svg);

/// Draws icon NAME into `rect` (logical pixels) in `color`, at the painter's device pixel ratio.
void paintIcon(QPainter& painter, const QString& name, const QRect& rect, const QColor& color);

}  // namespace hbev::ui
