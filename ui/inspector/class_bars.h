// The probabilities of a voxel's classes as bars, the likeliest first.
#pragma once

#include <optional>
#include <vector>

#include <QtGui/QColor>
#include <QtWidgets/QWidget>

#include "core/model/probabilities.h"

namespace hbev::ui {

/// A row: one class, or what all the others have together.
struct ClassShare {
  QString name;
  std::optional<QColor> swatch;  ///< none for free and for the others
  double probability = 0;
  bool is_truth = false;
};

/// The `most` likeliest classes, the truth's too when it is not among them, then "others". `voxel` is an
/// index in C order.
std::vector<ClassShare> classShares(const ClassProbabilities& probabilities, std::size_t voxel,
                                    Palette palette, std::optional<int> truth, int most = 5);

class ClassBars : public QWidget {
  Q_OBJECT
 public:
  explicit ClassBars(QWidget* parent = nullptr);
  void setShares(std::vector<ClassShare> shares);
  const std::vector<ClassShare>& shares() const { return shares_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  std::vector<ClassShare> shares_;
};

}  // namespace hbev::ui
