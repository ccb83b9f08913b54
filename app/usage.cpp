#include "app/usage.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/shell_word.h"

namespace hbev {
namespace {

/// Letters to insert, leave out, change or swap with their neighbour.
std::size_t lettersBetween(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> count(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    count[i][0] = i;
  std::iota(count[0].begin(), count[0].end(), std::size_t(0));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
      count[i][j] = std::min({count[i - 1][j] + 1, count[i][j - 1] + 1, count[i - 1][j - 1] + changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        count[i][j] = std::min(count[i][j], count[i - 2][j - 2] + 1);
    }
  }
  return count[a.size()][b.size()];
}

std::string meant(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string> similar = similarNames(word, names);
  return similar.empty() ? std::string() : fmt::format(" Did you mean {}?", fmt::join(similar, " or "));
}

/// The command that was chosen, or the program itself.
const CLI::App* innermost(const CLI::App* app) {
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  return app;
}

std::string nameOf(const CLI::App* command) {
  const CLI::App* parent = command->get_parent();
  return parent ? nameOf(parent) + " " + command->get_name() : command->get_name();
}

/// An option that `command` does not have, and what it may be.
std::optional<std::string> unknownOption(const CLI::App* command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  }
  for (const std::string& word : command->remaining()) {
    if (!word.starts_with('-') || word == "-" || word == "--") continue;
    const std::string option = word.substr(0, word.find('='));
    return fmt::format("There is no option {}.{}", quoted(option), meant(option, names));
  }
  return std::nullopt;
}

std::string usageOf(const CLI::App* command) {
  const auto formatter = std::dynamic_pointer_cast<CLI::Formatter>(command->get_formatter());
  std::string usage = formatter ? formatter->make_usage(command, nameOf(command)) : std::string();
  const std::size_t begin = usage.find_first_not_of('\n'), end = usage.find_last_not_of('\n');
  return begin == std::string::npos ? std::string() : usage.substr(begin, end - begin + 1) + "\n";
}

}  // namespace

std::vector<std::string> wordsOf(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (words.size() < 2 || words[1] != "help") return words;
  if (words.size() == 2) {
    words[1] = "--help";
  } else {
    words.erase(words.begin() + 1);
    words.insert(words.begin() + 2, "--help");
  }
  return words;
}

std::string_view commandOf(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i)
    if (!words[i].starts_with('-')) return words[i];
  return {};
}

std::vector<std::string> similarNames(std::string_view word, const std::vector<std::string>& names) {
  std::vector<std::string> similar;
  if (word.size() < 2) return similar;
  for (const std::string& name : names)
    if (name.starts_with(word)) similar.push_back(name);
  if (!similar.empty()) return similar;
  std::size_t fewest = std::min<std::size_t>(2, word.size() / 2);
  for (const std::string& name : names) {
    const std::size_t letters = lettersBetween(word, name);
    if (letters > fewest) continue;
    if (letters < fewest) similar.clear();
    fewest = letters;
    similar.push_back(name);
  }
  return similar;
}

std::string usageMessage(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* command = innermost(app);
  std::string sentence = unknownOption(command).value_or(error.what());
  if (command == app && app->remaining().empty() && error.get_name() == "RequiredError") return app->help();
  if (!sentence.ends_with('.') && !sentence.ends_with('?')) sentence += '.';
  return fmt::format("error: {}\n{}`{} --help` explains it.\n", sentence, usageOf(command), nameOf(command));
}

void demandNoEmptyWord(const std::vector<std::string>& words) {
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i].empty() && !words[i - 1].starts_with('-'))
      throw CLI::ParseError("An argument is empty: is a variable of the shell not set?",
                            CLI::ExitCodes::InvalidError);
  }
}

void demandCommand(const CLI::App& app, std::string_view command) {
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands(nullptr))
    names.push_back(each->get_name());
  if (command.empty() || std::ranges::find(names, command) != names.end()) return;
  std::string sentence =
      fmt::format("There is no command {}.{}", quoted(std::string(command)), meant(command, names));
  std::error_code none;
  if (std::filesystem::exists(command, none))
    sentence +=
        fmt::format(" A command comes first: {} info {}", app.get_name(), quoted(std::string(command)));
  throw CLI::ParseError(sentence, CLI::ExitCodes::ExtrasError);
}

}  // namespace hbev
