//! Texts, encoded in WebAssembly and natively.

use rand::{rngs::StdRng, Rng, SeedableRng};
use tributary_agreement::{encode, Text};
use tributary_primitives::encoder::{TextError, MAX_TEXT};

use crate::{blob, cases, in_wasm};

const SNIPPETS: &str = include_str!("../../../../scripts/data/snippets.csv");

/// What texts are made of: white space and letters, other scripts, combining marks, joiners, and what is almost white space.
const PIECES: [&str; 24] = [
    " ",
    "\t\n",
    "a",
    "B",
    "the",
    "1",
    ".",
    "\0",
    "é",
    "e\u{301}",
    "ß",
    "Ä",
    "ж",
    "日本",
    "한",
    "ا",
    "\u{64b}",
    "क्ष",
    "😀",
    "👩\u{200d}🔬",
    "\u{a0}",
    "\u{feff}",
    "\u{2028}",
    "\u{10ffff}",
];

fn random_text(random: &mut StdRng) -> Text {
    let mut bytes = Vec::new();
    match random.random_range(0..40) {
        // As long as it may be, and longer by one byte.
        0 => bytes.resize(
            usize::from(MAX_TEXT) + random.random_range(0..2),
            random.random_range(b'a'..=b'c'),
        ),
        1..5 => bytes.extend((0..random.random_range(0..30)).map(|_| random.random::<u8>())),
        5..10 => {
            bytes.extend((0..random.random_range(0..300)).map(|_| random.random_range(b' '..=b'~')))
        }
        10..14 => {
            let line = SNIPPETS.lines().nth(random.random_range(0..4_000));
            bytes.extend(line.expect("there are 4,000 snippets").as_bytes());
        }
        _ => {
            for _ in 0..random.random_range(0..60) {
                bytes.extend(PIECES[random.random_range(0..PIECES.len())].as_bytes());
            }
            // Cut off, perhaps within a character.
            if random.random_range(0..4) == 0 {
                bytes.truncate(random.random_range(0..=bytes.len()));
            }
        }
    }
    Text {
        dimension: [0, 1, 2, 8, 100, 256, 1_024][random.random_range(0..7)],
        bytes,
    }
}

#[test]
fn texts_have_the_same_vectors_in_webassembly() {
    let random = &mut StdRng::seed_from_u64(2);
    let texts: Vec<Text> = (0..cases()).map(|_| random_text(random)).collect();
    let blob = blob();
    let mut encoded = 0;
    let mut refused = [0u64; 3];
    for batch in texts.chunks(1_000) {
        let vectors: Vec<Result<Vec<u8>, u8>> = in_wasm(&blob, "encode_texts", batch);
        for (text, vector) in batch.iter().zip(vectors) {
            assert_eq!(encode(text), vector, "{text:?}");
            match vector {
                Ok(_) => encoded += 1,
                Err(why) => refused[usize::from(why)] += 1,
            }
        }
    }
    println!("{encoded} texts encoded, refused by reason: {refused:?}");
    assert!(encoded * 2 > cases());
    for why in [
        TextError::TooLong,
        TextError::NotUtf8,
        TextError::NothingToEncode,
    ] {
        assert!(
            refused[why as usize] * 200 > cases(),
            "{why:?}: {refused:?}"
        );
    }
}
