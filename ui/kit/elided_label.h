// Text that gives way: elided in the middle for paths and tokens, at the end for words; whole in its tooltip.
#pragma once

#include <QtWidgets/QWidget>

#include "ui/kit/tokens.h"

namespace hbev::ui {

class ElidedLabel : public QWidget {
  Q_OBJECT
 public:
  explicit ElidedLabel(const QString& text = {}, Qt::TextElideMode elide = Qt::ElideRight,
                       QWidget* parent = nullptr);

  QString text() const { return text_; }
  void setText(const QString& text);
  /// Said in place of the text where that does not fit; half a sentence says nothing.
  void setShorter(const QString& text);
  void setRole(Role role);
  Role role() const { return role_; }
  void setAlignment(Qt::Alignment alignment);
  /// Words go on in a further line as long as there are not more than these; then the last one is elided.
  void setMostLines(int lines);
  /// True when the text, or what is said in its place, does not fit now.
  bool isElided() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;
  bool hasHeightForWidth() const override { return most_lines_ > 1; }
  int heightForWidth(int width) const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  /// The text in lines of this width.
  QStringList linesIn(int width) const;

  QString text_, shorter_;
  Qt::TextElideMode elide_;
  Qt::Alignment alignment_ = Qt::AlignLeft | Qt::AlignVCenter;
  Role role_ = Role::Text;
  int most_lines_ = 1;
};

}  // namespace hbev::ui
