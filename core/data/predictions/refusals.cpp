// Files that are known and cannot be used as predictions of a keyframe.
#include "core/base/error.h"
#include "core/data/predictions/formats.h"
#include "core/io/npz.h"

namespace hbev {

std::optional<std::string> knownRefusal(const ListedFile& file) {
  if (file.extension != ".npz") return std::nullopt;
  try {
    const NpzReader npz(file.path);
    if (npz.contains("arr_0") && npz.header("arr_0").kind == 'O') {
      return "Cam4DOcc's forecasts are pickled lists of points of movable things only; they have no classes "
             "of a whole scene, and are not unpickled.";
    }
  } catch (const Error& error) {
    return toString(error.problem());
  }
  return std::nullopt;
}

}  // namespace hbev
