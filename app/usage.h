// What the command line says of wrong usage: what is unknown, what was probably meant, how it is used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace hbev {

/// The words of a command line, with "help" and "help COMMAND" as "--help" and "COMMAND --help".
std::vector<std::string> wordsOf(int argc, char** argv);

/// The command among `words`, the first of which is the program; empty when there is none.
std::string_view commandOf(const std::vector<std::string>& words);

/// Those of `names` that somebody who typed `word` may have meant: they begin with it, or the fewest letters
/// differ, two at most. Empty when none is near.
std::vector<std::string> similarNames(std::string_view word, const std::vector<std::string>& names);

/// For CLI::App::failure_message: a sentence, and how the command is used.
std::string usageMessage(const CLI::App* app, const CLI::Error& error);

/// Throws CLI::ParseError when `command` is none of `app`'s.
void demandCommand(const CLI::App& app, std::string_view command);

/// Throws CLI::ParseError for an empty word that is no option's value: files and folders have names.
void demandNoEmptyWord(const std::vector<std::string>& words);

}  // namespace hbev
