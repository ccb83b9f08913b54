#include "core/data/images.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/made_image.h"
#include "tests/io/damage.h"

namespace hbev {
namespace {

using test::madeImage;
using test::problemOf;
using test::TemporaryFolder;

std::string textOf(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = readFile(file, 1 << 24);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

double meanDifference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i)
    sum += std::abs(int(a.rgb[i]) - int(b.rgb[i]));
  return sum / double(a.rgb.size());
}

TEST(Images, PngsComeBackExactlyAndJpegsNearly) {
  const TemporaryFolder folder;
  const Image image = madeImage(160, 90);
  writeImage(folder / "deep/a.png", image);
  writeImage(folder / "a.jpg", image);
  EXPECT_EQ(readImage(folder / "deep/a.png").rgb, image.rgb) << "and red is red";
  const Image jpeg = readImage(folder / "a.jpg");
  EXPECT_EQ(jpeg.width, 160);
  EXPECT_EQ(jpeg.height, 90);
  EXPECT_LT(meanDifference(jpeg, image), 4);
}

TEST(Images, AreDecodedSmallerButAtLeastAsWideAsAsked) {
  const TemporaryFolder folder;
  writeImage(folder / "a.jpg", madeImage(1600, 900));
  for (const auto& [asked, expected] : std::initializer_list<std::pair<int, int>>{{0, 1600},
                                                                                  {1600, 1600},
                                                                                  {801, 1600},
                                                                                  {800, 800},
                                                                                  {401, 800},
                                                                                  {400, 400},
                                                                                  {201, 400},
                                                                                  {200, 200},
                                                                                  {1, 200}}) {
    EXPECT_EQ(readImage(folder / "a.jpg", asked).width, expected) << asked;
  }
  EXPECT_LT(meanDifference(readImage(folder / "a.jpg", 400), madeImage(400, 225)), 6);
}

TEST(Images, OnesThatAreCutOffAreErrorsAndNotGrey) {
  const TemporaryFolder folder;
  for (const char* name : {"a.jpg", "a.png"}) {
    writeImage(folder / name, madeImage(320, 180));
    const std::string whole = textOf(folder / name);
    for (const double part : {0.02, 0.3, 0.6, 0.9, 0.98}) {
      writeFile(folder / name, whole.substr(0, std::size_t(part * double(whole.size()))));
      for (const int width : {0, 100}) {
        EXPECT_EQ(problemOf([&] { readImage(folder / name, width); }).file, folder / name) << name << part;
      }
    }
    writeFile(folder / name, whole.substr(0, whole.size() - 2));
    EXPECT_EQ(problemOf([&] { readImage(folder / name); }).file, folder / name);
  }
}

TEST(Images, DamageInTheMiddleIsAnErrorAndNoGreyStripe) {
  const TemporaryFolder folder;
  writeImage(folder / "a.jpg", madeImage(320, 180));
  const std::string whole = textOf(folder / "a.jpg");
  const std::size_t scan = whole.find("\xFF\xDA");
  std::string cut = whole;  // a stretch is missing, the end is there
  cut.erase(scan + (whole.size() - scan) / 2, (whole.size() - scan) / 4);
  std::string marked = whole;  // a marker where none may be
  marked.replace(scan + (whole.size() - scan) / 2, 2, "\xFF\xC0");
  for (const std::string& damaged : {cut, marked}) {
    writeFile(folder / "a.jpg", damaged);
    for (const int width : {0, 100}) {
      const Problem problem = problemOf([&] { readImage(folder / "a.jpg", width); });
      EXPECT_EQ(problem.file, folder / "a.jpg");
      EXPECT_NE(problem.found.find("damaged"), std::string::npos) << problem.found;
    }
  }
}

TEST(Images, FastPicturesAreNearlyTheFineOnes) {
  const TemporaryFolder folder;
  writeImage(folder / "a.jpg", madeImage(320, 180));
  const Image fine = readImage(folder / "a.jpg"), fast = readImage(folder / "a.jpg", 0, ImageQuality::Fast);
  EXPECT_EQ(fast.width, fine.width);
  EXPECT_LT(meanDifference(fast, fine), 2);
}

TEST(Images, BytesAfterTheEndDoNotDisturb) {
  const TemporaryFolder folder;
  for (const char* name : {"a.jpg", "a.png"}) {
    writeImage(folder / name, madeImage(64, 48));
    const Image before = readImage(folder / name);
    writeFile(folder / name, textOf(folder / name) + std::string(100, '\0') + "appended");
    EXPECT_EQ(readImage(folder / name).rgb, before.rgb);
  }
}

TEST(Images, AThumbnailsEndIsNotThePicturesEnd) {
  const TemporaryFolder folder;
  writeImage(folder / "a.jpg", madeImage(320, 180));
  std::string jpeg = textOf(folder / "a.jpg");
  jpeg.insert(2, std::string("\xFF\xE1\x00\x08xx\xFF\xD9xx", 10));  // as an Exif segment holds one
  writeFile(folder / "a.jpg", jpeg);
  EXPECT_EQ(readImage(folder / "a.jpg").width, 320);
  writeFile(folder / "a.jpg", jpeg.substr(0, jpeg.size() / 2));
  EXPECT_EQ(problemOf([&] { readImage(folder / "a.jpg"); }).found, "one that ends before its last row");
}

TEST(Images, WhatIsNoPictureIsAnErrorWhateverItsName) {
  const TemporaryFolder folder;
  writeFile(folder / "text.jpg", std::string_view("This is some text and not a picture at all."));
  writeFile(folder / "empty.jpg", std::string_view());
  writeFile(folder / "start.jpg", std::string_view("\xFF\xD8\xFF"));
  writeFile(folder / "start.png", std::string_view("\x89PNG"));
  for (const char* name : {"text.jpg", "empty.jpg", "start.jpg", "start.png", "absent.jpg"}) {
    EXPECT_EQ(problemOf([&] { readImage(folder / name); }).file, folder / name) << name;
  }
}

TEST(Images, AbsurdSizesInAHeaderAreRefusedUndecoded) {
  const TemporaryFolder folder;
  writeImage(folder / "a.png", madeImage(16, 16));
  std::string png = textOf(folder / "a.png");
  png.replace(16, 8, std::string("\x00\x01\x00\x00\x00\x01\x00\x00", 8));  // 65536 x 65536
  writeFile(folder / "a.png", png);
  EXPECT_EQ(problemOf([&] { readImage(folder / "a.png"); }).found, "65536 x 65536 pixels");
  png.replace(16, 8, std::string("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8));
  writeFile(folder / "a.png", png);
  problemOf([&] { readImage(folder / "a.png"); });
  writeImage(folder / "a.jpg", madeImage(16, 16));
  std::string jpeg = textOf(folder / "a.jpg");
  jpeg.replace(jpeg.find("\xFF\xC0") + 5, 4, "\xFF\xFF\xFF\xFF");
  writeFile(folder / "a.jpg", jpeg);
  EXPECT_EQ(problemOf([&] { readImage(folder / "a.jpg"); }).found, "a JPEG without a usable header");
}

TEST(Images, AnyDamageIsReadOrRefused) {
  const TemporaryFolder folder;
  std::mt19937 random(5);
  int read = 0, refused = 0;
  for (const char* name : {"a.jpg", "a.png"}) {
    writeImage(folder / name, madeImage(64, 48));
    const std::string whole = textOf(folder / name);
    for (int round = 0; round < 200; ++round) {
      writeFile(folder / name, test::damaged(whole, random));
      try {
        const Image image = readImage(folder / name);
        EXPECT_EQ(image.rgb.size(), std::size_t(image.width) * std::size_t(image.height) * 3);
        ++read;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(read, 0);  // few: any damage inside a JPEG or PNG is seen
  EXPECT_GT(refused, 100);
}

TEST(Images, AGoodPictureIsReadAfterAnyDamagedOne) {
  const TemporaryFolder folder;
  writeImage(folder / "good.jpg", madeImage(64, 48));
  const std::string whole = textOf(folder / "good.jpg");
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    writeFile(folder / "bad.jpg", test::damaged(whole, random));
    try {
      readImage(folder / "bad.jpg");
    } catch (const Error&) {
      EXPECT_EQ(readImage(folder / "good.jpg").width, 64) << round;
    }
  }
}

TEST(Images, WhatCannotBeWrittenIsAnErrorAndLeavesNothing) {
  const TemporaryFolder folder;
  const Image image = madeImage(8, 8);
  for (const char* name : {"a.xyz", "a", "a.npz"}) {
    EXPECT_EQ(problemOf([&] { writeImage(folder / name, image); }).file, folder / name);
  }
  EXPECT_EQ(problemOf([&] { writeImage(folder / "a.png", Image{}); }).found, "one without pixels");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace hbev
