// Words for the window: text of the core as Qt's, and the names of actions.
#pragma once

#include <string_view>

#include <QtCore/QCoreApplication>
#include <QtCore/QString>

namespace hbev::ui {

/// UTF-8 as Qt's text.
inline QString toQString(std::string_view text) {
  return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

/// A text of an action (menus, shortcuts, the command palette) in the user's language.
inline QString actionText(const char* text) {
  return QCoreApplication::translate("Actions", text);
}

}  // namespace hbev::ui
