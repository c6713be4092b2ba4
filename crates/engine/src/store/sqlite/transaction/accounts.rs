//! Writing accounts and tokens. Rare and small, so one statement each.

use sqlx::SqliteConnection;

use crate::account::{Account, Token};
use crate::store::AccountChange;

/// Writes one change.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    change: &AccountChange,
) -> Result<(), sqlx::Error> {
    match change {
        AccountChange::Put(account) => put_account(connection, account).await,
        AccountChange::Removed { name } => {
            remove_tokens(connection, name).await?;
            let query = sqlx::query("DELETE FROM account WHERE name = ?").bind(&**name);
            query.execute(connection).await.map(drop)
        }
        AccountChange::TokenPut(token) => put_token(connection, token).await,
        AccountChange::TokenRemoved { hash } => {
            let query = sqlx::query("DELETE FROM token WHERE hash = ?").bind(hash.as_bytes().as_slice());
            query.execute(connection).await.map(drop)
        }
        AccountChange::TokensRemoved { account } => remove_tokens(connection, account).await,
    }
}

async fn put_account(connection: &mut SqliteConnection, account: &Account) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO account (name, password_hash, role, listener, created) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (name) DO UPDATE SET \
         password_hash = excluded.password_hash, role = excluded.role, listener = excluded.listener",
    )
    .bind(&*account.name)
    .bind(&*account.password_hash)
    .bind(account.role.name())
    .bind(i64::from(account.listener.get()))
    .bind(account.created.get())
    .execute(connection)
    .await
    .map(drop)
}

async fn put_token(connection: &mut SqliteConnection, token: &Token) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO token (hash, account, kind, label, created, expires) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT (hash) DO NOTHING",
    )
    .bind(token.hash.as_bytes().as_slice())
    .bind(&*token.account)
    .bind(token.kind.name())
    .bind(&*token.label)
    .bind(token.created.get())
    .bind(token.expires.map(music::UnixMillis::get))
    .execute(connection)
    .await
    .map(drop)
}

async fn remove_tokens(connection: &mut SqliteConnection, account: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM token WHERE account = ?").bind(account).execute(connection).await.map(drop)
}
