// Valid files with flipped, cut, doubled and inserted bytes: either a value or hbev::Error, and nothing else.
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/io/npy.h"
#include "core/io/npz.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/io/damage.h"

namespace hbev {
namespace {

using test::damaged;
using test::TemporaryFolder;

const std::filesystem::path kFolder = std::filesystem::path(HBEV_TEST_DATA) / "npy";

std::string textOf(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 16);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(DamagedInput, NpyIsReadOrRefused) {
  std::mt19937 random(2);
  int values = 0, errors = 0;
  for (const char* name :
       {"version_1", "version_2", "version_3", "fortran_4d_big", "empty_3d", "number", "record"}) {
    const std::string whole = textOf(kFolder / (std::string(name) + ".npy"));
    for (int round = 0; round < 500; ++round) {
      const std::string text = damaged(whole, random);
      try {
        const NpyArray array = parseNpy(std::as_bytes(std::span(text)), name);
        values += array.values<double>().size() == array.count();
      } catch (const Error&) {
        ++errors;
      }
    }
  }
  EXPECT_EQ(values + errors, 7 * 500);
  EXPECT_GT(values, 100);
  EXPECT_GT(errors, 1000);
}

TEST(DamagedInput, NpzIsReadOrRefused) {
  const TemporaryFolder folder;
  std::mt19937 random(3);
  int values = 0, errors = 0;
  for (const char* name : {"types_stored", "types_deflated", "types_zip64", "mixed"}) {
    const std::string whole = textOf(kFolder / (std::string(name) + ".npz"));
    for (int round = 0; round < 250; ++round) {
      writeFile(folder / "a.npz", damaged(whole, random));
      try {
        const NpzReader npz(folder / "a.npz");
        for (const std::string& array : npz.names()) {
          try {
            npz.read(array, 1 << 20).values<float>();
            ++values;
          } catch (const Error&) {
            ++errors;
          }
        }
      } catch (const Error&) {
        ++errors;
      }
    }
  }
  EXPECT_GT(values, 1000);
  EXPECT_GT(errors, 500);
}

}  // namespace
}  // namespace hbev
