// A part of a panel that folds away: a header line of 28 px with chevron, title and summary, the content
// below it.
#pragma once

#include <QtWidgets/QWidget>

class QVBoxLayout;

namespace hbev::ui {

class Section : public QWidget {
  Q_OBJECT
 public:
  explicit Section(const QString& title, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  /// What stands at the header's right: "5 of 8 on".
  void setSummary(const QString& summary);
  /// Replaces the content; the section owns it.
  void setContent(QWidget* content);
  QWidget* content() const { return content_; }
  /// A small widget at the header's right end: a copy button.
  void setHeaderWidget(QWidget* widget);

  void setExpanded(bool expanded);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  class Header;
  Header* header_;
  QVBoxLayout* layout_;
  QWidget* content_ = nullptr;
  QWidget* frame_ = nullptr;  ///< Its margins.
  bool expanded_ = true;
};

}  // namespace hbev::ui
