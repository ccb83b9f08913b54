#include "ui/kit/tokens.h"

#include <algorithm>
#include <cmath>

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include "core/base/error.h"

// The resources lie in a static library: somebody has to ask for them by name, outside every namespace.
static void initResources() {
  Q_INIT_RESOURCE(resources);
}

namespace hbev::ui {
namespace {

constexpr std::array<const char*, kRoleCount> kRoleNames{
    "window",    "panel", "surface",   "raised",    "hover",      "input",       "border",    "border_strong",
    "text",      "text2", "text3",     "disabled",  "accent",     "accent_fill", "on_accent", "selection",
    "focus",     "ok",    "warn",      "error",     "source_a",   "source_b",    "source_c",  "vp_top",
    "vp_bottom", "hud",   "score_bad", "score_mid", "score_good", "tp",          "wrong",     "phantom",
    "missed",    "near",  "far",       "outside"};

/// Walks an object and complains with the whole path of the key that is wrong.
class Reader {
 public:
  Reader(QString file, QJsonObject object, QString path = {})
      : file_(std::move(file)), object_(std::move(object)), path_(std::move(path)) {}

  Reader child(const char* key) const {
    return {file_, value(key, QJsonValue::Object, "an object").toObject(), pathOf(key)};
  }
  double number(const char* key) const { return value(key, QJsonValue::Double, "a number").toDouble(); }
  int pixels(const char* key) const { return int(number(key)); }
  QString string(const char* key) const { return value(key, QJsonValue::String, "a text").toString(); }
  QJsonArray array(const char* key) const { return value(key, QJsonValue::Array, "a list").toArray(); }
  QColor color(const char* key) const { return toColor(string(key), pathOf(key)); }
  QStringList strings(const char* key) const {
    QStringList list;
    for (const QJsonValue& each : array(key))
      list << each.toString();
    return list;
  }
  std::vector<QColor> colors(const char* key) const {
    std::vector<QColor> list;
    for (const QString& each : strings(key))
      list.push_back(toColor(each, pathOf(key)));
    return list;
  }
  const QJsonObject& object() const { return object_; }
  [[noreturn]] void fail(const QString& key, const QString& expected, const QString& found) const {
    throw Error({"The look's tokens cannot be read",
                 file_.toStdString(),
                 (expected + " in \"" + key + '"').toStdString(),
                 found.toStdString(),
                 {}});
  }
  QString pathOf(const QString& key) const { return path_.isEmpty() ? key : path_ + '.' + key; }

 private:
  QJsonValue value(const char* key, QJsonValue::Type type, const char* expected) const {
    const QJsonValue found = object_.value(QLatin1String(key));
    if (found.type() != type) fail(pathOf(key), expected, found.isUndefined() ? "nothing" : "something else");
    return found;
  }
  QColor toColor(const QString& text, const QString& path) const {
    const QColor color(text);
    if (!color.isValid()) fail(path, "a colour like #15191E", text);
    return color;
  }

  QString file_;
  QJsonObject object_;
  QString path_;
};

Sizes readSizes(const Reader& r) {
  Sizes s{};
  const std::pair<const char*, int*> fields[] = {
      {"unit", &s.unit},
      {"menu_bar", &s.menu_bar},
      {"tool_bar", &s.tool_bar},
      {"status_bar", &s.status_bar},
      {"panel_header", &s.panel_header},
      {"sub_header", &s.sub_header},
      {"tab_bar", &s.tab_bar},
      {"viewport_header", &s.viewport_header},
      {"section_header", &s.section_header},
      {"button", &s.button},
      {"button_small", &s.button_small},
      {"input", &s.input},
      {"combo", &s.combo},
      {"segment", &s.segment},
      {"icon", &s.icon},
      {"icon_small", &s.icon_small},
      {"icon_button", &s.icon_button},
      {"icon_button_large", &s.icon_button_large},
      {"table_header", &s.table_header},
      {"table_row", &s.table_row},
      {"layer_row", &s.layer_row},
      {"list_row", &s.list_row},
      {"list_row_compact", &s.list_row_compact},
      {"menu_item", &s.menu_item},
      {"separator", &s.separator},
      {"focus_ring", &s.focus_ring},
      {"slider_track", &s.slider_track},
      {"slider_knob", &s.slider_knob},
      {"progress", &s.progress},
      {"scrollbar", &s.scrollbar},
      {"splitter", &s.splitter},
      {"splitter_grab", &s.splitter_grab},
  };
  for (const auto& [key, target] : fields)
    *target = r.pixels(key);
  const Reader dock = r.child("dock");
  s.dock = {dock.pixels("scenes"),    dock.pixels("scenes_compact"),
            dock.pixels("inspector"), dock.pixels("inspector_compact"),
            dock.pixels("scores"),    dock.pixels("runs")};
  const Reader t = r.child("timeline");
  s.timeline = {t.pixels("height"),        t.pixels("height_compact"), t.pixels("transport"),
                t.pixels("ruler"),         t.pixels("buffer"),         t.pixels("strip"),
                t.pixels("strip_compact"), t.pixels("ticks"),          t.pixels("flags"),
                t.pixels("left_margin"),   t.pixels("right_margin"),   t.pixels("handle_width"),
                t.pixels("handle_height"), t.number("playhead")};
  return s;
}

std::vector<Tokens::ClassColor> readClassColors(const Reader& classes) {
  std::vector<Tokens::ClassColor> colors;
  for (const char* palette : {"studio", "papers", "nuscenes"}) {
    const Reader of_palette = classes.child(palette);
    for (const QString& id : classes.strings("order"))
      colors.push_back({palette, id, of_palette.color(id.toUtf8().constData())});
  }
  return colors;
}

std::vector<Shortcut> readShortcuts(const Reader& root, const QString& file) {
  std::vector<Shortcut> shortcuts;
  for (const QJsonValue& each : root.array("shortcuts")) {
    const Reader r(file, each.toObject(), "shortcuts");
    const QString text = r.string("keys");
    const QKeySequence keys(text, QKeySequence::PortableText);
    if (keys.isEmpty() || keys[0].key() == Qt::Key_unknown) r.fail("keys", "a key like Ctrl+K", text);
    shortcuts.push_back({r.string("id"), keys, r.string("scope")});
  }
  return shortcuts;
}

QFont makeFont(const QStringList& families, int pixel_size, int weight) {
  QFont font;
  font.setFamilies(families);
  font.setPixelSize(pixel_size);
  font.setWeight(QFont::Weight(weight));
  return font;
}

double linear(double channel) {
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
  return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

}  // namespace

Tokens Tokens::load(const QString& file) {
  initResources();
  QFile stream(file);
  if (!stream.open(QIODevice::ReadOnly))
    throw Error({"The look's tokens cannot be opened",
                 file.toStdString(),
                 {},
                 stream.errorString().toStdString(),
                 {}});
  QJsonParseError problem;
  const QJsonDocument document = QJsonDocument::fromJson(stream.readAll(), &problem);
  if (!document.isObject())
    throw Error({"The look's tokens cannot be read",
                 file.toStdString(),
                 "a JSON object",
                 problem.errorString().toStdString(),
                 {}});

  const Reader root(file, document.object());
  Tokens tokens;
  for (const Tone tone : {Tone::Dark, Tone::Light}) {
    const Reader theme = root.child("themes").child(tone == Tone::Dark ? "dark" : "light");
    for (std::size_t role = 0; role < kRoleNames.size(); ++role)
      tokens.colors_[std::size_t(tone)][role] = theme.color(kRoleNames[role]);
    tokens.curves_[std::size_t(tone)] = root.colors(tone == Tone::Dark ? "curves" : "curves_light");
  }
  tokens.sizes_ = readSizes(root.child("size"));
  const Reader radius = root.child("radius");
  tokens.radii_ = {radius.pixels("bar"),    radius.pixels("chip_square"), radius.pixels("control"),
                   radius.pixels("button"), radius.pixels("card"),        radius.pixels("chip")};
  const Reader motion = root.child("motion_ms"), tip = root.child("tooltip_ms");
  tokens.motion_ = {motion.pixels("popup"),    motion.pixels("camera"), motion.pixels("toast"),
                    motion.pixels("progress"), tip.pixels("delay"),     tip.pixels("next")};
  const Reader hud = root.child("hud");
  tokens.hud_ = {hud.number("alpha_dark"),   hud.number("alpha_light"), hud.pixels("margin"),
                 hud.pixels("padding_x"),    hud.pixels("padding_y"),   hud.pixels("radius"),
                 hud.pixels("legend_width"), hud.pixels("legend_row"),  hud.pixels("swatch")};
  const Reader steps = root.child("score_steps");
  tokens.score_steps_ = {steps.number("bad_below"), steps.number("good_above")};
  const Reader font = root.child("font"), px = font.child("size_px"), weight = font.child("weight");
  tokens.families_ = QStringList{font.string("family")} + font.strings("fallback");
  tokens.mono_families_ = QStringList{font.string("mono")} + font.strings("mono_fallback");
  tokens.pixel_sizes_ = {px.pixels("tiny"),  px.pixels("small"),   px.pixels("body"),
                         px.pixels("title"), px.pixels("heading"), px.pixels("display")};
  tokens.weights_ = {weight.pixels("normal"), weight.pixels("medium"), weight.pixels("semibold")};
  tokens.class_colors_ = readClassColors(root.child("classes"));
  tokens.shortcuts_ = readShortcuts(root, file);
  return tokens;
}

QString Tokens::roleName(Role role) {
  return QLatin1String(kRoleNames[std::size_t(role)]);
}

QFont Tokens::font(TextSize size, Weight weight) const {
  return makeFont(families_, pixelSize(size), weights_[std::size_t(weight)]);
}

QFont Tokens::mono(TextSize size, Weight weight) const {
  QFont font = makeFont(mono_families_, pixelSize(size), weights_[std::size_t(weight)]);
  font.setStyleHint(QFont::Monospace);
  return font;
}

const Shortcut* Tokens::findShortcut(const QString& id) const {
  const auto it = std::ranges::find(shortcuts_, id, &Shortcut::id);
  return it == shortcuts_.end() ? nullptr : &*it;
}

double contrastRatio(const QColor& a, const QColor& b) {
  const double la = luminance(a), lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor mix(const QColor& over, const QColor& under, double alpha) {
  const auto channel = [alpha](int o, int u) { return int(std::lround(alpha * o + (1 - alpha) * u)); };
  return {channel(over.red(), under.red()), channel(over.green(), under.green()),
          channel(over.blue(), under.blue())};
}

}  // namespace hbev::ui
