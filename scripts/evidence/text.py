"""Text as a vector: the encoder of `pallets/primitives/src/encoder/text.rs`, written anew.

Signed hashing of n-grams of 2 to 4 characters and of words; FNV-1a of 64 bits, then the finaliser of MurmurHash3; integers alone.
"""

from functools import cache
from math import isqrt

DIMENSION = 1024

WORD = 1

# By domain: words, then n-grams of two, three and four characters.
WEIGHTS = {WORD: 2, 2: 1, 3: 2, 4: 2}

MASK = (1 << 64) - 1


@cache
def place(domain: int, feature: str, dimension: int) -> tuple[int, int]:
    """Where a feature counts, and how much."""
    value = 0xCBF29CE484222325
    for byte in bytes([domain]) + feature.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & MASK
    value ^= value >> 33
    weight = WEIGHTS[domain]
    return (value & 0xFFFFFFFF) * dimension >> 32, -weight if value >> 63 else weight


def normalised(text: str) -> str:
    """Lower case where that is ASCII, and a space before, between and after words."""
    text = "".join(chr(ord(character) + 32) if "A" <= character <= "Z" else character for character in text)
    words = text.translate({code: " " for code in (9, 10, 11, 12, 13)}).split(" ")
    return " " + "".join(word + " " for word in words if word)


def encode(text: str, dimension: int = DIMENSION) -> list[int]:
    """The vector of a text that has a word."""
    text = normalised(text)
    places = [0] * dimension
    features = [(WORD, word) for word in text.split(" ") if word]
    for length in (2, 3, 4):
        features.extend((length, text[begin : begin + length]) for begin in range(len(text) - length + 1))
    for domain, feature in features:
        index, weight = place(domain, feature, dimension)
        places[index] += weight
    squares = sum(number * number for number in places)
    if squares == 0:
        raise ValueError("nothing to encode")

    def scaled(number: int) -> int:
        size = min(127, (isqrt(1024 * dimension * number * number // squares) + 1) // 2)
        return -size if number < 0 else size

    return [scaled(number) for number in places]
