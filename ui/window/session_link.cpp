#include "ui/window/session_link.h"

#include <cmath>
#include <numbers>

#include <CLI/CLI.hpp>
#include <QtCore/QFileInfo>
#include <QtCore/QRegularExpression>

#include "ui/state/predicted_source.h"
#include "ui/state/studio.h"
#include "ui/state/text.h"
#include "ui/viewport/viewport_area.h"
#include "ui/window/shared_view.h"

namespace hbev::ui {
namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
constexpr qsizetype kLongestLink = 32768;
constexpr const char* kProgram = "hbevocc-studio";

QString quotedForShell(QString argument) {
  static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z0-9_./:=@%+,-]+$"));
  if (kPlain.match(argument).hasMatch()) return argument;
  return QLatin1Char('\'') + argument.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

[[noreturn]] void refuseLink(const std::string& summary, const std::string& advice = {}) {
  throw Error({.summary = summary, .file = {}, .expected = {}, .found = {}, .advice = advice});
}

/// As a shell splits a line into words; what a shell would do beyond that (variables, patterns, pipes) stays
/// letters.
QStringList wordsOf(const QString& line) {
  QStringList words;
  QString word;
  bool is_word = false;
  QChar quote;
  for (qsizetype i = 0; i < line.size(); ++i) {
    const QChar c = line[i];
    if (c == QLatin1Char('\\') && quote != QLatin1Char('\'') && i + 1 < line.size()) {
      word += line[++i];
      is_word = true;
    } else if (!quote.isNull()) {
      c == quote ? void(quote = QChar()) : void(word += c);
    } else if (c == QLatin1Char('\'') || c == QLatin1Char('"')) {
      quote = c;
      is_word = true;
    } else if (c.isSpace()) {
      if (is_word) words << std::exchange(word, {});
      is_word = false;
    } else {
      word += c;
      is_word = true;
    }
  }
  if (!quote.isNull()) refuseLink("A quotation mark of the link is not closed", "Copy the whole line.");
  if (is_word) words << word;
  return words;
}

SessionLink parseWords(const QStringList& words) {
  SessionLink link;
  CLI::App app("", kProgram);
  app.set_help_flag();
  app.allow_extras();
  addSessionOptions(app, link.options);
  std::vector<std::string> arguments;  // CLI11 takes them from the back
  for (qsizetype i = words.size() - 1; i > 0; --i)
    arguments.push_back(words[i].toStdString());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    refuseLink("The line is not understood", std::string(error.what()) + ".");
  }
  for (const std::string& extra : app.remaining())
    link.left_out << QString::fromStdString(extra);
  link.left_out += takeUnknownWords(link.options);
  return link;
}

/// A problem where `path` is not on this machine.
std::optional<Problem> missing(const std::string& path, const char* what) {
  if (QFileInfo::exists(QString::fromStdString(path))) return std::nullopt;
  return Problem{std::string("The link's ") + what + " is not there",
                 path,
                 {},
                 {},
                 "On another machine the paths may be others: change them in the line."};
}

/// Whether opening alone would show this: predictions in A, the truth that fits them in B.
bool isUsual(const Studio& studio) {
  const OccupancySource *a = studio.source(Side::A), *b = studio.source(Side::B);
  return a && b && !a->isTruth() && b->isTruth() && &a->classes() == &b->classes();
}

}  // namespace

QString sourceWord(const Studio& studio, int source) {
  if (source < 0) return {};
  const OccupancySource& named = studio.sources()[std::size_t(source)];
  if (named.isTruth()) return toQString(labelKindName(*named.truth));
  const QString path = QString::fromStdString(named.prediction->path().string());
  // What was opened lies where it was opened; the window's own predictions may be in memory alone.
  const bool is_own = dynamic_cast<const PredictedSource*>(named.prediction.get()) != nullptr;
  return path.isEmpty() || (is_own && !QFileInfo::exists(path)) ? QString()
                                                                : QFileInfo(path).absoluteFilePath();
}

bool isUnsaved(const Studio& studio, Side side) {
  return studio.source(side) && sourceWord(studio, studio.sourceIndex(side)).isEmpty();
}

QStringList linkArguments(const Studio& studio, const ViewportArea& viewports, const QString& workspace) {
  const auto& dataset = studio.dataset();
  if (!dataset) return {};
  const FrameKey at = studio.current();
  QStringList arguments{QFileInfo(QString::fromStdString(dataset->root().string())).absoluteFilePath()};
  arguments << QStringLiteral("--scene") << QString::fromStdString(dataset->scenes()[at.scene].name)
            << QStringLiteral("--keyframe") << QString::number(at.index + 1) << QStringLiteral("--workspace")
            << workspace;
  const QString a = sourceWord(studio, studio.sourceIndex(Side::A)),
                b = sourceWord(studio, studio.sourceIndex(Side::B));
  if (!isUsual(studio)) {
    if (!a.isEmpty()) arguments << QStringLiteral("--a") << a;
    if (!b.isEmpty()) arguments << QStringLiteral("--b") << b;
  }
  const SharedView shared = sharedView(studio, viewports);
  // Linked cameras are at the same place, or on their way to it.
  const Side camera_of = shared.camera_b ? Side::A : viewports.active();
  const QString seen_from = cameraText(viewports.viewport(camera_of).destination());
  if (seen_from != cameraText(ViewCamera::orbit())) arguments << QStringLiteral("--camera=") + seen_from;
  QStringList paths;
  // What is opened last is shown in A.
  for (const QString& path : {b, a}) {
    if (!path.isEmpty() && !findLabelKind(path.toStdString())) paths << path;
  }
  paths.removeDuplicates();
  if (!paths.isEmpty()) arguments << QStringLiteral("--predictions") << paths;
  const QStringList view = viewWords(shared, usualView(workspace, studio.scoredSide()));
  if (!view.isEmpty()) arguments << QStringLiteral("--view") << view;
  return arguments;
}

QString linkText(const QStringList& arguments) {
  QStringList words{QLatin1String(kProgram)};
  for (const QString& argument : arguments)
    words << quotedForShell(argument);
  return words.join(QLatin1Char(' '));
}

SessionLink parseLink(const QString& line) {
  if (line.size() > kLongestLink) refuseLink("The text is too long for a link");
  const QStringList words = wordsOf(line);
  if (words.isEmpty() || QFileInfo(words.front()).fileName() != QLatin1String(kProgram)) {
    refuseLink("This is no link", "A link is a line that begins with hbevocc-studio, as Copy link makes it.");
  }
  SessionLink link = parseWords(words);
  if (link.options.data.empty()) {
    refuseLink("The link's data set is not named",
               "A link names a folder after hbevocc-studio, as Copy link writes it.");
  }
  return link;
}

std::optional<Problem> whatIsMissing(const SessionOptions& options) {
  if (auto problem = missing(options.data, "data set")) return problem;
  for (const std::string& path : options.predictions) {
    if (auto problem = missing(path, "folder of predictions")) return problem;
  }
  for (const auto& [word, what] :
       {std::pair(options.a, "source for A"), std::pair(options.b, "source for B")}) {
    if (word.empty() || findLabelKind(word)) continue;
    if (auto problem = missing(word, what)) return problem;
  }
  return std::nullopt;
}

QStringList takeUnknownWords(SessionOptions& options) {
  QStringList unknown;
  if (options.workspace != "browse" && options.workspace != "errors" && options.workspace != "training")
    unknown << QStringLiteral("--workspace=") +
                   QString::fromStdString(std::exchange(options.workspace, "browse"));
  std::erase_if(options.view, [&unknown](const std::string& word) {
    SharedView scratch;
    const QStringList refused = readViewWords({QString::fromStdString(word)}, scratch);
    unknown += refused;
    return !refused.isEmpty();
  });
  return unknown;
}

QString cameraText(const ViewCamera& camera) {
  QStringList numbers;
  const auto add = [&numbers](double value) {
    QString text = QString::number(value, 'f', 3);
    while (text.endsWith(QLatin1Char('0')))
      text.chop(1);
    if (text.endsWith(QLatin1Char('.'))) text.chop(1);
    numbers << (text == QLatin1String("-0") ? QStringLiteral("0") : text);
  };
  for (int i = 0; i < 3; ++i)
    add(camera.target[i]);
  add(camera.distance_m);
  for (const double angle_rad : {camera.yaw_rad, camera.pitch_rad, camera.vertical_fov_rad})
    add(angle_rad * kDegrees);
  return numbers.join(QLatin1Char(','));
}

std::optional<ViewCamera> parseCamera(const QString& text) {
  constexpr double kFarthest_m = 1e4, kMostTurns_deg = 3600, kSteepest_deg = 90.001, kWidest_deg = 170;
  const QStringList parts = text.split(QLatin1Char(','));
  if (parts.size() != 7) return std::nullopt;
  std::array<double, 7> n{};
  for (std::size_t i = 0; i < n.size(); ++i) {
    bool is_number = false;
    n[i] = parts[qsizetype(i)].toDouble(&is_number);
    if (!is_number || !std::isfinite(n[i]) || std::abs(n[i]) > kFarthest_m) return std::nullopt;
  }
  if (n[3] <= 0 || std::abs(n[4]) > kMostTurns_deg || std::abs(n[5]) > kSteepest_deg || n[6] < 1 ||
      n[6] > kWidest_deg)
    return std::nullopt;
  ViewCamera camera;
  camera.target = {n[0], n[1], n[2]};
  camera.distance_m = n[3];
  camera.yaw_rad = n[4] / kDegrees;
  camera.pitch_rad = std::min(n[5] / kDegrees, std::numbers::pi / 2);
  camera.vertical_fov_rad = n[6] / kDegrees;
  return camera;
}

}  // namespace hbev::ui
