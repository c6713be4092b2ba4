//! What stands in files beside their sound reaches people: by `segue analyze`, and by the server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::Home;
use crate::sound_files::{id3v2, tone, with_tag};

/// The head of a picture of 300 by 200 pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2C\0\0\0\xC8\x08\x02\0\0\0";
const RECORDING: &str = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";

/// A file of sound with a title, words, gain, an id and a picture of this content, whose tag calls it a JPEG.
fn tagged(title: &str, picture: &[u8]) -> Vec<u8> {
    let text = |text: &str| [b"\x03", text.as_bytes()].concat();
    let user = |name: &str, value: &str| text(&format!("{name}\0{value}"));
    // Another title is another recording, which sounds otherwise.
    let (recording, pitch) = match title {
        "One" => (RECORDING.to_owned(), 440.0),
        _ => (RECORDING.replacen(|c: char| c.is_ascii_digit(), "f", 1), 330.0),
    };
    let tag = id3v2(&[
        (b"TIT2", &text(title)),
        (b"TPE1", &text("Anna")),
        (b"TXXX", &user("REPLAYGAIN_TRACK_GAIN", "-7.25 dB")),
        (b"TXXX", &user("MusicBrainz Release Track Id", &recording)),
        (b"UFID", &[b"http://musicbrainz.org\0", recording.as_bytes()].concat()),
        (b"USLT", b"\x03eng\0[00:01.00]First\n[00:02.50]Second"),
        (b"APIC", &[b"\x03image/jpeg\0\x03\0", picture].concat()),
    ]);
    with_tag(tag, &tone(pitch, 3.0).bytes())
}

#[test]
fn what_a_file_says_of_itself_is_told_with_its_analysis() {
    let home = Home::new();
    home.write("one.wav", &tagged("One", PNG));
    home.write("plain.wav", &tone(440.0, 2.0).bytes());
    let path = |name: &str| home.music().join(name).to_str().unwrap().to_owned();
    let said = home.run(&["analyze", &path("one.wav")]);
    let (_, tags) = said.out.split_once("The file says of itself:\n").unwrap_or_else(|| panic!("{said:?}"));
    for words in [
        "One by Anna",
        "2 lines with their times",
        "track -7.2 dB",
        "PNG, 300 × 200 pixels",
        &format!("recording {RECORDING}"),
    ] {
        assert!(tags.contains(words), "no {words}: {tags}");
    }
    let said = home.run(&["analyze", "--json", &path("one.wav")]);
    let tags = serde_json::from_str::<Value>(&said.out).unwrap()["tags"].take();
    assert_eq!(tags["lyrics"]["timed"][1], json!({"at_ms": 2_500, "text": "Second"}));
    assert_eq!((&tags["gain"]["track_db"], &tags["art"][0]["width"]), (&json!(-7.25), &json!(300)));
    assert!(!home.run(&["analyze", &path("plain.wav")]).out.contains("of itself"));
}

/// A server that ends with the test.
struct Server {
    process: Child,
    address: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A status, the headers in lower case, and the body.
type Answer = (u16, String, Vec<u8>);

impl Server {
    fn start(home: &Home) -> Self {
        let mut add = home.command(&["account", "add", "anna"]).stdin(Stdio::piped()).spawn().unwrap();
        add.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
        assert!(add.wait().unwrap().success());
        let mut process =
            home.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let told = lines.find_map(|line| Some(line.split_once("http://")?.1.split_once('/')?.0.to_owned()));
        let mut server = Self { process, address: told.unwrap(), token: String::new() };
        let login = json!({"name": "anna", "password": "correct horse battery"}).to_string();
        let length = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", login.len());
        let (_, _, body) = server.send(&format!("POST /api/v1/login HTTP/1.1\r\n{length}"), &login);
        server.token = serde_json::from_slice::<Value>(&body).unwrap()["token"].as_str().unwrap().to_owned();
        server
    }

    fn send(&self, head: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{head}Host: localhost\r\nConnection: close\r\n\r\n{body}").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), head, bytes[end + 4..].to_vec())
    }

    fn get(&self, place: &str, headers: &str) -> Answer {
        let token = &self.token;
        self.send(&format!("GET /api/v1/{place} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n{headers}"), "")
    }
}

#[test]
fn the_server_has_covers_words_and_gain_out_of_files() {
    let home = Home::new();
    home.write("1.wav", &tagged("One", PNG));
    home.write("2.wav", &tagged("Two", b"<html><script>alert(1)</script>"));
    let (report, is_whole) = home.scan(&["--tags-only"]);
    assert!(is_whole, "{report}");
    let server = Server::start(&home);
    let json = |answer: Answer| -> Value { serde_json::from_slice(&answer.2).unwrap() };
    let found = json(server.get("catalogue?query=One&kind=track", ""));
    let one = found["tracks"][0]["id"].as_str().unwrap().to_owned();
    let found = json(server.get("catalogue?query=Two&kind=track", ""));
    let two = found["tracks"][0]["id"].as_str().unwrap().to_owned();

    let track = json(server.get(&format!("tracks/{one}"), ""));
    let cover = json!({"media_type": "image/png", "width": 300, "height": 200, "size": PNG.len()});
    assert_eq!((&track["cover"], &track["lyrics"]), (&cover, &json!("timed")), "{track}");
    assert_eq!(track["gain"]["track_db"], -7.25, "{track}");
    let lyrics = json(server.get(&format!("tracks/{one}/lyrics"), ""));
    assert_eq!(lyrics["timed"][0], json!({"at_ms": 1_000, "text": "First"}));
    assert_eq!(lyrics["plain"], "First\nSecond");

    let (status, head, body) = server.get(&format!("tracks/{one}/cover"), "");
    assert_eq!((status, body.as_slice()), (200, PNG), "{head}");
    assert!(head.contains("content-type: image/png") && head.contains("nosniff"), "{head}");
    let mark = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let (status, _, body) = server.get(&format!("tracks/{one}/cover"), &format!("If-None-Match: {mark}\r\n"));
    assert_eq!((status, body.len()), (304, 0));

    // What is no picture is not shown, whatever its tag calls it, and neither is what is gone.
    assert_eq!(json(server.get(&format!("tracks/{two}"), ""))["cover"], Value::Null);
    assert_eq!(server.get(&format!("tracks/{two}/cover"), "").0, 404);
    assert_eq!(server.get("tracks/t999/lyrics", "").0, 404);
    std::fs::remove_file(home.music().join("1.wav")).unwrap();
    assert_eq!(server.get(&format!("tracks/{one}/cover"), "").0, 404);
}
