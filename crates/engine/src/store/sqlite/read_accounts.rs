//! Reading accounts and tokens.

use music::{ListenerId, UnixMillis};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteRow;

use super::row::Reader;
use crate::account::{Account, Token, TokenHash};
use crate::error::EngineError;

/// The account with this name.
pub(super) async fn account(readers: &SqlitePool, name: Box<str>) -> Result<Option<Account>, EngineError> {
    let row =
        sqlx::query("SELECT rowid, name, password_hash, role, listener, created FROM account WHERE name = ?")
            .bind(name)
            .fetch_optional(readers)
            .await
            .map_err(EngineError::database("read an account"))?;
    row.as_ref().map(account_of).transpose()
}

/// All accounts by name.
pub(super) async fn accounts(readers: &SqlitePool) -> Result<Vec<Account>, EngineError> {
    let rows =
        sqlx::query("SELECT rowid, name, password_hash, role, listener, created FROM account ORDER BY name")
            .fetch_all(readers)
            .await
            .map_err(EngineError::database("read the accounts"))?;
    rows.iter().map(account_of).collect()
}

/// The token with this hash.
pub(super) async fn token(readers: &SqlitePool, hash: TokenHash) -> Result<Option<Token>, EngineError> {
    let row =
        sqlx::query("SELECT rowid, hash, account, kind, label, created, expires FROM token WHERE hash = ?")
            .bind(hash.as_bytes().to_vec())
            .fetch_optional(readers)
            .await
            .map_err(EngineError::database("read a token"))?;
    row.as_ref().map(token_of).transpose()
}

/// The tokens of an account, oldest first.
pub(super) async fn tokens(readers: &SqlitePool, account: Box<str>) -> Result<Vec<Token>, EngineError> {
    let rows = sqlx::query(
        "SELECT rowid, hash, account, kind, label, created, expires FROM token \
         WHERE account = ? ORDER BY created, hash",
    )
    .bind(account)
    .fetch_all(readers)
    .await
    .map_err(EngineError::database("read the tokens"))?;
    rows.iter().map(token_of).collect()
}

fn account_of(row: &SqliteRow) -> Result<Account, EngineError> {
    let row = Reader::new("account", row, 0)?;
    let role = row.get::<&str>(3)?.parse().map_err(|error| row.broken(error))?;
    Ok(Account {
        name: row.get(1)?,
        password_hash: row.get(2)?,
        role,
        listener: ListenerId::new(row.number_of(4)?),
        created: UnixMillis::new(row.get(5)?),
    })
}

fn token_of(row: &SqliteRow) -> Result<Token, EngineError> {
    let row = Reader::new("token", row, 0)?;
    let hash: [u8; 32] = row.get::<&[u8]>(1)?.try_into().map_err(|_| row.broken("a hash has 32 bytes"))?;
    let kind = row.get::<&str>(3)?.parse().map_err(|error| row.broken(error))?;
    Ok(Token {
        hash: TokenHash::from_bytes(hash),
        account: row.get(2)?,
        kind,
        label: row.get(4)?,
        created: UnixMillis::new(row.get(5)?),
        expires: row.get::<Option<i64>>(6)?.map(UnixMillis::new),
    })
}
