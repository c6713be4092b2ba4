//! `segue account`: who may log in to the server.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use engine::Role;
use engine::account::NewAccount;
use serde::Serialize;

use crate::home::HomeArguments;
use crate::output::{json, line, table};

/// Make, list and change the accounts of the server.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make an account; the password is asked for, or read from standard input.
    Add {
        /// The name to log in with.
        name: String,
        /// The listener it belongs to; one of the account's name without it.
        #[arg(long, value_name = "NAME")]
        listener: Option<String>,
        /// May do everything, also with the data of others.
        #[arg(long)]
        admin: bool,
    },
    /// Change a password; all logins and tokens of the account end.
    Password {
        /// The account.
        name: String,
    },
    /// Show all accounts.
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Does one action.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    match arguments.action {
        Action::Add { name, listener, admin } => {
            let engine = home.open().await?;
            let role = if admin { Role::Administrator } else { Role::Listener };
            let listener = listener.as_deref().unwrap_or(&name);
            let password = ask_password(&name)?;
            let new = NewAccount { name: &name, password: &password, role, listener };
            let account = engine.accounts().create(new).await?;
            engine.close().await?;
            line(format!(
                "The account {} ({}) belongs to the listener {listener}.",
                account.name,
                role.name()
            ))?;
        }
        Action::Password { name } => {
            let engine = home.open().await?;
            engine.accounts().set_password(&name, &ask_password(&name)?).await?;
            engine.close().await?;
            line(format!("The password of {name} is changed; its logins and tokens have ended."))?;
        }
        Action::List { json } => list(home, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// One account, as it is shown.
#[derive(Debug, Serialize)]
struct Row<'a> {
    account: &'a str,
    role: &'static str,
    listener: &'a str,
}

/// Shows all accounts.
async fn list(home: &HomeArguments, is_json: bool) -> Result<()> {
    let engine = home.open_read_only().await?;
    let accounts = engine.accounts().all().await?;
    let library = engine.library().await;
    let rows: Vec<Row<'_>> = accounts
        .iter()
        .map(|account| Row {
            account: &account.name,
            role: account.role.name(),
            listener: library.listener(account.listener).unwrap_or_default(),
        })
        .collect();
    if is_json {
        return Ok(json(&rows)?);
    }
    let mut shown = table(&["account", "role", "listener"], &[]);
    for Row { account, role, listener } in &rows {
        shown.add_row([account, role, listener]);
    }
    Ok(line(shown.to_string())?)
}

/// The password: typed twice on a terminal, the first line of standard input elsewhere.
fn ask_password(name: &str) -> Result<String> {
    if io::stdin().is_terminal() {
        let password = rpassword::prompt_password(format!("Password for {name}: "))?;
        let again = rpassword::prompt_password("The same again: ")?;
        ensure!(password == again, "the two are not the same; nothing was changed");
        return Ok(password);
    }
    let mut password = String::new();
    io::stdin().lock().read_line(&mut password)?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}
