//! Words and covers in files become booklets, whatever the files hold.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

use crate::Home;
use crate::sound_files::{id3v2, tone, with_tag};

/// A picture that the test draws, of this tint.
fn png(tint: u8) -> Vec<u8> {
    let image = RgbImage::from_fn(48, 48, |x, y| image::Rgb([tint, (x * 5) as u8, (y * 5) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A file of sound with these words and this picture.
fn song(title: &str, words: &str, picture: &[u8]) -> Vec<u8> {
    let text = |text: &str| [b"\x03", text.as_bytes()].concat();
    let tag = id3v2(&[
        (b"TIT2", &text(title)),
        (b"TPE1", &text("Anna")),
        (b"USLT", &[b"\x03eng\0", words.as_bytes()].concat()),
        (b"APIC", &[b"\x03image/png\0\x03\0", picture].concat()),
    ]);
    with_tag(tag, &tone(440.0, 0.5).bytes())
}

#[test]
fn words_and_covers_are_looked_at_once_and_again_when_they_change() {
    let home = Home::new();
    for number in 0..4_u8 {
        let words = format!("[00:01.00]Song number {number}\n[00:02.00]goes like this");
        home.write(&format!("{number}.wav"), &song(&format!("Song {number}"), &words, &png(40 * number)));
    }
    home.write("plain.wav", &tone(330.0, 0.5).bytes());
    let counts = |words: &[&str]| {
        let (report, is_whole) = home.scan(words);
        assert!(is_whole, "{report}");
        ["booklet_count", "words_count", "cover_count"].map(|name| report[name].as_u64().unwrap())
    };
    assert_eq!(counts(&["--tags-only"]), [5, 4, 4]);
    assert_eq!(counts(&["--tags-only"]), [0, 0, 0], "nothing has changed");
    home.write("0.wav", &song("Song 0 with other words", "Nothing stays", &png(0)));
    std::fs::rename(home.music().join("1.wav"), home.music().join("moved.wav")).unwrap();
    home.write("plain.lrc", b"[00:03.00]Words beside the file");
    // A file of words beside an old file is read when that one changes.
    home.write("plain.wav", &tone(331.0, 0.6).bytes());
    assert_eq!(counts(&["--tags-only"]), [3, 3, 2]);
    // All of it is derived: what was found goes with the analyses, and the next scan finds it again.
    std::fs::remove_file(home.directory.path().join("data/analyses.db")).unwrap();
    assert_eq!(counts(&["--tags-only"]), [5, 5, 4]);
}

#[test]
fn no_picture_and_no_words_stop_a_scan() {
    let home = Home::new();
    let whole = png(7);
    let mut huge = whole.clone();
    // Sixty-five thousand pixels across and down.
    huge[16..24].copy_from_slice(&[0, 0, 0xFE, 0, 0, 0, 0xFE, 0]);
    for (name, picture) in [
        ("huge", huge.as_slice()),
        ("broken off", &whole[..whole.len() / 2]),
        ("head alone", &whole[..33]),
        ("nothing", b""),
        ("a page", b"<html><script>"),
    ] {
        home.write(&format!("{name}.wav"), &song(name, "la la", picture));
    }
    home.write("endless.wav", &song("endless", &"la ".repeat(1_000_000), &whole));
    home.write("one word.wav", &song("one word", &"x".repeat(3_000_000), &whole));
    let (report, is_whole) = home.scan(&["--tags-only"]);
    assert!(is_whole, "{report}");
    assert_eq!((&report["booklet_count"], &report["words_count"]), (&7.into(), &6.into()), "{report}");
    assert_eq!(report["cover_count"], 2, "{report}");
}
