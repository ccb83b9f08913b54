// How files break: flipped bits, overwritten, doubled and lost bytes, a missing end.
#pragma once

#include <random>
#include <string>

namespace hbev::test {

/// `whole` with one to four damages.
inline std::string damaged(std::string whole, std::mt19937& random) {
  for (unsigned count = 1 + random() % 4; count > 0 && !whole.empty(); --count) {
    const std::size_t at = random() % whole.size();
    switch (random() % 6) {
      case 0:
        whole[at] = char(whole[at] ^ (1 << random() % 8));
        break;
      case 1:
        whole[at] = char(random());
        break;
      case 2:
        whole.resize(at);
        break;
      case 3:
        whole.insert(at, whole.substr(at, random() % 32));
        break;
      case 4:
        whole.erase(at, random() % 32);
        break;
      default:
        whole[at] = "09-{}[](),:'\"NnIe"[random() % 17];
        break;
    }
  }
  return whole;
}

}  // namespace hbev::test
