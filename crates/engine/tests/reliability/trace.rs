//! What a process did to its files, read from strace's report.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// One thing that the process did, in the order in which the system did it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Made a file, or emptied it.
    Opened { path: PathBuf, is_emptied: bool },
    /// Wrote into a file.
    Wrote { path: PathBuf, offset: u64, bytes: Vec<u8> },
    /// Cut a file, or grew it with zeros.
    Resized { path: PathBuf, length: u64 },
    /// Made sure that a file is on disk.
    Synced { path: PathBuf },
    /// Removed a file.
    Removed { path: PathBuf },
    /// Wrote to standard output.
    Told { text: String },
    /// A call about this file or directory was made to fail from outside.
    Injected { path: PathBuf },
}

/// The arguments that make strace report what this module reads: calls with paths and all bytes.
pub(crate) const ARGUMENTS: [&str; 7] = [
    "--seccomp-bpf",
    "-y",
    "-xx",
    "-s",
    "1000000",
    "-e",
    "trace=openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2",
];

/// Reads a report.
///
/// # Panics
/// On a call that it does not understand: the model of the disk would be wrong without it.
pub(crate) fn read(report: &str) -> Vec<Step> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut steps = Vec::new();
    for line in report.lines() {
        let (process, call) = line.trim_start().split_once(' ').expect("each line starts with a process");
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(process, start);
        } else if let Some((_, end)) =
            call.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let start = begun.remove(process).unwrap_or_default();
            steps.extend(step(&format!("{start}{end}")));
        } else {
            steps.extend(step(call));
        }
    }
    steps
}

/// What a finished call did; nothing where it failed or is not about files.
fn step(call: &str) -> Option<Step> {
    if call.starts_with("+++") || call.starts_with("---") {
        return None;
    }
    let (call, result) = call.rsplit_once(" = ")?;
    if result.contains("(INJECTED)") {
        return Some(Step::Injected { path: path(call) });
    }
    if result.starts_with('-') || result.starts_with('?') {
        return None;
    }
    let (name, arguments) = call.trim_end().strip_suffix(')')?.split_once('(')?;
    match name {
        "openat" => opened(arguments, result),
        "write" if arguments.starts_with("1<") => {
            Some(Step::Told { text: String::from_utf8(quoted(arguments)).expect("keys are text") })
        }
        "write" => {
            let path = path(arguments);
            assert!(
                !is_ours(&path),
                "the model does not know where a plain write to {} goes",
                path.display()
            );
            None
        }
        "pwrite64" => {
            let offset = last_number(arguments);
            let length: usize = result.trim().parse().expect("a written length");
            let mut bytes = quoted(arguments);
            bytes.truncate(length);
            Some(Step::Wrote { path: path(arguments), offset, bytes })
        }
        "ftruncate" => Some(Step::Resized { path: path(arguments), length: last_number(arguments) }),
        "fsync" | "fdatasync" => Some(Step::Synced { path: path(arguments) }),
        "unlink" | "unlinkat" => Some(Step::Removed { path: text(&quoted(arguments)).into() }),
        other => panic!("the model does not know `{other}`"),
    }
}

fn opened(arguments: &str, result: &str) -> Option<Step> {
    let is_emptied = arguments.contains("O_TRUNC");
    (is_emptied || arguments.contains("O_CREAT")).then(|| Step::Opened { path: path(result), is_emptied })
}

/// The path of the file descriptor that a text starts with: `5</data/segue.db>`, with strace's hexadecimal digits.
fn path(text_with_descriptor: &str) -> PathBuf {
    let start = text_with_descriptor.find('<').expect("a descriptor with its path") + 1;
    let end = text_with_descriptor[start..].find('>').expect("the end of the path") + start;
    text(&unescaped(&text_with_descriptor[start..end])).into()
}

/// Whether a path belongs to the database.
pub(crate) fn is_ours(path: &std::path::Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("segue.db"))
}

/// The bytes of the first text in quotation marks.
fn quoted(arguments: &str) -> Vec<u8> {
    let mut parts = arguments.splitn(3, '"');
    unescaped(parts.nth(1).expect("a text in quotation marks"))
}

/// Bytes from `\x41\x42`; what is not escaped stands for itself.
fn unescaped(escaped: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(escaped.len() / 4);
    let mut rest = escaped.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = (first == b'\\' && after.first() == Some(&b'x')).then(|| after.get(1..3)).flatten();
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[3..] } else { after };
    }
    bytes
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("paths of the tests are text")
}

fn last_number(arguments: &str) -> u64 {
    let number = arguments.rsplit(',').next().unwrap_or_default().trim();
    number.parse().unwrap_or_else(|_| panic!("`{number}` is no number"))
}

#[test]
fn a_report_is_read_also_where_calls_overlap() {
    let report = r#"7 openat(AT_FDCWD</>, "\x61", O_RDWR|O_CREAT, 0644) = 5<\x2f\x64\x2f\x73>
7 pwrite64(5</d/s>, "\x00\xff", 2, 4096 <unfinished ...>
8 write(1<pipe:[9]>, "\x6b\x0a", 2) = 2
8 fsync(6</d/t>) = -1 EIO (Input/output error) (INJECTED)
7 <... pwrite64 resumed>) = 2
7 fsync(5</d/s>)                    = 0
7 ftruncate(5</d/s>, 0) = 0
7 unlink("\x2f\x64") = 0
7 unlink("\x2f\x65") = -1 ENOENT (No such file or directory)
7 --- SIGCHLD {si_signo=SIGCHLD} ---
7 +++ exited with 0 +++
"#;
    let path = || PathBuf::from("/d/s");
    let expected = [
        Step::Opened { path: path(), is_emptied: false },
        Step::Told { text: "k\n".to_owned() },
        Step::Injected { path: "/d/t".into() },
        Step::Wrote { path: path(), offset: 4096, bytes: vec![0, 255] },
        Step::Synced { path: path() },
        Step::Resized { path: path(), length: 0 },
        Step::Removed { path: "/d".into() },
    ];
    assert_eq!(read(report), expected);
}
