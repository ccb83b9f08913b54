// Key and value lines of a panel: "Centre  7.80, -3.80, 1.60 m". Values that are too long go on in a further
// line.
#pragma once

#include <optional>
#include <vector>

#include <QtGui/QColor>
#include <QtWidgets/QWidget>

class QPainter;

namespace hbev::ui {

class FactList : public QWidget {
  Q_OBJECT
 public:
  struct Fact {
    QString name, value;
    std::optional<QColor> swatch;
    bool mono = true;
    std::optional<int> verdict;  ///< 1 right, 0 wrong
    QString verdict_word = {};   ///< what says it more exactly: "missed"; empty: "right" or "wrong"
  };
  explicit FactList(QWidget* parent = nullptr);
  void setFacts(std::vector<Fact> facts);
  const std::vector<Fact>& facts() const { return facts_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  /// Where the value is, in a line of its own height at the top; without the verdict's word.
  QRect valueRect(const Fact& fact) const;
  int heightOf(const Fact& fact) const;
  void paintVerdict(QPainter& painter, int top, const Fact& fact) const;

  std::vector<Fact> facts_;
};

}  // namespace hbev::ui
