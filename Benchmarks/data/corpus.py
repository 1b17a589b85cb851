"""What both corpora need: random choices that stay the same, and messages as agentctl writes them.

agentctl is written in Go: encoding/json escapes <, > and &, and ends each message with a line break.
"""

import argparse
import collections
import json
import sys


class Random:
    """SplitMix64: its sequence is the same in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        mask = 0xFFFF_FFFF_FFFF_FFFF
        self.state = (self.state + 0x9E37_79B9_7F4A_7C15) & mask
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & mask
        return (mixed ^ (mixed >> 31)) % bound

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def hex(self, count):
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(count))


GO_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def encode(message):
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    for character, escape in GO_ESCAPES.items():
        text = text.replace(character, escape)
    return (text + "\n").encode()


def choose(described):
    """The options of the command line; `described` is the text of --help."""
    parser = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=4096)
    parser.add_argument("--statistics", action="store_true", help="tell what was made on standard error")
    parser.add_argument("file")
    return parser.parse_args()


def write(options, message, smallest, largest):
    """Writes so many messages of the function `message`, one a line; those of another size are left out."""
    lines, kinds = [], collections.Counter()
    while len(lines) < options.count:
        made = message()
        line = encode(made)
        if smallest <= len(line) <= largest:
            lines.append(line)
            kinds[made["type"]] += 1
    with open(options.file, "wb") as output:
        output.writelines(lines)
    if options.statistics:
        sizes = sorted(map(len, lines))
        print(f"{len(sizes)} messages, bytes: least {sizes[0]}, median {sizes[len(sizes) // 2]}, "
              f"mean {sum(sizes) / len(sizes):.0f}, most {sizes[-1]}; {dict(kinds)}", file=sys.stderr)
