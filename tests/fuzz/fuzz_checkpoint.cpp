// Checkpoints: any file, and any pickle in a zip of PyTorch's form, gives tensors within their storages or is
// refused.
#include "core/io/checkpoint_file.h"
#include "tests/fuzz/target.h"
#include "tests/io/raw_zip.h"

using namespace hbev;

namespace {

/// A pickle that is changed within a zip would only ever fail its checksum, so that the zip is made here.
std::string fileOf(fuzz::Pieces pieces) {
  const bool is_pickle = pieces.byte() & 1;
  const std::string content(pieces.rest());
  if (!is_pickle) return content;
  return test::rawZip({{"a/data.pkl", content},
                       {"a/byteorder", "little"},
                       {"a/data/0", std::string(96, '\1')},
                       {"a/data/1", std::string(8, '\2')}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::MemoryFile file;
  const std::string content = fileOf({data, size});
  file.write(content);
  fuzz::readOrRefuse([&] {
    const CheckpointFile checkpoint(file.path());
    std::uint64_t total = 0;
    checkpoint.read(checkpoint.state(), [&](std::size_t index, const std::vector<std::byte>& elements) {
      const CheckpointTensor& tensor = checkpoint.state()[index];
      fuzz::require(elements.size() == tensor.byteCount(), "as many bytes as the shape says");
      countNotFinite(tensor.type, elements);
      total += elements.size();
    });
    fuzz::require(total <= 16 * content.size(), "no more than the file's size allows");
    fuzz::readOrRefuse([&] { optimizerOf(checkpoint); });
  });
  return 0;
}
