// What is written over a viewport: source, counts, frame time, class legend, axes and scale bar, by Dear
// ImGui.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "core/data/classes.h"

namespace hbev::ui {

/// Colours of the overlay, from the theme.
struct HudColors {
  Rgb background, text, text2, text3, border, badge, on_badge;
  float background_alpha = 0.92F;
};

struct HudLegendRow {
  std::string id;  ///< empty: cannot be clicked
  std::string name;
  Rgb color;
  std::size_t count = 0;
  bool shown = true;
};

/// A piece of text in one of the overlay's fonts.
struct HudText {
  enum class Font { Text, Bold, Mono } font = Font::Text;
  std::string text;
};

/// A line over the picture.
struct HudStroke {
  Eigen::Vector2f from, to;
  Rgb color;
  float width_px = 1;
};

/// A distance between two points of the picture.
struct HudMeasure {
  std::vector<Eigen::Vector2f> ends;  ///< those that are seen
  std::optional<HudStroke> line;      ///< of it what lies before the eye
  std::string length;                 ///< beside the line: "12.34 m"
  std::string parts;                  ///< below: "dx 3.20  dy 0.40  dz 0.00 m"
};

/// What colours that run through a ramp mean, in numbers.
struct HudRamp {
  struct Tick {
    float share = 0;  ///< 0 left end, 1 right end
    std::string text;
  };
  std::string title;          ///< "Entropy"
  std::string detail;         ///< at the title's right: "mean 0.12"
  std::vector<Rgb> colors;    ///< from left to right, evenly; empty: there is nothing to show, see `note`
  std::vector<Tick> ticks;    ///< from left to right
  std::vector<float> spread;  ///< 0 to 1: how many voxels have each part's colour; empty: not shown
  std::string note;           ///< below: what the numbers mean, or what to do to have some
};

/// All that is drawn. Pixels are logical ones, from the top left.
struct HudContent {
  std::string badge;            ///< "A"
  std::string title;            ///< "Prediction"
  std::string counts;           ///< "39 115 voxels"
  std::string timing;           ///< "4.2 ms · 60 fps"
  std::optional<HudRamp> ramp;  ///< above the legend
  std::string legend_title = "Classes";
  std::string legend_detail;         ///< at the title's right: "10 132"
  bool legend_shares = false;        ///< a bar below: the rows' counts as shares of all
  std::vector<HudLegendRow> legend;  ///< empty: no legend
  std::string cache;                 ///< "cache 412 MB · 96 % hit", at the bottom right
  std::string stages_total;          ///< "1.9 s": how long the network took; empty: not shown
  std::vector<std::pair<std::string, std::string>> stages;  ///< its parts: "depth", "0.4 s"
  std::vector<std::string> limits;                  ///< what restricts the view: "height 0.2 to 3.8 m"
  std::optional<Eigen::Matrix3f> view_rotation;     ///< view_from_ego: for the axes; none: no axes
  float metres_per_pixel = 0;                       ///< at the camera's target; 0: no scale bar
  std::optional<Eigen::Vector2f> ring;              ///< where the hovered voxel is
  std::vector<std::string> tooltip;                 ///< beside the ring, first line bold
  std::optional<Rgb> tooltip_color;                 ///< swatch before the first line
  std::string tooltip_detail;                       ///< at the first line's right end
  std::vector<std::vector<HudText>> tooltip_lines;  ///< below the others
  std::vector<HudStroke> strokes;                   ///< below the ring, each on a dark line
  std::optional<HudMeasure> measure;
  /// What is covered at the sides: nothing is written there.
  float inset_left = 0, inset_right = 0;
};

/// What somebody did to the overlay in the last frame.
struct HudEvents {
  std::optional<std::string> toggled_class;
  std::optional<std::string> soloed_class;
};

/// One overlay and ImGui context a viewport. Construct, draw and destroy with the viewport's GL context
/// current.
class Hud {
 public:
  explicit Hud(float pixel_ratio);
  ~Hud();
  Hud(const Hud&) = delete;
  Hud& operator=(const Hud&) = delete;

  // Input, in logical pixels. ImGui sees at most one change of a button a frame, so that fast clicks are not
  // lost.
  void moveMouse(float x, float y);
  void leaveMouse();
  void pressMouse(int button, bool down, bool alt);
  void turnWheel(float steps);
  /// True when the pointer is over something of the overlay: the view must not turn then.
  bool wantsMouse() const;
  /// True while input waits for another frame.
  bool needsFrame() const;

  /// Unfolds or folds the legend until somebody does it by hand; then it is as people left it.
  void suggestLegend(bool expanded);

  /// Draws into the bound framebuffer of `width` x `height` logical pixels.
  HudEvents draw(const HudContent& content, const HudColors& colors, int width, int height, float pixel_ratio,
                 double seconds_since_last);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hbev::ui
