"""Tests the limits with a server that sends frames that are too large for them.

python3 -m unittest discover -s Benchmarks/tests -t Benchmarks
"""

import pathlib
import socket
import struct
import subprocess
import threading
import unittest

NATIVE = pathlib.Path(__file__).resolve().parent.parent / ".build/native"
HEAD = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
LARGEST = 1 << 20


def binary_frame(length):
    """An unmasked frame with its length in 64 bits (RFC 6455 §5.2)."""
    return struct.pack(">BBQ", 0x82, 127, length) + bytes(length)


class Limits(unittest.TestCase):
    def setUp(self):
        if not (NATIVE / "limit-parse").exists():
            self.skipTest("the limits are not built: make -C Benchmarks")

    def run_limit(self, program, frames):
        """Runs a limit for one message, with a new server that sends these bytes."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            sender = threading.Thread(target=self.serve, args=(listener, frames))
            sender.start()
            url = f"ws://127.0.0.1:{listener.getsockname()[1]}/"
            command = [NATIVE / program, "receive", url, "count=1"]
            result = subprocess.run(command, capture_output=True, text=True, timeout=60)
            sender.join()
        return result

    @staticmethod
    def serve(listener, frames):
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            try:
                connection.sendall(HEAD + frames)
            except OSError:
                pass  # The limit does not read it to its end; this is tested.

    def test_a_frame_of_a_mebibyte_has_room(self):
        result = self.run_limit("limit-parse", binary_frame(LARGEST))
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_larger_frame_is_refused_by_name(self):
        for program in ("limit-parse", "limit-inflate"):
            for length in (LARGEST + 1, 64 * LARGEST):
                with self.subTest(program=program, length=length):
                    result = self.run_limit(program, binary_frame(length))
                    self.assertEqual((result.returncode, result.stderr), (1, "limit: a frame of more than 1 MiB\n"))


if __name__ == "__main__":
    unittest.main()
