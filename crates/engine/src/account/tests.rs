//! The life of accounts and tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use music::UnixMillis;
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::store::{SqliteStore, StoreOptions};

/// Gives 1, 1, 1…, then 2, 2, 2…
#[derive(Debug, Default)]
struct Counting(AtomicU8);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EngineError> {
        bytes.fill(self.0.fetch_add(1, Ordering::SeqCst) + 1);
        Ok(())
    }
}

struct World {
    directory: TempDir,
    clock: Arc<ManualClock>,
    engine: Engine,
}

impl World {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::new(UnixMillis::new(1000)));
        let store = SqliteStore::open(directory.path(), StoreOptions::default()).await.unwrap();
        let random = Arc::new(Counting::default());
        let engine = Engine::of_store(Arc::new(store), Arc::clone(&clock) as _, random, false).await.unwrap();
        Self { directory, clock, engine }
    }

    fn accounts(&self) -> Accounts {
        self.engine.accounts()
    }

    async fn with_anna() -> Self {
        let world = Self::new().await;
        world.accounts().create(anna()).await.unwrap();
        world
    }
}

fn anna() -> NewAccount<'static> {
    NewAccount { name: "anna", password: "correct horse", role: Role::Listener, listener: "anna" }
}

fn account_error<T: std::fmt::Debug>(result: Result<T, EngineError>) -> AccountError {
    match result {
        Err(EngineError::Account(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn there_is_no_account_until_one_is_made() {
    let world = World::new().await;
    assert_eq!(world.accounts().all().await.unwrap(), []);
    for (name, password) in [("admin", "admin"), ("", ""), ("anna", "correct horse")] {
        let refused = world.accounts().log_in(name, password, UnixMillis::new(2000)).await;
        assert_eq!(account_error(refused), AccountError::WrongLogin);
    }
}

#[tokio::test]
async fn an_account_logs_in_with_its_password_and_no_other() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    let (session, account) = accounts.log_in("anna", "correct horse", UnixMillis::new(2000)).await.unwrap();
    assert_eq!((&*account.name, account.role), ("anna", Role::Listener));
    assert_eq!(world.engine.library().await.listener(account.listener), Some("anna"));
    let (known, token) = accounts.authenticate(&session.reveal()).await.unwrap();
    assert_eq!((known, token.kind), (account, TokenKind::Session));

    let long = "x".repeat(100_000);
    for (name, password) in [
        ("anna", "correct horsf"),
        ("anna", ""),
        ("anna", long.as_str()),
        ("Anna", "correct horse"),
        ("%", "correct horse"),
    ] {
        let refused = accounts.log_in(name, password, UnixMillis::new(2000)).await;
        assert_eq!(account_error(refused), AccountError::WrongLogin, "{name}");
    }
}

#[tokio::test]
async fn a_token_counts_until_it_expires_or_is_revoked() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    let token = accounts.create_token("anna", "phone", Some(UnixMillis::new(5000))).await.unwrap();
    let lasting = accounts.create_token("anna", "server", None).await.unwrap();
    world.clock.set(UnixMillis::new(4999));
    assert_eq!(&*accounts.authenticate(&token.reveal()).await.unwrap().1.label, "phone");
    world.clock.set(UnixMillis::new(5000));
    assert_eq!(account_error(accounts.authenticate(&token.reveal()).await), AccountError::BadToken);

    accounts.authenticate(&lasting.reveal()).await.unwrap();
    accounts.revoke(lasting.hash()).await.unwrap();
    assert_eq!(account_error(accounts.authenticate(&lasting.reveal()).await), AccountError::BadToken);
    accounts.revoke(lasting.hash()).await.unwrap();
    let labels: Vec<_> =
        accounts.tokens("anna").await.unwrap().into_iter().map(|token| token.label).collect();
    assert_eq!(labels, ["phone".into()]);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    let real = accounts.create_token("anna", "phone", None).await.unwrap().reveal();
    let hash = real.parse::<Secret>().unwrap().hash();
    let other = format!("{}0", &real[..real.len() - 1]);
    let hash_as_token = format!("segue_{}", blake3::Hash::from_bytes(*hash.as_bytes()).to_hex());
    assert_ne!(other, real);
    for wrong in ["", "segue_", &other, &real[..real.len() - 1], &real[6..], &hash_as_token, "segue_%"] {
        assert_eq!(account_error(accounts.authenticate(wrong).await), AccountError::BadToken, "{wrong}");
    }
}

#[tokio::test]
async fn a_new_password_ends_all_tokens() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    let token = accounts.create_token("anna", "phone", None).await.unwrap();
    accounts.set_password("anna", "battery staple").await.unwrap();
    assert_eq!(account_error(accounts.authenticate(&token.reveal()).await), AccountError::BadToken);
    let old = accounts.log_in("anna", "correct horse", UnixMillis::new(2000)).await;
    assert_eq!(account_error(old), AccountError::WrongLogin);
    accounts.log_in("anna", "battery staple", UnixMillis::new(2000)).await.unwrap();
}

#[tokio::test]
async fn a_removed_account_is_gone_with_its_tokens_and_its_history_stays() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    let token = accounts.create_token("anna", "phone", None).await.unwrap();
    accounts.set_role("anna", Role::Administrator).await.unwrap();
    assert_eq!(accounts.get("anna").await.unwrap().role, Role::Administrator);
    accounts.remove("anna").await.unwrap();
    assert_eq!(account_error(accounts.authenticate(&token.reveal()).await), AccountError::BadToken);
    assert!(matches!(account_error(accounts.remove("anna").await), AccountError::Unknown { .. }));
    assert!(world.engine.library().await.listener_named("anna").is_some());
    accounts.create(anna()).await.unwrap();
    assert_eq!(account_error(accounts.authenticate(&token.reveal()).await), AccountError::BadToken);
}

#[tokio::test]
async fn names_that_look_alike_and_weak_passwords_are_refused() {
    let world = World::with_anna().await;
    let accounts = world.accounts();
    for name in ["anna", "ANNA", " Anna ", "ａｎｎａ"] {
        let refused = accounts.create(NewAccount { name, ..anna() }).await;
        assert!(matches!(account_error(refused), AccountError::NameTaken { .. }), "{name}");
    }
    for name in ["", " ", &"x".repeat(65)] {
        let refused = accounts.create(NewAccount { name, ..anna() }).await;
        assert!(matches!(account_error(refused), AccountError::BadName { .. }), "{name}");
    }
    let long = "x".repeat(1025);
    for password in ["", "seven77", long.as_str()] {
        let refused = accounts.create(NewAccount { name: "ben", password, ..anna() }).await;
        assert!(matches!(account_error(refused), AccountError::BadPassword { .. }), "{password}");
    }
    assert_eq!(accounts.all().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_of_one_name_cannot_be_made_at_once() {
    let world = World::new().await;
    let makers: Vec<_> = (0..4)
        .map(|_| {
            let accounts = world.accounts();
            tokio::spawn(async move { accounts.create(anna()).await.is_ok() })
        })
        .collect();
    let mut made_count = 0;
    for maker in makers {
        made_count += usize::from(maker.await.unwrap());
    }
    assert_eq!(made_count, 1);
}

#[tokio::test]
async fn neither_password_nor_token_is_in_the_files_or_in_a_log() {
    let world = World::with_anna().await;
    let token = world.accounts().create_token("anna", "phone", None).await.unwrap();
    let account = world.accounts().get("anna").await.unwrap();
    assert!(
        account.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{}",
        account.password_hash
    );
    let told =
        format!("{account:?} {token:?} {:?} {:?}", anna(), world.accounts().tokens("anna").await.unwrap());
    world.engine.close().await.unwrap();
    let revealed = token.reveal();
    // The first number went into the salt of the password.
    assert_eq!(revealed, format!("segue_{}", "02".repeat(32)));
    let secrets = ["correct horse", &revealed, &revealed[6..], "$argon2id"];
    assert!(secrets.iter().all(|secret| !told.contains(secret)), "{told}");
    for entry in std::fs::read_dir(world.directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
        assert!(!holds(b"correct horse") && !holds(revealed.as_bytes()) && !holds(&[2; 32]));
    }
}

#[tokio::test]
async fn a_secret_is_random_bits_and_reads_back() {
    #[derive(Debug)]
    struct Empty;
    impl Random for Empty {
        fn fill(&self, _: &mut [u8]) -> Result<(), EngineError> {
            Err(EngineError::Random { source: getrandom::Error::UNSUPPORTED })
        }
    }
    let secret = Secret::generate(&OsRandom).unwrap();
    assert_ne!(secret, Secret::generate(&OsRandom).unwrap());
    assert_eq!(secret.reveal().parse(), Ok(secret));
    assert!(
        matches!(Secret::generate(&Empty), Err(EngineError::Random { .. })),
        "without randomness no secret"
    );
}
