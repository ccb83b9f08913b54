// The look that the application wears: dark or light, its palette, style, style sheet and fonts.
#pragma once

#include <QtCore/QObject>

#include "ui/kit/tokens.h"

class QApplication;
class QPalette;

namespace hbev::ui {

class Theme : public QObject {
  Q_OBJECT
 public:
  enum class Mode { System, Dark, Light };

  /// Throws hbev::Error when the built-in tokens are malformed.
  explicit Theme(QObject* parent = nullptr);
  ~Theme() override;

  /// The theme that wears the application: the last one applied. There must be one before any widget of the
  /// kit.
  static Theme& current();

  /// Sets style, fonts, palette and style sheet. Call once, before the first widget. The theme must outlive
  /// `app`'s widgets.
  void apply(QApplication& app);

  Mode mode() const { return mode_; }
  /// Where the tone becomes another, re-tints everything at run time, icons included. Emits changed() then,
  /// and where another mode amounts to the same tone: who keeps the setting hears of it.
  void setMode(Mode mode);
  /// What the mode amounts to now.
  Tone tone() const { return tone_; }

  const Tokens& tokens() const { return tokens_; }
  const Sizes& sizes() const { return tokens_.sizes(); }
  QColor color(Role role) const { return tokens_.color(role, tone_); }
  QColor color(Role role, double alpha) const;
  const std::vector<QColor>& curves() const { return tokens_.curves(tone_); }
  QFont font(TextSize size, Weight weight = Weight::Normal) const { return tokens_.font(size, weight); }
  QFont mono(TextSize size, Weight weight = Weight::Normal) const { return tokens_.mono(size, weight); }
  /// Of a score in percent.
  QColor scoreColor(double percent, const ScoreSteps& steps) const;
  QColor scoreColor(double percent) const { return scoreColor(percent, tokens_.scoreSteps()); }

  /// The setting "reduce motion": every duration() is then 0.
  void setReducedMotion(bool reduced) { reduced_motion_ = reduced; }
  int duration(int motion_ms) const { return reduced_motion_ ? 0 : motion_ms; }

  QPalette palette() const;
  /// resources/studio.qss with @role, @size and @font names filled in for the current tone.
  QString styleSheet() const;

 Q_SIGNALS:
  /// After the palette and the style sheet have been replaced, or the mode alone: tone() may be what it was.
  void changed();

 private:
  Tone systemTone() const;
  Tone chosenTone() const;
  void update();

  Tokens tokens_;
  Mode mode_ = Mode::System;
  Tone tone_ = Tone::Dark;
  Tone first_tone_ = Tone::Dark;  ///< Of the palette that the application had before apply().
  QApplication* app_ = nullptr;
  bool reduced_motion_ = false;
};

}  // namespace hbev::ui
