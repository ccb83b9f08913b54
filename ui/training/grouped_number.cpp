#include "ui/training/grouped_number.h"

#include <algorithm>

#include "ui/kit/painting.h"

namespace hbev::ui {
namespace {

class GroupedNumber : public QSpinBox {
 public:
  using QSpinBox::QSpinBox;

 protected:
  QString textFromValue(int value) const override { return groupedNumber(value); }
  int valueFromText(const QString& text) const override { return digitsOf(text).toInt(); }
  QValidator::State validate(QString& text, int& position) const override {
    QString digits = digitsOf(text);
    int place = std::min(position, int(digits.size()));
    return QSpinBox::validate(digits, place);
  }

 private:
  static QString digitsOf(QString text) { return text.remove(QChar(0x2009)).remove(QLatin1Char(' ')); }
};

}  // namespace

QSpinBox* makeNumber(int low, int high, int value, QWidget* parent) {
  auto* box = new GroupedNumber(parent);
  box->setRange(low, high);
  box->setValue(value);
  return box;
}

}  // namespace hbev::ui
