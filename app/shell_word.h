// Words of command lines that the user is to copy.
#pragma once

#include <string>
#include <string_view>

namespace hbev {

/// As a shell takes it.
inline std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string text = "'";
  for (const char letter : word)
    letter == '\'' ? text += "'\\''" : text += letter;
  return text + "'";
}

}  // namespace hbev
