"""Results last, are published as they are, and are found out if the code no longer comes to them."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import cells

KEYS = [{"seed": seed} for seed in range(3)]


def work(seed: int) -> list[dict]:
    return [{"value": seed / 3, "list": [seed * 1e-9], "name": "some"}]


class Lasting(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name in ("RESULTS", "PUBLISHED"):
            patch = mock.patch.object(cells, name, Path(folder.name) / name)
            patch.start()
            self.addCleanup(patch.stop)
        silence = contextlib.redirect_stdout(io.StringIO())
        silence.__enter__()
        self.addCleanup(silence.__exit__, None, None, None)

    def computed(self) -> list[int]:
        done = []
        cells.compute("part", KEYS, lambda seed: done.append(seed) or work(seed))
        return done

    def test_what_is_finished_is_not_done_again_and_what_is_torn_is(self) -> None:
        self.assertEqual(self.computed(), [0, 1, 2])
        self.assertEqual(self.computed(), [])
        path = cells.file_of("part")
        path.write_text(path.read_text()[:-5])
        self.assertEqual(self.computed(), [2])
        self.assertEqual([row["seed"] for row in cells.read("part")], [0, 1, 2])

    def test_a_run_goes_on_from_what_is_published(self) -> None:
        self.computed()
        cells.publish("part")
        published = (cells.PUBLISHED / "part.jsonl.gz").read_bytes()
        cells.file_of("part").unlink()
        self.assertEqual(self.computed(), [])
        cells.publish("part")
        self.assertEqual((cells.PUBLISHED / "part.jsonl.gz").read_bytes(), published)

    def test_another_result_is_found_out(self) -> None:
        self.computed()
        with mock.patch.object(cells, "checked", 3):
            cells.compute("part", KEYS, work)
            for wrong in ([{"value": 0.5}], [], [{"value": 0.334, "list": [0.0], "name": "some"}]):
                with self.assertRaises(SystemExit):
                    cells.compute("part", KEYS, lambda seed, wrong=wrong: wrong)
            cells.compute("part", KEYS, lambda seed: [], measures=True)
            with self.assertRaises(SystemExit):
                cells.compute("nothing", KEYS, work)


if __name__ == "__main__":
    unittest.main()
