// Info pickles of BEVDet, HBEVOcc and mmdet3d: whatever the records hold, the index they become is sound.
#include "core/data/infos.h"
#include "tests/fuzz/target.h"

using namespace hbev;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::MemoryFolder folder;
  folder.write("nuscenes_infos_val.pkl", fuzz::textOf(data, size));
  fuzz::readOrRefuse([&] {
    const Infos infos = readInfos(folder.path() / "nuscenes_infos_val.pkl");
    fuzz::require(infos.index.isSound(), "every link is in range");
    for (const DatasetIndex::Reading& reading : infos.index.readings)
      infos.index.fileName(reading);
    infos.index.issueList();
  });
  return 0;
}
