// Key and value lines of a panel: "Centre  7.80, -3.80, 1.60 m".
#pragma once

#include <optional>
#include <vector>

#include <QtGui/QColor>
#include <QtWidgets/QWidget>

namespace hbev::ui {

class FactList : public QWidget {
  Q_OBJECT
 public:
  struct Fact {
    QString name, value;
    std::optional<QColor> swatch;
    bool mono = true;
    std::optional<int> verdict;  ///< 1 right, 0 wrong
  };
  explicit FactList(QWidget* parent = nullptr);
  void setFacts(std::vector<Fact> facts);
  const std::vector<Fact>& facts() const { return facts_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<Fact> facts_;
};

}  // namespace hbev::ui
