//! Measures the collaborative filtering models on a split that lies in a directory.
//!
//! `cargo run --release -p learn --example eval_cf -- DIRECTORY [--seed N] [--choose-by METRIC] [--json]`
//!
//! The directory holds `train.txt`, `test.txt` and perhaps `valid.txt`, one listener a line: `user item item ...`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a terminal")]

use std::fs::File;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use learn::eval::cf::{CfOptions, Split, run};
use learn::eval::{EvalReport, Meter};

struct Process(Instant);

impl Meter for Process {
    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// From the kernel's own account; none on systems that keep none there.
    fn peak_rss_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
    }
}

struct Arguments {
    directory: PathBuf,
    options: CfOptions,
    json: bool,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("usage: eval_cf DIRECTORY [--seed N] [--choose-by METRIC] [--json]");
        return ExitCode::FAILURE;
    };
    match evaluate(&arguments) {
        Ok(report) if arguments.json => match serde_json::to_string_pretty(&report) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("{error}"),
        },
        Ok(report) => print(&report),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn arguments() -> Option<Arguments> {
    let mut words = std::env::args().skip(1);
    let directory = PathBuf::from(words.next()?);
    let data = directory.file_name()?.to_string_lossy().into_owned();
    let mut options = CfOptions { data, ..CfOptions::default() };
    let mut json = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--choose-by" => options.choose_by = words.next()?.parse().ok()?,
            "--json" => json = true,
            _ => return None,
        }
    }
    Some(Arguments { directory, options, json })
}

fn evaluate(arguments: &Arguments) -> Result<EvalReport, Box<dyn std::error::Error>> {
    let open = |name: &str| File::open(arguments.directory.join(name)).map(BufReader::new);
    let valid = match open("valid.txt") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        other => Some(other?),
    };
    let split = Split::read(open("train.txt")?, valid, open("test.txt")?)?;
    eprintln!("{} listeners, {} items", split.listener_ids.len(), split.item_ids.len());
    #[expect(clippy::disallowed_methods, reason = "an example is where the clock comes from")]
    let meter = Process(Instant::now());
    let report = run(&split, &arguments.options, &meter, &mut |progress| {
        eprintln!("{:6.1} s  {} {}/{}", meter.seconds(), progress.stage, progress.done, progress.total);
    })?;
    Ok(report)
}

fn print(report: &EvalReport) {
    println!("{}: {}", report.data, report.protocol);
    for model in &report.models {
        let figure = |name: &str| {
            let [low, high] = model.ci95.get(name).copied().unwrap_or_default();
            format!("{:.4} [{low:.4}, {high:.4}]", model.metrics.get(name).copied().unwrap_or_default())
        };
        println!(
            "{:11} R@10 {}  N@10 {}  R@20 {}  N@20 {}  valid N@10 {:.4}  {:.1} s (fit {:.2} s)",
            model.name,
            figure("recall@10"),
            figure("ndcg@10"),
            figure("recall@20"),
            figure("ndcg@20"),
            model.validation.get("ndcg@10").copied().unwrap_or_default(),
            model.seconds,
            model.fit_seconds,
        );
        println!("            {}", model.params);
    }
    for skipped in &report.skipped {
        println!("{:11} skipped: {}", skipped.name, skipped.reason);
    }
    println!("best on validation data: {}", report.best);
}
