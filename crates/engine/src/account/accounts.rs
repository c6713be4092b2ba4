//! Making accounts, logging in, and checking tokens.

use std::sync::Arc;

use music::UnixMillis;

use super::record::{Account, Role, Token, TokenHash, TokenKind};
use super::{Secret, password};
use crate::catalogue::{normal_form, validate_text};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ingest::Rejection;
use crate::store::{AccountChange, Batch};

/// Why an account or token cannot be made or used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Another account has this name, perhaps in other letters.
    #[error("there is an account named `{name}` already; choose another name")]
    NameTaken {
        /// The name that is taken.
        name: Box<str>,
    },
    /// The name is too long or too short.
    #[error("an account's name has 1 to {length_max} characters")]
    BadName {
        /// The greatest length.
        length_max: usize,
    },
    /// The password is too short or too long.
    #[error("a password has at least {length_min} characters and at most {length_max} bytes")]
    BadPassword {
        /// The least length.
        length_min: usize,
        /// The greatest length.
        length_max: usize,
    },
    /// There is no such account.
    #[error("there is no account named `{name}`")]
    Unknown {
        /// The name.
        name: Box<str>,
    },
    /// Name or password is wrong; it does not say which.
    #[error("the name or the password is wrong")]
    WrongLogin,
    /// The token does not count: unknown, revoked or expired.
    #[error("the token is not valid; it may have been revoked or have expired")]
    BadToken,
}

/// The longest name of an account, in characters.
const NAME_LEN_MAX: usize = 64;

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount<'a> {
    /// The name to log in with.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// What it may do.
    pub role: Role,
    /// The name of the listener it belongs to, who is new where nobody has that name yet.
    pub listener: &'a str,
}

impl std::fmt::Debug for NewAccount<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Accounts, tokens and logins of one engine.
#[derive(Clone, Debug)]
pub struct Accounts {
    engine: Engine,
}

impl Accounts {
    pub(crate) const fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn all(&self) -> Result<Vec<Account>, EngineError> {
        self.engine.store().accounts().await
    }

    /// The account with exactly this name.
    ///
    /// # Errors
    /// [`AccountError::Unknown`], or where the store cannot be read.
    pub async fn get(&self, name: &str) -> Result<Account, EngineError> {
        let account = self.engine.store().account(name.into()).await?;
        account.ok_or_else(|| AccountError::Unknown { name: name.into() }.into())
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError::NameTaken`] (letter case and typography do not make another name), [`AccountError::BadName`],
    /// [`AccountError::BadPassword`], or a listener's name that is not acceptable.
    pub async fn create(&self, new: NewAccount<'_>) -> Result<Account, EngineError> {
        let name = validate_text("account name", new.name)?;
        if !(1..=NAME_LEN_MAX).contains(&name.chars().count()) {
            return Err(AccountError::BadName { length_max: NAME_LEN_MAX }.into());
        }
        let password_hash = self.hash(new.password).await?;
        let _changing = self.engine.lock_accounts().await;
        let normal = normal_form(name);
        if let Some(taken) =
            self.all().await?.into_iter().find(|account| normal_form(&account.name) == normal)
        {
            return Err(AccountError::NameTaken { name: taken.name }.into());
        }
        let mut intake = self.engine.intake().await?;
        let listener = intake.listener(new.listener)?;
        let created = intake.now();
        let account = Account { name: name.into(), password_hash, role: new.role, listener, created };
        intake.account(AccountChange::Put(account.clone()));
        intake.commit().await?;
        Ok(account)
    }

    /// Changes the password, and ends all logins and tokens of the account.
    ///
    /// # Errors
    /// [`AccountError::Unknown`], [`AccountError::BadPassword`].
    pub async fn set_password(&self, name: &str, password: &str) -> Result<(), EngineError> {
        let password_hash = self.hash(password).await?;
        let _changing = self.engine.lock_accounts().await;
        let account = Account { password_hash, ..self.get(name).await? };
        let ended = AccountChange::TokensRemoved { account: account.name.clone() };
        self.write(vec![AccountChange::Put(account), ended]).await
    }

    /// Changes what the account may do.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    pub async fn set_role(&self, name: &str, role: Role) -> Result<(), EngineError> {
        let _changing = self.engine.lock_accounts().await;
        let account = Account { role, ..self.get(name).await? };
        self.write(vec![AccountChange::Put(account)]).await
    }

    /// Removes the account with all its tokens; the listener and their history stay.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    pub async fn remove(&self, name: &str) -> Result<(), EngineError> {
        let _changing = self.engine.lock_accounts().await;
        let name = self.get(name).await?.name;
        self.write(vec![AccountChange::Removed { name }]).await
    }

    /// Logs in with name and password; the session's secret goes into the browser's cookie.
    ///
    /// Takes as long for a name that does not exist as for a wrong password.
    ///
    /// # Errors
    /// [`AccountError::WrongLogin`].
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        expires: UnixMillis,
    ) -> Result<(Secret, Account), EngineError> {
        let account = self.engine.store().account(name.into()).await?;
        let hash = account.as_ref().map(|account| account.password_hash.clone());
        // A password that is too long is never right, and is not worth the work of hashing it.
        let given: String =
            if password.len() <= password::LEN_MAX { password.to_owned() } else { String::new() };
        let verified = slowly(move || password::verify(&given, hash.as_deref())).await?;
        match (verified, account) {
            (Some(true), Some(account)) => {
                let secret = self.issue(&account, TokenKind::Session, "", Some(expires)).await?;
                Ok((secret, account))
            }
            (None, Some(account)) => {
                tracing::error!(account = %account.name, "the stored password hash cannot be read");
                Err(AccountError::WrongLogin.into())
            }
            _ => Err(AccountError::WrongLogin.into()),
        }
    }

    /// Makes an API token for a program; its secret is shown once.
    ///
    /// # Errors
    /// [`AccountError::Unknown`], or a label that is not acceptable.
    pub async fn create_token(
        &self,
        account: &str,
        label: &str,
        expires: Option<UnixMillis>,
    ) -> Result<Secret, EngineError> {
        let label = validate_text("label", label)?;
        if label.is_empty() {
            return Err(Rejection::Missing { what: "label" }.into());
        }
        let account = self.get(account).await?;
        self.issue(&account, TokenKind::Api, label, expires).await
    }

    /// The tokens and sessions of an account, oldest first, expired ones too.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn tokens(&self, account: &str) -> Result<Vec<Token>, EngineError> {
        self.engine.store().tokens(account.into()).await
    }

    /// Whose token it is.
    ///
    /// Asked of the store every time, so that revoking one counts at once.
    ///
    /// # Errors
    /// [`AccountError::BadToken`] where it is malformed, unknown, revoked or expired.
    pub async fn authenticate(&self, secret: &str) -> Result<(Account, Token), EngineError> {
        let bad = || EngineError::from(AccountError::BadToken);
        let hash = secret.parse::<Secret>().map_err(|_| bad())?.hash();
        let token =
            self.engine.store().token(hash).await?.filter(|token| token.hash == hash).ok_or_else(bad)?;
        if token.expires.is_some_and(|expires| expires <= self.engine.clock().now()) {
            return Err(bad());
        }
        let account = self.engine.store().account(token.account.clone()).await?.ok_or_else(bad)?;
        Ok((account, token))
    }

    /// Makes a token or session invalid. Does nothing where it is so already.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub async fn revoke(&self, hash: TokenHash) -> Result<(), EngineError> {
        self.write(vec![AccountChange::TokenRemoved { hash }]).await
    }

    async fn issue(
        &self,
        account: &Account,
        kind: TokenKind,
        label: &str,
        expires: Option<UnixMillis>,
    ) -> Result<Secret, EngineError> {
        let secret = Secret::generate(self.engine.random())?;
        let token = Token {
            hash: secret.hash(),
            account: account.name.clone(),
            kind,
            label: label.into(),
            created: self.engine.clock().now(),
            expires,
        };
        self.write(vec![AccountChange::TokenPut(token)]).await?;
        Ok(secret)
    }

    async fn hash(&self, password: &str) -> Result<Box<str>, EngineError> {
        let (length_min, length_max) = (password::LEN_MIN, password::LEN_MAX);
        if password.chars().count() < length_min || password.len() > length_max {
            return Err(AccountError::BadPassword { length_min, length_max }.into());
        }
        let (engine, password) = (self.engine.clone(), password.to_owned());
        slowly(move || password::hash(&password, engine.random())).await?
    }

    async fn write(&self, accounts: Vec<AccountChange>) -> Result<(), EngineError> {
        let batch = Batch { accounts, ..Batch::default() };
        Arc::clone(self.engine.store()).append(batch).await.map(drop)
    }
}

/// Does the work on a thread for work that takes long.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    // An error means that the work panicked or the runtime is shutting down; neither leaves a result.
    tokio::task::spawn_blocking(work).await.map_err(|_| EngineError::Closed)
}
