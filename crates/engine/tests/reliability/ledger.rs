//! The process under test: reads keys from standard input, stores an event per key, and prints each key once the
//! event is acknowledged.
//!
//! `ledger DIRECTORY WRITERS [no-sync]`: so many writers at once; `no-sync` is the control that must lose events.
//! It ends with code 0 only when every key was acknowledged.

#![expect(clippy::print_stdout, reason = "the acknowledgements go to standard output")]
#![expect(clippy::print_stderr, reason = "the reason of a failure goes to standard error")]

use std::io::BufRead;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, mpsc};

use engine::{Durability, Engine, EngineError, NewEvent, StoreOptions, SystemClock};
use music::{Prompt, TrackDescription, UnixMillis};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("usage: ledger DIRECTORY WRITERS [no-sync]"));
    let writer_count: usize =
        arguments.next().and_then(|text| text.parse().ok()).expect("a number of writers");
    let durability = match arguments.next().as_deref() {
        None => Durability::Full,
        Some("no-sync") => Durability::Off,
        Some(other) => panic!("`{other}` is no option"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime.expect("threads can be started").block_on(run(directory, writer_count, durability)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ledger: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(directory: PathBuf, writer_count: usize, durability: Durability) -> Result<(), EngineError> {
    let engine = Engine::open(&directory, StoreOptions { durability }, Arc::new(SystemClock)).await?;
    let (sender, keys) = mpsc::sync_channel(writer_count);
    std::thread::spawn(move || {
        for key in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(key).is_err() {
                break;
            }
        }
    });
    let keys = Arc::new(Mutex::new(keys));
    let writers: Vec<_> =
        (0..writer_count).map(|_| tokio::spawn(write(engine.clone(), Arc::clone(&keys)))).collect();
    for writer in writers {
        writer.await.expect("writers do not panic")?;
    }
    engine.close().await
}

async fn write(engine: Engine, keys: Arc<Mutex<mpsc::Receiver<String>>>) -> Result<(), EngineError> {
    loop {
        let next = || keys.lock().expect("nobody panics").recv();
        let Ok(key) = tokio::task::block_in_place(next) else { return Ok(()) };
        let mut intake = engine.intake().await?;
        // A new track with every event, so that catalogue and log have to stay in step as well.
        let listener = intake.listener("outside")?;
        let track = intake.track(&TrackDescription::named("Ledger", key.as_str()))?;
        let event = NewEvent::plain(listener, UnixMillis::new(1_700_000_000_000), Prompt::played(track));
        intake.event(NewEvent { client_key: Some(&key), ..event })?;
        intake.commit().await?;
        println!("{key}");
    }
}
