#include "ui/kit/icons.h"

#include <optional>

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtGui/QIconEngine>
#include <QtGui/QPainter>
#include <QtGui/QPixmapCache>
#include <QtSvg/QSvgRenderer>

#include "ui/kit/theme.h"

namespace hbev::ui {
namespace {

/// `pixels` square, in `color`. Kept in Qt's pixmap cache under the icon's key.
QPixmap render(const QString& key, const QByteArray& svg, QSize pixels, const QColor& color) {
  const QString cache_key = QString("hbev/%1/%2/%3x%4")
                                .arg(key, color.name(QColor::HexArgb))
                                .arg(pixels.width())
                                .arg(pixels.height());
  QPixmap pixmap;
  if (QPixmapCache::find(cache_key, &pixmap)) return pixmap;
  pixmap = QPixmap(pixels);
  pixmap.fill(Qt::transparent);
  QByteArray tinted = svg;
  tinted.replace("currentColor", color.name().toUtf8());
  QSvgRenderer renderer(tinted);
  renderer.setAspectRatioMode(Qt::KeepAspectRatio);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixels)));
  painter.end();
  QPixmapCache::insert(cache_key, pixmap);
  return pixmap;
}

QByteArray svgOf(const QString& name) {
  static QHash<QString, QByteArray> texts;
  const auto known = texts.constFind(name);
  if (known != texts.constEnd()) return *known;
  QFile file(":/icons/" + name + ".svg");
  const QByteArray svg = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  texts.insert(name, svg);
  return svg;
}

class TintedIconEngine : public QIconEngine {
 public:
  TintedIconEngine(QString key, QByteArray svg, std::optional<Role> role)
      : key_(std::move(key)), svg_(std::move(svg)), role_(role) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const double ratio = painter->device()->devicePixelRatioF();
    QPixmap pixmap = scaledPixmap(rect.size() * ratio, mode, state, ratio);
    pixmap.setDevicePixelRatio(ratio);
    painter->drawPixmap(rect, pixmap);
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    return render(key_, svg_, size, colorOf(mode, state));
  }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal) override {
    return pixmap(size, mode, state);
  }
  QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }
  QIconEngine* clone() const override { return new TintedIconEngine(*this); }
  QString key() const override { return "hbev"; }
  bool isNull() override { return svg_.isEmpty(); }

 private:
  QColor colorOf(QIcon::Mode mode, QIcon::State state) const {
    const Theme& theme = Theme::current();
    if (mode == QIcon::Disabled) return theme.color(Role::Disabled);
    if (role_) return theme.color(*role_);
    if (state == QIcon::On) return theme.color(Role::Accent);
    return theme.color(mode == QIcon::Normal ? Role::Text2 : Role::Text);
  }

  QString key_;
  QByteArray svg_;
  std::optional<Role> role_;
};

QIcon makeIcon(const QString& key, const QByteArray& svg, std::optional<Role> role) {
  return svg.isEmpty() ? QIcon() : QIcon(new TintedIconEngine(key, svg, role));
}

}  // namespace

QIcon icon(const QString& name) {
  return makeIcon(name, svgOf(name), {});
}

QIcon icon(const QString& name, Role role) {
  return makeIcon(name, svgOf(name), role);
}

QIcon iconFromSvg(const QByteArray& svg) {
  return makeIcon(QString::number(qHash(svg), 16), svg, {});
}

void paintIcon(QPainter& painter, const QString& name, const QRect& rect, const QColor& color) {
  const QByteArray svg = svgOf(name);
  if (svg.isEmpty()) return;
  const double ratio = painter.device()->devicePixelRatioF();
  QPixmap pixmap = render(name, svg, rect.size() * ratio, color);
  pixmap.setDevicePixelRatio(ratio);
  painter.drawPixmap(rect, pixmap);
}

}  // namespace hbev::ui
