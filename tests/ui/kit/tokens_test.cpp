#include "ui/kit/tokens.h"

#include <map>
#include <vector>

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "core/data/classes.h"

namespace hbev::ui {
namespace {

const Tokens& tokens() {
  static const Tokens loaded = Tokens::load();
  return loaded;
}

double contrast(Role text, Role level, Tone tone) {
  return contrastRatio(tokens().color(text, tone), tokens().color(level, tone));
}

TEST(Tokens, ContrastIsWcags) {
  EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21.0, 1e-9);
  EXPECT_NEAR(contrastRatio(QColor(119, 119, 119), Qt::white), 4.478, 0.001);
}

struct Row {
  Role text;
  std::vector<double> dark,
      light;  ///< On panel, surface, raised, hover, selection, as far as it is put there.
};

TEST(Tokens, ContrastTableOfTheGuideHolds) {
  const Role levels[] = {Role::Panel, Role::Surface, Role::Raised, Role::Hover, Role::Selection};
  const Row rows[] = {
      {Role::Text, {14.8, 13.7, 12.0, 10.7, 10.1}, {16.4, 15.1, 16.9, 14.0, 12.7}},
      {Role::Text2, {8.2, 7.6, 6.7, 6.0, 5.6}, {7.7, 7.1, 8.0, 6.6, 6.0}},
      {Role::Text3, {5.4, 5.0}, {5.9, 5.5}},
      {Role::Accent, {7.3, 6.8, 5.9, 5.3, 5.0}, {6.1, 5.7, 6.4, 5.3, 4.8}},
      {Role::Ok, {8.0, 7.4, 6.5, 5.8, 5.4}, {6.1, 5.6, 6.3, 5.2, 4.7}},
      {Role::Warn, {9.5, 8.8, 7.7, 6.9, 6.5}, {6.5, 6.0, 6.8, 5.6, 5.1}},
      {Role::Error, {7.0, 6.5, 5.7, 5.1, 4.8}, {6.0, 5.6, 6.2, 5.2, 4.7}},
  };
  for (const Row& row : rows)
    for (const Tone tone : {Tone::Dark, Tone::Light}) {
      const auto& expected = tone == Tone::Dark ? row.dark : row.light;
      for (std::size_t level = 0; level < expected.size(); ++level) {
        const double found = contrast(row.text, levels[level], tone);
        EXPECT_NEAR(found, expected[level], 0.06)
            << qPrintable(Tokens::roleName(row.text)) << " on " << qPrintable(Tokens::roleName(levels[level]))
            << " in tone " << int(tone);
        EXPECT_GE(found, 4.5);
      }
    }
}

TEST(Tokens, EveryOtherTextIsReadable) {
  for (const Tone tone : {Tone::Dark, Tone::Light}) {
    EXPECT_GE(contrast(Role::OnAccent, Role::AccentFill, tone), 4.5);
    EXPECT_GE(contrast(Role::Text3, Role::Input, tone), 4.5) << "placeholder";
    for (const Role source : {Role::SourceA, Role::SourceB, Role::SourceC})
      EXPECT_GE(contrast(Role::Panel, source, tone), 4.5) << "letter of a filled badge";
  }
}

TEST(Tokens, KeysAreUniqueInTheWholeWindow) {
  // Both scopes: what a viewport understands must not mean something else beside it.
  std::map<QString, QString> owner;
  for (const Shortcut& shortcut : tokens().shortcuts()) {
    const auto [it, is_new] = owner.emplace(shortcut.keys.toString(), shortcut.id);
    EXPECT_TRUE(is_new) << qPrintable(shortcut.keys.toString()) << " is " << qPrintable(it->second) << " and "
                        << qPrintable(shortcut.id);
    EXPECT_TRUE(shortcut.scope == "window" || shortcut.scope == "viewport") << qPrintable(shortcut.id);
  }
  EXPECT_GT(owner.size(), 90U);
  EXPECT_EQ(tokens().findShortcut("keyframe.next")->keys, QKeySequence(Qt::Key_Right));
  EXPECT_EQ(tokens().findShortcut("no.such.thing"), nullptr);
}

TEST(Tokens, ClassColoursAreThoseOfTheClassSet) {
  const auto& colors = tokens().classColors();
  ASSERT_EQ(colors.size(), 3U * 17);
  for (const Tokens::ClassColor& each : colors) {
    const Palette palette = each.palette == "studio"   ? Palette::Studio
                            : each.palette == "papers" ? Palette::Papers
                                                       : Palette::NuScenes;
    // OpenOcc has no "others"; Occ3D has everything.
    const auto label = ClassSet::occ3d().findLabel(each.id.toStdString());
    ASSERT_TRUE(label) << qPrintable(each.id);
    const Rgb found = ClassSet::occ3d().color(*label, palette);
    EXPECT_EQ(QColor(found.r, found.g, found.b).name(), each.color.name())
        << qPrintable(each.palette) << ' ' << qPrintable(each.id);
  }
}

TEST(Tokens, MeasuresAreThoseOfTheGuide) {
  EXPECT_EQ(tokens().sizes().panel_header, 32);
  EXPECT_EQ(tokens().sizes().timeline.height, 150);
  EXPECT_EQ(tokens().radii().card, 6);
  EXPECT_EQ(tokens().pixelSize(TextSize::Display), 22);
  EXPECT_EQ(tokens().font(TextSize::Body, Weight::Semibold).weight(), 600);
  EXPECT_EQ(tokens().mono(TextSize::Small).families().first(), "JetBrains Mono");
  EXPECT_EQ(tokens().curves(Tone::Light).size(), 8U);
}

TEST(Tokens, AMissingKeyIsNamedWithItsPath) {
  QFile original(":/tokens.json");
  ASSERT_TRUE(original.open(QIODevice::ReadOnly));
  QByteArray text = original.readAll();
  text.replace("\"strip_compact\"", "\"strip_compost\"");
  const QTemporaryDir folder;
  const QString path = folder.filePath("tokens.json");
  QFile broken(path);
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  broken.write(text);
  broken.close();
  try {
    Tokens::load(path);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(error.problem().expected.find("size.timeline.strip_compact"), std::string::npos)
        << error.problem().expected;
    EXPECT_EQ(error.problem().file, path.toStdString());
  }
}

TEST(Tokens, TextThatIsNoJsonIsAnError) {
  const QTemporaryDir folder;
  QFile broken(folder.filePath("tokens.json"));
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  broken.write("{\"themes\": ");
  broken.close();
  EXPECT_THROW(Tokens::load(broken.fileName()), Error);
  EXPECT_THROW(Tokens::load(folder.filePath("absent.json")), Error);
}

}  // namespace
}  // namespace hbev::ui
