//! Runs an evaluation task on a directory, until the command line does.
//!
//! `cargo run --release -p learn --example eval -- TASK DIRECTORY [--seed N] [--choose-by METRIC] [--cases N] [--json]`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a terminal")]

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use flate2::read::MultiGzDecoder;
use learn::eval::{DataSet, EvalOptions, EvalReport, Meter, TASKS};

struct Process(Instant);

impl Meter for Process {
    fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    fn peak_rss_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
    }
}

struct Directory {
    name: String,
    path: PathBuf,
}

impl DataSet for Directory {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self, file: &str) -> io::Result<Option<Box<dyn BufRead + Send>>> {
        let open = |name: String| match File::open(self.path.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        };
        if let Some(plain) = open(file.to_owned())? {
            return Ok(Some(Box::new(BufReader::new(plain))));
        }
        Ok(open(format!("{file}.gz"))?
            .map(|packed| Box::new(BufReader::new(MultiGzDecoder::new(packed))) as Box<dyn BufRead + Send>))
    }
}

fn main() -> ExitCode {
    match evaluate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn evaluate() -> Result<(), Box<dyn std::error::Error>> {
    let usage = || {
        format!(
            "usage: eval TASK DIRECTORY [--seed N] [--choose-by METRIC] [--cases N] [--json]; tasks: {TASKS:#?}"
        )
    };
    let mut words = std::env::args().skip(1);
    let name = words.next().ok_or_else(usage)?;
    let task = TASKS.iter().find(|task| task.name == name).ok_or_else(usage)?;
    let path = PathBuf::from(words.next().ok_or_else(usage)?);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut options = EvalOptions::default();
    let mut json = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seed" => options.seed = words.next().ok_or_else(usage)?.parse()?,
            "--choose-by" => options.choose_by = Some(words.next().ok_or_else(usage)?.parse()?),
            "--budget" => options.budget_seconds = Some(words.next().ok_or_else(usage)?.parse()?),
            "--cases" => options.cases_max = Some(words.next().ok_or_else(usage)?.parse()?),
            "--models" => {
                options.models = words.next().map(|names| names.split(',').map(str::to_owned).collect());
            }
            "--json" => json = true,
            _ => return Err(usage().into()),
        }
    }
    #[expect(clippy::disallowed_methods, reason = "an example is where the clock comes from")]
    let meter = Process(Instant::now());
    let report = (task.run)(&Directory { name, path }, &options, &meter, &mut |progress| {
        eprintln!("{:6.1} s  {} {}/{}", meter.seconds(), progress.stage, progress.done, progress.total);
    })?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &EvalReport) {
    println!("{}: {}", report.data, report.protocol);
    for model in &report.models {
        println!("{} ({:.1} s, fit {:.2} s) {}", model.name, model.seconds, model.fit_seconds, model.params);
        for (name, value) in &model.metrics {
            let [low, high] = model.ci95.get(name).copied().unwrap_or([*value; 2]);
            let valid =
                model.validation.get(name).map(|value| format!("valid {value:.4}")).unwrap_or_default();
            println!("    {name:14} {value:.4} [{low:.4}, {high:.4}] {valid}");
        }
    }
    for skipped in &report.skipped {
        println!("{} skipped: {}", skipped.name, skipped.reason);
    }
    println!("best on validation data: {}", report.best);
}
