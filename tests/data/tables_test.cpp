// Tables in pieces: however a file is cut, written or ordered, the index is the same.
#include "core/data/tables.h"

#include <algorithm>
#include <random>
#include <unordered_map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/data/dataset.h"
#include "core/data/token_table.h"
#include "tests/base/expect_error.h"
#include "tests/base/temporary_folder.h"
#include "tests/data/index_text.h"
#include "tests/data/made_nuscenes.h"
#include "tests/io/damage.h"

namespace hbev {
namespace {

using nlohmann::json;
using test::indexText;
using test::MadeNuscenes;
using test::TemporaryFolder;

constexpr std::array<const char*, 10> kTables{
    "scene",  "sample", "sample_data",       "ego_pose", "calibrated_sensor",
    "sensor", "log",    "sample_annotation", "instance", "category"};

std::string readText(const MadeNuscenes& made, std::size_t piece_bytes = kTablePieceBytes) {
  const TemporaryFolder folder;
  made.write(folder.path());
  return indexText(joinIndex(readNuscenesTables(folder / "v1.0-mini", nullptr, piece_bytes)));
}

TEST(Tables, AreTheSameInPiecesOfAnyLength) {
  MadeNuscenes made;
  made.row("sample_data", "a0-CAM_BACK")["sample_token"] = "nowhere";
  made.row("sample_data", "a1-CAM_BACK-sweep")["ego_pose_token"] = "nowhere";
  const std::string whole = readText(made);
  EXPECT_NE(whole.find("scene a scene-a Made made-town"), whole.npos);
  EXPECT_NE(whole.find("box "), whole.npos);
  EXPECT_NE(whole.find("Sweeps lack"), whole.npos);
  for (const std::size_t piece_bytes : {1, 7, 64, 100, 333, 1000, 4096})
    EXPECT_TRUE(readText(made, piece_bytes) == whole) << piece_bytes;
}

TEST(Tables, AreTheSameMinifiedOrWithSpaceEverywhere) {
  const MadeNuscenes made;
  const std::string whole = readText(made);
  MadeNuscenes minified, spaced;
  for (const char* name : kTables) {
    const json rows = json::parse(made.text(name));
    minified.replaceTable(name, rows.dump());
    std::string text = "\n [";
    for (std::size_t i = 0; i < rows.size(); ++i)
      text += (i == 0 ? " \t" : " \r\n\t,\n\n ") + rows[i].dump(7);
    spaced.replaceTable(name, text + "\n] \n");
  }
  for (const std::size_t piece_bytes : {std::size_t(50), std::size_t(700), kTablePieceBytes}) {
    EXPECT_TRUE(readText(minified, piece_bytes) == whole);
    EXPECT_TRUE(readText(spaced, piece_bytes) == whole);
  }
}

TEST(Tables, AreTheSameInAnotherOrderOfRowsAndFields) {
  const MadeNuscenes made;
  const std::string whole = readText(made);
  std::mt19937 random(3);
  for (int round = 0; round < 5; ++round) {
    MadeNuscenes shuffled;
    for (const char* name : kTables) {
      json rows = json::parse(made.text(name));
      // The order of scenes is that of their table.
      if (std::string_view(name) != "scene") std::shuffle(rows.begin(), rows.end(), random);
      std::string text;
      for (const json& row : rows) {
        std::vector<std::string> fields;
        for (const auto& [key, value] : row.items())
          fields.push_back(json(key).dump() + ": " + value.dump());
        std::shuffle(fields.begin(), fields.end(), random);
        std::string fields_text;
        for (const std::string& field : fields)
          fields_text += (fields_text.empty() ? "" : ", ") + field;
        text += (text.empty() ? "{" : ",\n{") + fields_text + "}";
      }
      shuffled.replaceTable(name, "[" + text + "]");
    }
    EXPECT_TRUE(readText(shuffled, 300) == whole);
  }
}

TEST(Tables, EscapedKeysAndTokensAreWhatTheyStandFor) {
  const MadeNuscenes made;
  const std::string whole = readText(made);
  const auto escaped = [](std::string text) {  // every letter as \u0061
    std::string result;
    bool is_inside = false;
    for (const char letter : text) {
      if (letter == '"') is_inside = !is_inside;
      const bool is_letter = is_inside && std::isalpha(static_cast<unsigned char>(letter));
      result += is_letter ? fmt::format("\\u{:04x}", int(letter)) : std::string(1, letter);
    }
    return result;
  };
  MadeNuscenes written;
  for (const char* name : kTables)
    written.replaceTable(name, escaped(made.text(name)));
  EXPECT_TRUE(readText(written) == whole);
  EXPECT_TRUE(readText(written, 500) == whole);
}

TEST(Tables, WhatLooksLikeTheEndOfARowWithinARowIsNone) {
  MadeNuscenes plain, tricky;
  for (MadeNuscenes* made : {&plain, &tricky})
    made->row("scene", "a")["description"] = "turns } , { and \" }, {\" stops";
  const json trick = {{"text", "}, {\"token\": \"a0\"}, {"}, {"rows", {{{"token", "x"}}, {{"token", "y"}}}}};
  for (const char* name : kTables) {
    for (json& row : tricky.table(name)) {
      row["another"] = trick;
      row["0"] = "}, {";  // stands in front of all others
    }
  }
  const std::string whole = readText(plain);
  for (const std::size_t piece_bytes :
       {std::size_t(40), std::size_t(150), std::size_t(1000), kTablePieceBytes})
    EXPECT_TRUE(readText(tricky, piece_bytes) == whole) << piece_bytes;
}

TEST(Tables, OneRowIsATableToo) {
  MadeNuscenes made;
  json& readings = made.table("sample_data");
  readings = json::array({made.row("sample_data", "a0-CAM_FRONT")});
  const std::string whole = readText(made);
  EXPECT_NE(whole.find("samples/CAM_FRONT/a0.jpg"), whole.npos);
  EXPECT_TRUE(readText(made, 16) == whole);
}

TEST(Tables, DamageIsFoundInPiecesToo) {
  std::mt19937 random(11);
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    MadeNuscenes made;
    const char* name = kTables[std::size_t(round) % kTables.size()];
    made.replaceTable(name, test::damaged(made.text(name), random));
    const auto outcome = [&](std::size_t piece_bytes) {
      try {
        const std::string text = readText(made, piece_bytes);
        return text.substr(0, text.find(" cannot be read ("));  // the row is told as well as it is known
      } catch (const Error& error) {
        return error.problem().file.filename().string();
      }
    };
    const std::string whole = outcome(kTablePieceBytes);
    refused += whole.ends_with(".json");
    EXPECT_TRUE(outcome(400) == whole) << name << " in round " << round;
  }
  EXPECT_GT(refused, 30);
}

TEST(Tables, RowsOfDamagedTablesAreCounted) {
  MadeNuscenes made;
  std::string text = made.text("ego_pose");
  const std::size_t row = text.find("\"token\": \"a1-CAM_BACK\"");
  const std::size_t number =
      std::size_t(std::count(text.begin(), text.begin() + std::ptrdiff_t(row), '{')) - 1;
  made.replaceTable("ego_pose", text.replace(row, 8, "\"token: "));
  for (const std::size_t piece_bytes : {std::size_t(300), std::size_t(2000)}) {
    const Problem problem = test::problemOf([&] { readText(made, piece_bytes); });
    const std::size_t found = std::stoul(problem.found.substr(problem.found.rfind(' ')));
    EXPECT_LE(found, number);
    EXPECT_GE(found + 2000 / 100, number) << "no further away than a piece is long";
  }
}

TEST(Tables, SweepsStandBetweenTheKeyframesInTheOrderOfTime) {
  MadeNuscenes made;
  auto& rows = made.table("sample_data");
  std::reverse(rows.begin(), rows.end());
  made.row("ego_pose", "a1-CAM_FRONT-sweep")["rotation"] = {0, 0, 0, 0};
  const TemporaryFolder folder;
  made.write(folder.path());
  const auto dataset = Dataset::open(folder.path());
  const std::vector<CameraFrame> sequence = dataset->cameraSequence(0, Camera::Front);
  ASSERT_EQ(sequence.size(), 5U) << "three keyframes, and two of three sweeps";
  std::vector<bool> is_keyframe;
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    is_keyframe.push_back(sequence[i].is_keyframe);
    EXPECT_TRUE(i == 0 || sequence[i - 1].reading.timestamp_us < sequence[i].reading.timestamp_us);
  }
  EXPECT_EQ(is_keyframe, (std::vector<bool>{true, false, true, true, false}));
  EXPECT_EQ(sequence[0].reading.file, dataset->keyframe(0, 0).cameras[std::size_t(Camera::Front)]->file);
  EXPECT_EQ(sequence[1].reading.file, folder / "sweeps/CAM_FRONT/a0.jpg");
  EXPECT_EQ(sequence[1].reading.model.intrinsics(0, 2), 800);

  const std::vector<StampedPose> track = dataset->egoTrack(0);
  EXPECT_EQ(track.size(), 3U * 14 - 1)
      << "six cameras and a lidar, keyframes and sweeps, without the damaged one";
  for (std::size_t i = 1; i < track.size(); ++i)
    EXPECT_LT(track[i - 1].timestamp_us, track[i].timestamp_us);
  EXPECT_EQ(track.front().global_from_ego.translation().x(), 0);
  EXPECT_EQ(track.back().global_from_ego.translation().x(), 2);
  EXPECT_EQ(dataset->annotatedCategories(0), std::vector<std::string>{"vehicle.car"});
  EXPECT_TRUE(dataset->annotatedCategories(1).empty());
}

TEST(Tables, OneMomentIsOnTheTrackOnce) {
  MadeNuscenes made;
  for (json& row : made.table("sample_data"))
    row["timestamp"] = 1'500'000'000'000'000;
  const TemporaryFolder folder;
  made.write(folder.path());
  EXPECT_EQ(Dataset::open(folder.path())->egoTrack(0).size(), 1U);
}

TEST(Tables, OfSeveralReadingsOfAKeyframeTheLastRowCounts) {
  for (const int delay_us : {-1000, 1000}) {
    MadeNuscenes made;
    json row = made.row("sample_data", "a0-CAM_FRONT");
    row["filename"] = "samples/CAM_FRONT/again.jpg";
    row["timestamp"] = row["timestamp"].get<std::int64_t>() + delay_us;
    made.table("sample_data").push_back(row);
    const TemporaryFolder folder;
    made.write(folder.path());
    EXPECT_EQ(Dataset::open(folder.path())->keyframe(0, 0).cameras[std::size_t(Camera::Front)]->file,
              folder / "samples/CAM_FRONT/again.jpg");
  }
}

TEST(Tables, ReadingsMayShareAPose) {
  MadeNuscenes made;
  for (json& row : made.table("sample_data"))
    row["ego_pose_token"] = "a1-LIDAR_TOP";
  const TemporaryFolder folder;
  made.write(folder.path());
  const auto dataset = Dataset::open(folder.path());
  EXPECT_EQ(dataset->cameraSequence(0, Camera::Back).size(), 6U);
  EXPECT_EQ(dataset->keyframe(0, 2).lidar->global_from_ego.translation().x(), 1);
}

TEST(FileNames, DifferOnlyWithoutTheirTimeStamps) {
  constexpr std::int64_t kTime_us = 1'532'402'927'612'460;
  FileNames names;
  const std::string before = "samples/CAM_FRONT/n015__CAM_FRONT__";
  const std::uint32_t first = names.add(before + std::to_string(kTime_us) + ".jpg", kTime_us);
  EXPECT_EQ(names.add(before + std::to_string(kTime_us + 7) + ".jpg", kTime_us + 7), first);
  const std::uint32_t plain = names.add("samples/CAM_FRONT/7.jpg", 7);
  EXPECT_NE(plain, first);
  EXPECT_NE(names.add(before + std::to_string(kTime_us) + ".png", kTime_us), first);
  EXPECT_NE(names.add(before + ".jpg", kTime_us), first) << "no time stamp in it";
  FileNames others;
  others.add("another", 1);
  const std::vector<std::uint32_t> merged = others.merge(names);
  ASSERT_EQ(merged.size(), names.names().size());
  EXPECT_EQ(others.merge(names), merged) << "what is there is not added again";
  const auto nameOf = [&](std::uint32_t number, std::int64_t time_us) {
    return fullName(others.names()[merged[number]], others.text(), time_us);
  };
  EXPECT_EQ(nameOf(first, kTime_us + 9), before + std::to_string(kTime_us + 9) + ".jpg");
  EXPECT_EQ(nameOf(plain, 7), "samples/CAM_FRONT/7.jpg");
}

TEST(TokenTable, FindsTheFirstOfEqualTokens) {
  std::mt19937_64 random(5);
  std::vector<Token> tokens;
  for (int i = 0; i < 10'000; ++i)
    tokens.push_back(i % 3 == 2 ? tokens[random() % tokens.size()] : Token{random(), random()});
  for (std::uint64_t i = 1; i < 3000; ++i)
    tokens.push_back({0, i << 32});  // all alike but for a few digits
  tokens.push_back({});
  const TokenTable table(tokens);
  std::unordered_map<Token, std::uint32_t> expected;
  for (std::uint32_t i = 0; i < tokens.size(); ++i)
    expected.emplace(tokens[i], i);
  std::vector<Token> wanted = tokens;
  wanted.push_back({1, 2});
  std::vector<std::uint32_t> rows(wanted.size());
  table.find(wanted, rows);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = expected.find(wanted[i]);
    const bool is_known = found != expected.end() && !wanted[i].isNull();
    ASSERT_EQ(rows[i], is_known ? found->second : kNoRow);
    ASSERT_EQ(table.find(wanted[i]), rows[i]);
  }
  EXPECT_EQ(TokenTable().find(Token{1, 2}), kNoRow);
  EXPECT_EQ(TokenTable(std::vector<Token>()).find(Token{1, 2}), kNoRow);
}

TEST(DatasetIndex, LinksOutOfRangeAreNotSound) {
  const TemporaryFolder folder;
  MadeNuscenes().write(folder.path());
  const DatasetIndex whole = joinIndex(readNuscenesTables(folder / "v1.0-mini", nullptr));
  EXPECT_TRUE(whole.isSound());
  const auto changed = [](auto column, const auto& change) {
    std::vector rows(column.begin(), column.end());
    change(rows[rows.size() / 2]);
    return decltype(column)(std::move(rows));
  };
  int number = 0;
  const auto expectUnsound = [&](const auto& spoil) {
    DatasetIndex index = whole;
    spoil(index);
    EXPECT_FALSE(index.isSound()) << number;
    ++number;
  };
  using Index = DatasetIndex;
  expectUnsound([&](Index& i) { i.readings = changed(i.readings, [](auto& row) { row.pose = 100'000; }); });
  expectUnsound([&](Index& i) { i.readings = changed(i.readings, [](auto& row) { row.calibration = 8; }); });
  expectUnsound([&](Index& i) { i.readings = changed(i.readings, [](auto& row) { row.file = kNoRow; }); });
  expectUnsound([&](Index& i) { i.readings = changed(i.readings, [](auto& row) { row.sample = 4; }); });
  expectUnsound([&](Index& i) { i.samples = changed(i.samples, [](auto& row) { row.box_count = kNoRow; }); });
  expectUnsound([&](Index& i) { i.samples = changed(i.samples, [](auto& row) { row.readings[3] = 9999; }); });
  expectUnsound([&](Index& i) { i.samples = changed(i.samples, [](auto& row) { row.scene = 2; }); });
  expectUnsound([&](Index& i) { i.samples = changed(i.samples, [](auto& row) { row.token.begin = ~0U; }); });
  expectUnsound([&](Index& i) { i.scenes = changed(i.scenes, [](auto& row) { row.sample_count = 4; }); });
  expectUnsound(
      [&](Index& i) { i.scenes = changed(i.scenes, [](auto& row) { row.first_reading[7] = 9999; }); });
  expectUnsound(
      [&](Index& i) { i.scenes = changed(i.scenes, [](auto& row) { row.first_reading[2] = 9999; }); });
  expectUnsound([&](Index& i) { i.boxes = changed(i.boxes, [](auto& row) { row.category = 1; }); });
  expectUnsound([&](Index& i) { i.files = changed(i.files, [](auto& row) { row.stamp_at = 1000; }); });
  expectUnsound([&](Index& i) { i.files = changed(i.files, [](auto& row) { row.text.size = ~0U; }); });
  expectUnsound(
      [&](Index& i) { i.scene_categories = changed(i.scene_categories, [](auto& row) { row = 1; }); });
}

TEST(DatasetIndex, PartsWithLinksOutOfRangeAreRefused) {
  IndexParts parts;
  parts.scenes.push_back({"a", "scene-a", "", ""});
  parts.samples.push_back({"a0", 1, 0});
  parts.samples.push_back({"a1", 2, 1});
  EXPECT_THROW(joinIndex(parts), std::out_of_range);
  parts.samples.pop_back();
  parts.boxes = {{{{}, 1}}};
  EXPECT_THROW(joinIndex(parts), std::out_of_range);
  parts.boxes.clear();
  EXPECT_TRUE(joinIndex(parts).isSound());
  parts.readings.emplace_back();
  EXPECT_THROW(joinIndex(parts), std::out_of_range) << "no pose";
}

}  // namespace
}  // namespace hbev
