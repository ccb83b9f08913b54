// The look's numbers, read from resources/tokens.json: colours by role, sizes, fonts and shortcuts.
#pragma once

#include <array>
#include <vector>

#include <QtGui/QColor>
#include <QtGui/QFont>
#include <QtGui/QKeySequence>

namespace hbev::ui {

/// What a colour is for; widgets never name a colour. The order is that of kRoleNames in tokens.cpp.
enum class Role {
  Window,
  Panel,
  Surface,
  Raised,
  Hover,
  Input,
  Border,
  BorderStrong,
  Text,
  Text2,
  Text3,
  Disabled,
  Accent,
  AccentFill,
  OnAccent,
  Selection,
  Focus,
  Ok,
  Warn,
  Error,
  SourceA,
  SourceB,
  SourceC,
  ViewportTop,
  ViewportBottom,
  Hud,
  ScoreBad,
  ScoreMid,
  ScoreGood,
  Right,
  WrongClass,
  Phantom,
  Missed,
  Near,
  Far,
  OutsideMask
};
inline constexpr int kRoleCount = int(Role::OutsideMask) + 1;

enum class Tone { Dark, Light };

/// Device-independent pixels.
struct Sizes {
  int unit, menu_bar, tool_bar, status_bar, panel_header, sub_header, tab_bar, viewport_header,
      section_header;
  int button, button_small, input, combo, segment, icon, icon_small, icon_button, icon_button_large;
  int table_header, table_row, layer_row, list_row, list_row_compact, menu_item;
  int separator, focus_ring, slider_track, slider_knob, progress, scrollbar, splitter, splitter_grab;
  struct Dock {
    int scenes, scenes_compact, inspector, inspector_compact, scores, runs;
  } dock;
  struct TimelineSizes {
    int height, height_compact, transport, ruler, buffer, strip, strip_compact, ticks, flags;
    int left_margin, right_margin, handle_width, handle_height;
    double playhead;
  } timeline;
};

struct Radii {
  int bar, chip_square, control, button, card, chip;
};

/// Milliseconds.
struct Motion {
  int popup, camera, toast, progress, tooltip_delay, tooltip_next;
};

struct HudMeasures {
  double alpha_dark, alpha_light;
  int margin, padding_x, padding_y, radius, legend_width, legend_row, swatch;
};

/// Scores in percent: under `bad_below` is bad, above `good_above` is good.
struct ScoreSteps {
  double bad_below = 32, good_above = 39;
};

enum class TextSize { Tiny, Small, Body, Title, Heading, Display };
enum class Weight { Normal, Medium, Semibold };

struct Shortcut {
  QString id;  ///< "keyframe.next"
  QKeySequence keys;
  QString scope;  ///< "window" or "viewport"
};

class Tokens {
 public:
  /// Reads `file`. Throws hbev::Error that names the first key that is missing or malformed.
  static Tokens load(const QString& file = QStringLiteral(":/tokens.json"));

  QColor color(Role role, Tone tone) const { return colors_[std::size_t(tone)][std::size_t(role)]; }
  /// The key in tokens.json: "border_strong".
  static QString roleName(Role role);

  const Sizes& sizes() const { return sizes_; }
  const Radii& radii() const { return radii_; }
  const Motion& motion() const { return motion_; }
  const HudMeasures& hud() const { return hud_; }
  const ScoreSteps& scoreSteps() const { return score_steps_; }

  int pixelSize(TextSize size) const { return pixel_sizes_[std::size_t(size)]; }
  /// Inter for words.
  QFont font(TextSize size, Weight weight = Weight::Normal) const;
  /// JetBrains Mono for figures, tokens, indices and settings.
  QFont mono(TextSize size, Weight weight = Weight::Normal) const;
  const QStringList& families() const { return families_; }
  const QStringList& monoFamilies() const { return mono_families_; }

  /// Eight colours for curves; a run keeps its number.
  const std::vector<QColor>& curves(Tone tone) const { return curves_[std::size_t(tone)]; }

  /// Every class palette of the file: palette name ("studio"), class id, colour. In the file's order of
  /// classes.
  struct ClassColor {
    QString palette, id;
    QColor color;
  };
  const std::vector<ClassColor>& classColors() const { return class_colors_; }

  const std::vector<Shortcut>& shortcuts() const { return shortcuts_; }
  /// nullptr when `id` has no key.
  const Shortcut* findShortcut(const QString& id) const;

 private:
  Tokens() = default;
  std::array<std::array<QColor, kRoleCount>, 2> colors_;
  Sizes sizes_{};
  Radii radii_{};
  Motion motion_{};
  HudMeasures hud_{};
  ScoreSteps score_steps_;
  std::array<int, 6> pixel_sizes_{};
  std::array<int, 3> weights_{};
  QStringList families_, mono_families_;
  std::array<std::vector<QColor>, 2> curves_;
  std::vector<ClassColor> class_colors_;
  std::vector<Shortcut> shortcuts_;
};

/// WCAG 2 contrast ratio of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);
/// `over` at `alpha` (0 to 1) on the opaque `under`.
QColor mix(const QColor& over, const QColor& under, double alpha);

}  // namespace hbev::ui
