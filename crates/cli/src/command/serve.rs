//! `segue serve`: the API and the pages over HTTP, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use engine::{ServeOptions, Service};
use tokio::net::TcpListener;

use crate::home::HomeArguments;
use crate::listening;
use crate::output::line;

/// The address that is listened on where nobody says another one: this machine only.
pub(crate) const ADDRESS: &str = "127.0.0.1:4077";

/// Serve the API and the pages.
///
/// Everybody needs an account: make the first one with `segue account add NAME --admin`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The address to listen on; beyond this machine only where it says so.
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    listen: SocketAddr,
    /// Another name that the server answers to, such as that of a proxy in front; may be repeated.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Browsers reach it through HTTPS only, by a proxy in front.
    #[arg(long)]
    https: bool,
    /// The experiments to run (docs/experiments.md); without it `experiments.toml` in the data directory, if it is there.
    #[arg(long, value_name = "FILE")]
    experiments: Option<PathBuf>,
    /// Log as lines of JSON.
    #[arg(long)]
    pub(crate) log_json: bool,
}

/// Serves until Ctrl-C, or until a write has failed.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let experiments = home.experiments(arguments.experiments.as_deref())?;
    for experiment in experiments.iter() {
        line(format!(
            "Experiment `{}` runs on {}; `segue eval experiment` tells what comes of it.",
            experiment.name,
            experiment.mixes.join(", ")
        ))?;
    }
    let options = ServeOptions { experiments, ..ServeOptions::default() };
    let engine = home.open().await?;
    if engine.accounts().all().await?.is_empty() {
        line(
            "There is no account yet: stop with Ctrl-C and make one with `segue account add NAME --admin`.",
        )?;
    }
    let service = Service::start(engine.clone(), home.snapshots()?, &options).await?;
    let mut config = server::Config::new(arguments.listen);
    config.is_https = arguments.https;
    config.reader = Some(listening::command()?);
    let config = arguments.hosts.iter().fold(config, |config, host| config.allow_host(host));
    serve(Arc::new(service), config, arguments.listen).await?;
    engine.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Binds, says where, and serves until Ctrl-C.
pub(crate) async fn serve(service: Arc<Service>, config: server::Config, address: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| {
        format!("cannot listen on {address}; stop what listens there, or choose another --listen address")
    })?;
    line(format!("Listening on http://{}/ until Ctrl-C.", listener.local_addr()?))?;
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without signals only the process's end stops it.
            std::future::pending::<()>().await;
        }
    };
    server::serve(listener, service, config, stop).await?;
    Ok(())
}
