//! Grey images, in a folder for each class.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use png::{BitDepth, ColorType, Decoder, Transformations};

use super::Taker;
use crate::failure::misuse;

/// Quantises the images in a folder's folders, which are named after their classes: ascending by name of folder and file. The
/// numbers of an image are its pixels, row by row from the top.
pub(super) fn read(folder: &Path, taker: &mut Taker) -> Result<()> {
    for class in entries(folder)? {
        let name = file_name(&class);
        if !class.is_dir() {
            misuse!("`{name}` lies beside the folders, which are named after classes");
        }
        let label = taker.label(&name)?;
        for file in entries(&class)? {
            if file.extension().is_none_or(|extension| extension != "png") {
                misuse!("{name}/{} is no .png file", file_name(&file));
            }
            let taken = pixels(&file, taker)
                .and_then(|pixels| taker.take(pixels.into_iter().map(f64::from), label));
            taken.with_context(|| format!("{name}/{}", file_name(&file)))?;
        }
    }
    Ok(())
}

/// What lies in a folder, ascending by name; but for what is hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = || format!("reading {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(what)? {
        let path = entry.with_context(what)?.path();
        if !file_name(&path).starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The pixels of an image, 0 to 255, row by row.
fn pixels(path: &Path, taker: &Taker) -> Result<Vec<u8>> {
    let file = File::open(path).context("opening it")?;
    let mut decoder = Decoder::new(BufReader::new(file));
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = match decoder.read_info() {
        Ok(reader) => reader,
        Err(error) => misuse!("it is no PNG image: {error}"),
    };
    let info = reader.info();
    let (width, height) = info.size();
    let fits = match taker.scheme.image() {
        Some(size) => (width, height) == size,
        None => u64::from(width) * u64::from(height) == taker.dimension() as u64,
    };
    if !fits {
        let wanted = match taker.scheme.image() {
            Some((width, height)) => format!("{width} x {height}"),
            None => format!("{} in all", taker.dimension()),
        };
        misuse!("it has {width} x {height} pixels where the datanet asks for {wanted}");
    }
    if (info.color_type, info.bit_depth) != (ColorType::Grayscale, BitDepth::Eight) {
        misuse!(
            "it is {:?} with {:?} bits a channel: save it as grey with 8 bits",
            info.color_type,
            info.bit_depth
        );
    }
    let mut pixels = vec![0; taker.dimension()];
    match reader.next_frame(&mut pixels) {
        Ok(_) => Ok(pixels),
        Err(error) => misuse!("it is damaged: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{grey, refusal, SHAPE};
    use super::*;
    use crate::{
        quantise::{self, Quantised},
        scheme::tests::scheme,
        state::tests::scratch,
    };

    fn image(path: PathBuf, width: u32, color: ColorType, depth: BitDepth, bytes: &[u8]) {
        let mut encoder = png::Encoder::new(File::create(path).unwrap(), width, 2);
        encoder.set_color(color);
        encoder.set_depth(depth);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(bytes).unwrap();
    }

    fn grey_image(path: PathBuf, pixels: [u8; 4]) {
        image(path, 2, ColorType::Grayscale, BitDepth::Eight, &pixels);
    }

    /// Two folders with an image each.
    fn folder() -> tempfile::TempDir {
        let folder = scratch();
        for (class, pixels) in [("dog", [0, 1, 2, 255]), ("cat", [128, 129, 127, 0])] {
            let class = folder.path().join(class);
            fs::create_dir(&class).unwrap();
            grey_image(class.join("1.png"), pixels);
        }
        folder
    }

    fn signed(found: &Quantised) -> Vec<i8> {
        found
            .records
            .to_bytes()
            .into_iter()
            .map(|byte| byte as i8)
            .collect()
    }

    #[test]
    fn images_are_read_row_by_row_in_the_order_of_their_names() {
        let folder = folder();
        grey_image(folder.path().join("dog/0.png"), [200, 201, 202, 203]);
        fs::write(folder.path().join(".hidden"), "").unwrap();
        let found = quantise::read(folder.path(), None, SHAPE, &grey()).unwrap();
        let expected = [
            0, 1, -1, -128, 0, 72, 73, 74, 75, 1, -128, -127, -126, 127, 1,
        ];
        assert_eq!(signed(&found), expected);
        assert_eq!(found.records_clamped, 0);
    }

    #[test]
    fn what_is_not_an_image_as_asked_for_is_refused_with_its_name() {
        let place = |folder: &tempfile::TempDir| folder.path().join("cat/2.png");
        let refused = |folder: &tempfile::TempDir| {
            refusal(quantise::read(folder.path(), None, SHAPE, &grey()))
        };
        for (width, color, depth, bytes, says) in [
            (2, ColorType::Rgb, BitDepth::Eight, 12, "it is Rgb"),
            (
                2,
                ColorType::Grayscale,
                BitDepth::Sixteen,
                8,
                "with Sixteen bits",
            ),
            (
                3,
                ColorType::Grayscale,
                BitDepth::Eight,
                6,
                "it has 3 x 2 pixels where the datanet asks for 2 x 2",
            ),
        ] {
            let folder = folder();
            image(place(&folder), width, color, depth, &vec![0; bytes]);
            let error = refused(&folder);
            assert!(
                error.contains("cat/2.png") && error.contains(says),
                "{error}"
            );
        }
        let folder = self::folder();
        fs::write(place(&folder), "GIF89a").unwrap();
        assert!(refused(&folder).contains("it is no PNG image"));
        let whole = fs::read(folder.path().join("cat/1.png")).unwrap();
        fs::write(place(&folder), &whole[..whole.len() - 20]).unwrap();
        let error = refused(&folder);
        assert!(error.contains("cat/2.png"), "{error}");
        fs::write(place(&folder).with_extension("txt"), "").unwrap();
        fs::remove_file(place(&folder)).unwrap();
        assert!(refused(&folder).contains("cat/2.txt is no .png file"));
    }

    #[test]
    fn folders_are_named_after_classes() {
        let folder = folder();
        fs::create_dir(folder.path().join("bird")).unwrap();
        let error = refusal(quantise::read(folder.path(), None, SHAPE, &grey()));
        assert!(error.contains("`bird` is no class"), "{error}");
        fs::remove_dir(folder.path().join("bird")).unwrap();
        grey_image(folder.path().join("0.png"), [0; 4]);
        let error = refusal(quantise::read(folder.path(), None, SHAPE, &grey()));
        assert!(error.contains("lies beside the folders"), "{error}");
    }

    #[test]
    fn without_a_size_in_the_metadata_the_number_of_pixels_decides() {
        let plain = scheme(
            r#"{"classes": ["cat", "dog"], "quantisation": {"offset": 128, "scale": 1}}"#,
            4,
            2,
        )
        .unwrap();
        let folder = folder();
        assert_eq!(
            quantise::read(folder.path(), None, SHAPE, &plain)
                .unwrap()
                .records
                .len(),
            2
        );
    }
}
