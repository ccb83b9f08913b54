// A distance that somebody measures: two points, of which the second follows the pointer until it is set. No
// widgets.
#pragma once

#include <optional>

#include <Eigen/Core>
#include <QtCore/QObject>
#include <QtCore/QString>

namespace hbev::ui {

/// Points are in ego, m. Viewports observe it.
class Measure : public QObject {
  Q_OBJECT
 public:
  using Point = std::optional<Eigen::Vector3d>;
  using QObject::QObject;

  bool isOn() const { return is_on_; }
  /// Either way without points.
  void setOn(bool on);
  /// The first point, then the second, which ends the measure; the next one begins another. Only while it is
  /// on.
  void setPoint(const Eigen::Vector3d& point);
  /// Where the second point would be now; nothing where nobody points at anything. Ignored unless isLive().
  void follow(const Point& point);

  const Point& from() const { return from_; }
  const Point& to() const { return to_; }
  /// The second point is still to be set.
  bool isLive() const { return from_ && !is_set_; }
  /// From the first to the second point; nothing without both.
  Point difference() const;
  /// "12.34 m", or nothing without both points.
  QString lengthText() const;
  /// "dx 3.20  dy −1.00  dz 0.40 m", or nothing without both points.
  QString partsText() const;
  /// Both to the clipboard.
  void copy();
  /// What is there now has been copied.
  bool isCopied() const { return is_copied_; }

 Q_SIGNALS:
  void changed();

 private:
  bool is_on_ = false, is_set_ = false, is_copied_ = false;
  Point from_, to_;
};

}  // namespace hbev::ui
