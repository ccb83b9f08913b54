// The doctor in the window: on the start page, in its panel, for damaged data, cancelled, copied.
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

#include "tests/ui/window_test.h"
#include "ui/kit/progress_line.h"
#include "ui/window/doctor_panel.h"
#include "ui/window/finding_list.h"
#include "ui/window/start_page.h"

namespace hbev::ui::test {
namespace {

using DoctorTest = WindowTest;

TEST(Findings, are_summed_up_and_written_as_text) {
  using State = Finding::State;
  EXPECT_EQ(findingSummary({{State::Good, "A", "fine", "", ""}, {State::Note, "B", "so", "", ""}}),
            QStringLiteral("all good"));
  const std::vector<Finding> findings{{State::Good, "Tables", "13 tables", "", ""},
                                      {State::Warning, "Maps", "1 map is missing", "a.png", "Fetch it."},
                                      {State::Failure, "Labels", "none", "", ""},
                                      {State::Failure, "Lidar", "none", "", ""}};
  EXPECT_EQ(findingSummary(findings), QStringLiteral("2 failures, 1 warning"));
  const QString text = findingText(findings);
  for (const char* word : {"Tables", "1 map is missing", "a.png", "Fetch it.", "Lidar"})
    EXPECT_TRUE(text.contains(QString::fromLatin1(word))) << word;
}

TEST(Findings, the_worst_stand_first) {
  using State = Finding::State;
  FindingList list(FindingList::Style::Brief);
  list.setFindings({{State::Good, "1", "", "", ""},
                    {State::Failure, "2", "", "", ""},
                    {State::Warning, "3", "", "", ""},
                    {State::Failure, "4", "", "", ""}});
  std::string order;
  for (const Finding& finding : list.findings())
    order += finding.area;
  EXPECT_EQ(order, "2431");
}

TEST_F(DoctorTest, the_start_page_looks_at_the_machine) {
  auto* start = window().findChild<StartPage*>();
  ASSERT_TRUE(start);
  auto* list = start->findChild<FindingList*>();
  ASSERT_TRUE(list);
  EXPECT_TRUE(waitFor([&] { return !list->findings().empty(); }));
}

TEST_F(DoctorTest, the_panel_looks_at_machine_data_set_and_predictions) {
  open();
  window().actions()["doctor.show"]->trigger();
  DoctorPanel& panel = window().doctor();
  EXPECT_TRUE(panel.isVisible());
  ASSERT_TRUE(panel.isRunning());
  EXPECT_TRUE(panel.findChild<ProgressLine*>()->isVisible());
  for (const QPushButton* button : panel.findChildren<QPushButton*>())
    EXPECT_FALSE(button->isVisible() && button->text() == QStringLiteral("Examine")) << "it is doing that";
  ASSERT_TRUE(waitFor([&] { return !panel.isRunning() && !panel.groups().empty(); }, 30000));
  ASSERT_EQ(panel.groups().size(), 3U);
  EXPECT_EQ(panel.groups()[1].title, QStringLiteral("demo"));
  EXPECT_EQ(panel.groups()[2].title, QStringLiteral("spoiled"));
  for (const FindingGroup& group : panel.groups())
    EXPECT_FALSE(group.findings.empty()) << group.title.toStdString();
  EXPECT_NE(worstOf(panel.groups()[1].findings), Finding::State::Failure) << panel.text().toStdString();
  EXPECT_TRUE(panel.text().contains(QString::fromStdString(panel.groups()[1].findings[0].title)));
}

TEST_F(DoctorTest, a_missing_picture_is_found_with_advice) {
  const auto world = copyOfDemoWorld("doctor-missing");
  std::filesystem::remove(Dataset::open(world)->keyframe(0, 0).cameras[std::size_t(Camera::Back)]->file);
  open(world);
  window().showPanel(&window().doctor());
  DoctorPanel& panel = window().doctor();
  ASSERT_TRUE(waitFor([&] { return !panel.isRunning() && panel.groups().size() >= 2; }, 30000));
  const auto& findings = panel.groups()[1].findings;
  EXPECT_TRUE(std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.state >= Finding::State::Warning && !finding.advice.empty();
  })) << panel.text().toStdString();
}

TEST_F(DoctorTest, cancelling_leaves_what_was_found_before) {
  open();
  window().showPanel(&window().doctor());
  DoctorPanel& panel = window().doctor();
  ASSERT_TRUE(waitFor([&] { return !panel.isRunning() && !panel.groups().empty(); }, 30000));
  const QString before = panel.text();
  bool ended = false;
  QObject::connect(&panel, &DoctorPanel::ended, [&] { ended = true; });
  panel.examine();
  panel.cancel();
  ASSERT_TRUE(waitFor([&] { return ended; }, 30000));
  EXPECT_FALSE(panel.isRunning());
  EXPECT_FALSE(panel.groups().empty());
}

}  // namespace
}  // namespace hbev::ui::test
