#include "ui/kit/theme.h"

#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusVariant>
#include <QtGui/QPalette>
#include <QtWidgets/QApplication>

#include "core/base/error.h"
#include "ui/kit/focus_ring.h"
#include "ui/kit/studio_style.h"

namespace hbev::ui {
namespace {

Theme* applied_theme = nullptr;

/// How long the window's start may wait for the desktop's answer.
constexpr int kPortalTimeout_ms = 150;

/// What the desktop portal says: nothing without a session bus, a portal or a preference.
std::optional<Tone> portalTone() {
  if (qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return {};
  QDBusMessage call =
      QDBusMessage::createMethodCall("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
                                     "org.freedesktop.portal.Settings", "Read");
  call << "org.freedesktop.appearance"
       << "color-scheme";
  const QDBusMessage reply = QDBusConnection::sessionBus().call(call, QDBus::Block, kPortalTimeout_ms);
  if (reply.type() != QDBusMessage::ReplyMessage || reply.arguments().isEmpty()) return {};
  QVariant value = reply.arguments().constFirst();
  while (value.canConvert<QDBusVariant>())
    value = value.value<QDBusVariant>().variant();
  switch (value.toUInt()) {
    case 1:
      return Tone::Dark;
    case 2:
      return Tone::Light;
    default:
      return {};
  }
}

}  // namespace

Theme::Theme(QObject* parent) : QObject(parent), tokens_(Tokens::load()) {}

Theme::~Theme() {
  if (applied_theme == this) applied_theme = nullptr;
}

Theme& Theme::current() {
  Q_ASSERT_X(applied_theme, "Theme::current", "apply a theme before making widgets");
  return *applied_theme;
}

void Theme::apply(QApplication& app) {
  app_ = &app;
  applied_theme = this;
  first_tone_ = app.palette().color(QPalette::Window).lightnessF() < 0.5F ? Tone::Dark : Tone::Light;
  QApplication::setStyle(new StudioStyle);
  QApplication::setFont(font(TextSize::Body));
  new FocusRing(&app);
  update();
}

void Theme::setMode(Mode mode) {
  const bool is_other = mode != mode_;
  mode_ = mode;
  if (!app_) return;
  if (chosenTone() != tone_)
    update();
  else if (is_other)
    Q_EMIT changed();  // who keeps the setting hears of it; nothing has to be styled anew
}

QColor Theme::color(Role role, double alpha) const {
  QColor color = this->color(role);
  color.setAlphaF(float(alpha));
  return color;
}

QColor Theme::scoreColor(double percent, const ScoreSteps& steps) const {
  const bool less_is_better = steps.bad_below > steps.good_above;
  const double sign = less_is_better ? -1 : 1;
  if (sign * percent < sign * steps.bad_below) return color(Role::ScoreBad);
  return color(sign * percent > sign * steps.good_above ? Role::ScoreGood : Role::ScoreMid);
}

Tone Theme::systemTone() const {
  return portalTone().value_or(first_tone_);
}

Tone Theme::chosenTone() const {
  return mode_ == Mode::System ? systemTone() : mode_ == Mode::Dark ? Tone::Dark : Tone::Light;
}

void Theme::update() {
  tone_ = chosenTone();
  QApplication::setPalette(palette());
  app_->setStyleSheet(styleSheet());
  Q_EMIT changed();
}

QPalette Theme::palette() const {
  QPalette palette;
  const std::pair<QPalette::ColorRole, Role> roles[] = {
      {QPalette::Window, Role::Panel},
      {QPalette::WindowText, Role::Text},
      {QPalette::Base, Role::Input},
      {QPalette::AlternateBase, Role::Surface},
      {QPalette::Text, Role::Text},
      {QPalette::Button, Role::Raised},
      {QPalette::ButtonText, Role::Text},
      {QPalette::BrightText, Role::Error},
      {QPalette::Highlight, Role::Selection},
      {QPalette::HighlightedText, Role::Text},
      {QPalette::ToolTipBase, Role::Raised},
      {QPalette::ToolTipText, Role::Text},
      {QPalette::PlaceholderText, Role::Text3},
      {QPalette::Link, Role::Accent},
      {QPalette::LinkVisited, Role::Accent},
      {QPalette::Mid, Role::Border},
      {QPalette::Midlight, Role::Border},
      {QPalette::Dark, Role::BorderStrong},
      {QPalette::Light, Role::Hover},
      {QPalette::Shadow, Role::Window},
  };
  for (const auto& [target, role] : roles)
    palette.setColor(target, color(role));
  for (const auto target : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText,
                            QPalette::HighlightedText, QPalette::PlaceholderText})
    palette.setColor(QPalette::Disabled, target, color(Role::Disabled));
  palette.setColor(QPalette::Disabled, QPalette::Highlight, color(Role::Raised));
  return palette;
}

QString Theme::styleSheet() const {
  QFile file(":/studio.qss");
  if (!file.open(QIODevice::ReadOnly))
    throw Error({"The style sheet is missing from the program", ":/studio.qss", {}, {}, {}});
  QHash<QString, QString> words{
      {"accent_fill_hover", mix(Qt::white, color(Role::AccentFill), 0.14).name()},
      {"accent_fill_pressed", mix(Qt::black, color(Role::AccentFill), 0.18).name()},
      {"table_line", mix(color(Role::Border), color(Role::Panel), 0.45).name()},
      {"family", '"' + tokens_.families().join("\", \"") + '"'},
      {"mono", '"' + tokens_.monoFamilies().join("\", \"") + '"'},
      {"radius_control", QString::number(tokens_.radii().control) + "px"},
      {"radius_button", QString::number(tokens_.radii().button) + "px"},
      {"radius_card", QString::number(tokens_.radii().card) + "px"},
  };
  for (int role = 0; role < kRoleCount; ++role)
    words.insert(Tokens::roleName(Role(role)), color(Role(role)).name());

  const QString text = QString::fromUtf8(file.readAll());
  static const QRegularExpression placeholder("@([a-z_0-9]+)");
  QString filled;
  qsizetype end = 0;
  for (auto it = placeholder.globalMatch(text); it.hasNext();) {
    const auto match = it.next();
    const auto word = words.constFind(match.captured(1));
    if (word == words.constEnd())
      throw Error({"The style sheet names a colour that does not exist",
                   ":/studio.qss",
                   "a role of tokens.json",
                   match.captured(0).toStdString(),
                   {}});
    filled += QStringView(text).sliced(end, match.capturedStart() - end);
    filled += *word;
    end = match.capturedEnd();
  }
  return filled + text.sliced(end);
}

}  // namespace hbev::ui
