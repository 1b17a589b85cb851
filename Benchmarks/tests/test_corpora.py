"""Tests the programs that make the corpora: python3 -m unittest discover -s Benchmarks/tests -t Benchmarks."""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


def corpus(program, seed=1, count=4096):
    """The bytes that the program writes."""
    with tempfile.NamedTemporaryFile() as file:
        # -B: no folder of compiled code beside the program.
        command = [sys.executable, "-B", DATA / program, "--seed", str(seed), "--count", str(count), file.name]
        subprocess.run(command, check=True)
        return file.read()


class Corpora(unittest.TestCase):
    def test_figures_of_different_days_are_of_the_same_messages(self):
        # If a corpus changes on purpose, so do all figures: store a new baseline, and these.
        expected = {
            "make-events": "90b31e34e2f79633be011f13226eb2e5bbf5417131927ed58b650940c6f0ecfc",
            "make-agent-events": "01351b52c2fa9c3277e9389f8ed4760c17ce55c0ffd98bd66b717bec7c56113f",
        }
        for program, digest in expected.items():
            self.assertEqual(hashlib.sha256(corpus(program)).hexdigest(), digest, program)

    def test_another_seed_gives_other_messages(self):
        for program in ("make-events", "make-agent-events"):
            self.assertNotEqual(corpus(program, 1, 20), corpus(program, 2, 20), program)

    def test_lines_are_as_go_writes_them(self):
        for program in ("make-events", "make-agent-events"):
            lines = corpus(program, 3, 500).decode().splitlines(keepends=True)
            self.assertEqual(len(lines), 500)
            for line in lines:
                self.assertTrue(line.endswith("}\n"))
                self.assertFalse({"<", ">", "&"} & set(line), line)
                compact = json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
                for character in "<>&":
                    compact = compact.replace(character, f"\\u{ord(character):04x}")
                self.assertEqual(line, compact + "\n")

    def test_agent_events_have_the_members_of_their_type(self):
        supports = {f"supports_{name}" for name in ("image", "audio", "embedded_context", "prompt_queueing")}
        common, tool = {"type", "session_id"} | supports, {"tool_call_id", "tool_status"}
        allowed = {
            "message_chunk": [{"text"}],
            "tool_update": [tool, tool | {"tool_call_contents"}, tool | {"normalized", "tool_call_contents"}],
        }
        seen = set()
        for line in corpus("make-agent-events", 1, 500).splitlines():
            event = json.loads(line)
            members = frozenset(event) - common
            self.assertIn(members, allowed[event["type"]])
            self.assertLessEqual(common, event.keys())
            seen.add(members)
        self.assertEqual(len(seen), 4)


if __name__ == "__main__":
    unittest.main()
