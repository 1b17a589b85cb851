"""The arithmetic of the runner: python3 -m unittest discover -s Benchmarks/tests -t Benchmarks."""

import unittest

from harness import figures, printing, tables
from harness.catalogue import SCENARIOS, Program, Scenario, programs


def run(messages=1000, user=300_000, system=100_000, wall=1_000_000, **more):
    return {
        "messages": messages, "bytes": 64 * messages, "cpu_user_ns": user, "cpu_system_ns": system, "wall_ns": wall,
        "max_rss_kib": 2048, "server_cpu_ns": 50_000, **more,
    }


class Figures(unittest.TestCase):
    def test_cpu_is_user_and_system_of_a_message(self):
        self.assertEqual(figures.cpu_per_message(run()), 400)

    def test_the_rate_is_by_the_wall_clock(self):
        self.assertEqual(figures.rate(run()), 1_000_000)

    def test_a_run_without_time_has_no_rate(self):
        self.assertEqual(figures.rate(run(wall=0)), 0)

    def test_a_figure_is_the_median_with_least_and_most(self):
        value = figures.figure([run(user=user) for user in (900_000, 0, 100_000)], "cpu")
        self.assertEqual((value.least, value.median, value.most), (100, 200, 1000))

    def test_a_measure_that_a_run_lacks_is_none(self):
        self.assertIsNone(figures.figure([run()], "p50"))
        self.assertIsNone(figures.figure([run(messages=0)], "cpu"))
        self.assertIsNone(figures.figure([], "cpu"))

    def test_a_ratio_is_of_the_medians(self):
        ours, theirs = figures.Figure([2, 4, 100]), figures.Figure([6, 1, 50])
        self.assertEqual(figures.ratio(theirs, ours), 1.5)
        self.assertIsNone(figures.ratio(None, ours))
        self.assertIsNone(figures.ratio(theirs, None))
        self.assertIsNone(figures.ratio(theirs, figures.Figure([0])))

    def test_the_number_of_messages_is_chosen_by_time(self):
        # 1 µs a message: half a second is 500,000 of them.
        self.assertEqual(figures.messages_for(run(), 0.5, 1, 10_000_000), 500_000)
        self.assertEqual(figures.messages_for(run(), 0.5, 1, 1234), 1200)
        self.assertEqual(figures.messages_for(run(wall=10**12), 0.5, 7, 1234), 7)

    def test_a_difference_of_two_runs_leaves_out_what_is_not_per_message(self):
        self.assertEqual(figures.per_message(5000 + 100 * 7, 5000 + 200 * 7, 100), 7)


class Comparison(unittest.TestCase):
    def test_more_than_five_per_cent_is_worse(self):
        worse, better, _, _ = figures.compare({"a": 100, "b": 100}, {"a": 105.1, "b": 105})
        self.assertEqual(worse, [("a", 100, 105.1)])
        self.assertEqual(better, [])

    def test_less_than_five_per_cent_below_is_better(self):
        worse, better, _, _ = figures.compare({"a": 100, "b": 100}, {"a": 94.9, "b": 95})
        self.assertEqual(worse, [])
        self.assertEqual(better, [("a", 100, 94.9)])

    def test_near_zero_less_than_a_tenth_of_an_allocation_is_no_change(self):
        worse, _, _, _ = figures.compare({"none": 0.0}, {"none": 0.09})
        self.assertEqual(worse, [])
        worse, _, _, _ = figures.compare({"none": 0.0}, {"none": 0.11})
        self.assertEqual(worse, [("none", 0.0, 0.11)])

    def test_names_of_one_side_are_told(self):
        _, _, new, gone = figures.compare({"gone": 1, "both": 1}, {"new": 1, "both": 1})
        self.assertEqual((new, gone), (["new"], ["gone"]))


class Tables(unittest.TestCase):
    scenario = Scenario("some", "Some scenario", "receive", "/receive/64")

    def test_a_row_has_medians_spread_and_ratio(self):
        recorded = {"ours": [run(), run(user=400_000), run(user=200_000)], "rival": [run(user=700_000)] * 3}
        head, body = tables.rows(self.scenario, recorded, {"rival": "A rival"})
        self.assertEqual(
            head,
            ["program", "messages/s", "CPU ns/message", "of it user", "peak MiB", "least-most", "times ours"],
        )
        self.assertEqual(body[0], ["ours", "1,000,000", "400.0", "300.0", "2.0", "300.0-500.0", "1.00"])
        self.assertEqual(body[1], ["A rival", "1,000,000", "800.0", "700.0", "2.0", "800.0-800.0", "2.00"])

    def test_without_ours_there_is_no_ratio(self):
        _, body = tables.rows(self.scenario, {"rival": [run()], "absent": []}, {})
        self.assertEqual([row[0] for row in body], ["rival"])
        self.assertEqual(body[0][-1], "-")

    def test_markdown_aligns_numbers_to_the_right(self):
        lines = tables.markdown("Title", ["program", "x"], [["ours", "1"]]).splitlines()
        self.assertEqual(lines, ["### Title", "", "| program | x |", "|---|---:|", "| ours | 1 |"])

    def test_a_recording_renders_with_what_was_skipped(self):
        results = {
            "machine": {
                "cpu": "A CPU", "cores": 2, "architecture": "x", "kernel": "Linux 6", "date": "2026-01-01",
                "commit": "abc", "versions": {"swift": "6.3"},
            },
            "scenarios": {"some": {"runs": {"ours": [run()]}, "skipped": {"beast": "not built", "picows": None}}},
        }
        text = tables.render(results, [self.scenario], {}, as_markdown=True)
        self.assertIn("skipped: beast: not built", text)
        self.assertNotIn("picows", text)
        self.assertIn("The load server took 50 to 50 ns a message.", text)


class Catalogue(unittest.TestCase):
    def test_names_are_unique(self):
        names = [scenario.name for scenario in SCENARIOS]
        self.assertEqual(len(names), len(set(names)))

    def test_columns_and_comparisons_are_known(self):
        for scenario in SCENARIOS:
            self.assertLessEqual({*scenario.columns, scenario.compared}, set(figures.MEASURES), scenario.name)
            self.assertLessEqual(set(scenario.columns), set(tables.COLUMNS), scenario.name)

    def test_figures_are_compared_with_those_of_a_program_that_has_the_scenario(self):
        by_name = {program.name: program for program in programs()}
        for scenario in SCENARIOS:
            self.assertTrue(scenario.admits(by_name[scenario.reference]), scenario.name)

    def test_a_command_is_run_in_its_format_and_a_rival_as_a_program(self):
        by_name = {program.name: program for program in programs()}
        ours = printing.command_of(by_name["ours-json"], "ws://x/y", 7)
        self.assertEqual(ours[1:], ["tail", "ws://x/y", "--count", "7", "--format", "json"])
        rival = printing.command_of(by_name["gorilla-tuned"], "ws://x/y", 7)
        self.assertEqual(rival[1:], ["--tuned", "print", "ws://x/y", "count=7"])

    def test_a_limit_runs_only_where_it_is_one(self):
        limit = Program("limit-inflate", "", None, is_limit=True)
        admitting = [scenario.name for scenario in SCENARIOS if scenario.admits(limit)]
        self.assertEqual(admitting, ["receive-events-takeover", "receive-events-no-takeover"])


if __name__ == "__main__":
    unittest.main()
