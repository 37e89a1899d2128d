//! A database of its own for every test, on one server for all of them.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use anyhow::{Context, ensure};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool, migrate::Migrator,
    postgres::PgPoolOptions,
};
use tokio::sync::OnceCell;

use crate::{Durability, Postgres, place::random};

/// Address of a `PostgreSQL` server (any database, as superuser) for the tests to use.
const GIVEN: &str = "JIEBANG_TEST_POSTGRES";
/// Advisory lock under which templates are made.
const MAKING_TEMPLATE: i64 = 0x6a69_6562;

/// A `PostgreSQL` server, seen as superuser.
#[derive(Debug, Clone)]
pub struct Server {
    before: String,
    after: String,
}

impl Server {
    /// From the address of any of its databases.
    ///
    /// # Errors
    /// When that has no database.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let (path, parameters) = url.split_at(url.find('?').unwrap_or(url.len()));
        let (before, database) = path.rsplit_once('/').context("not an address")?;
        ensure!(
            !database.is_empty() && before.contains("//"),
            "no database in the address"
        );
        Ok(Self {
            before: before.to_owned(),
            after: parameters.to_owned(),
        })
    }

    /// Address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.before, self.after)
    }

    /// Makes a database, if it is not there, and migrates it.
    ///
    /// # Errors
    /// When the name is not lower-case letters, digits and `_`, or a migration fails.
    pub async fn create_database(
        &self,
        name: &str,
        migrator: Option<&Migrator>,
    ) -> anyhow::Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        ensure!(
            (1..=63).contains(&name.len()) && name.chars().all(plain),
            "bad name {name:?}"
        );
        let mut admin = self.admin().await?;
        if !exists(&mut admin, name).await? {
            admin
                .execute(AssertSqlSafe(format!("create database {name}")))
                .await?;
        }
        admin.close().await?;
        if let Some(migrator) = migrator {
            let mut connection = PgConnection::connect(&self.url(name)).await?;
            migrator.run(&mut connection).await?;
            connection.close().await?;
        }
        Ok(())
    }

    /// A database that [`TestDatabase`] will drop, copied from one migrated once.
    async fn database(&self, migrator: &Migrator) -> anyhow::Result<TestDatabase> {
        let template = self.template(migrator).await?;
        let name = format!("test_{}_{:016x}", std::process::id(), random());
        let mut admin = self.admin().await?;
        admin
            .execute(AssertSqlSafe(format!(
                "create database {name} template {template}"
            )))
            .await?;
        admin.close().await?;
        let url = self.url(&name);
        let pool = PgPoolOptions::new()
            .max_connections(5)
            .acquire_timeout(Duration::from_secs(20))
            .connect(&url)
            .await?;
        Ok(TestDatabase {
            server: self.clone(),
            name,
            url,
            pool,
        })
    }

    /// The migrated template for these migrations, made by whoever needs it first.
    async fn template(&self, migrator: &Migrator) -> anyhow::Result<String> {
        let mut hasher = DefaultHasher::new();
        for migration in migrator.iter() {
            (migration.version, &migration.checksum).hash(&mut hasher);
        }
        let name = format!("template_{:016x}", hasher.finish());
        let mut admin = self.admin().await?;
        if !exists(&mut admin, &name).await? {
            sqlx::query("select pg_advisory_lock($1)")
                .bind(MAKING_TEMPLATE)
                .execute(&mut admin)
                .await?;
            if !exists(&mut admin, &name).await? {
                // Under another name until it is whole.
                let draft = format!("{name}_draft");
                let drop = format!("drop database if exists {draft} with (force)");
                admin.execute(AssertSqlSafe(drop)).await?;
                self.create_database(&draft, Some(migrator)).await?;
                let rename = format!("alter database {draft} rename to {name}");
                admin.execute(AssertSqlSafe(rename)).await?;
            }
        }
        admin.close().await?;
        Ok(name)
    }

    async fn admin(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.url("postgres")).await?)
    }
}

async fn exists(admin: &mut PgConnection, database: &str) -> anyhow::Result<bool> {
    Ok(
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(database)
            .fetch_one(admin)
            .await?,
    )
}

/// The server of this test run: the one named by `JIEBANG_TEST_POSTGRES`, else one that this
/// process starts and that ends with it.
///
/// # Errors
/// As for [`Postgres::start`].
pub async fn postgres() -> anyhow::Result<&'static Server> {
    static OWN: OnceCell<Postgres> = OnceCell::const_new();
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER
        .get_or_try_init(async || {
            if let Some(url) = given(GIVEN) {
                return Server::new(&url);
            }
            let own = OWN.get_or_try_init(async || Postgres::start(Durability::Fast).await);
            Ok(own.await?.server().clone())
        })
        .await
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration but this"
)]
pub(crate) fn given(variable: &str) -> Option<String> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}

/// A fresh, migrated database for one test.
///
/// # Errors
/// When there is no server, or a migration fails.
pub async fn database(migrator: &Migrator) -> anyhow::Result<TestDatabase> {
    postgres().await?.database(migrator).await
}

/// A database of one test, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    server: Server,
    name: String,
    url: String,
    pool: PgPool,
}

impl TestDatabase {
    /// Its address, as superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Five connections to it.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        // With force: pools and services of the test may still hold connections.
        let sql = format!("drop database if exists {} with (force)", self.name);
        // A thread, because this one is inside a runtime, where nothing may block on another.
        let dropped = std::thread::spawn(move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                server.admin().await?.execute(AssertSqlSafe(sql)).await?;
                Ok(())
            })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            tracing::warn!(database = self.name, "left behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::{
        SqlStr,
        migrate::{Migration, MigrationType},
    };

    use super::*;

    fn migrator(sql: &'static str) -> Migrator {
        let migration = Migration::new(
            1,
            Cow::Borrowed("first"),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        );
        Migrator::with_migrations(vec![migration])
    }

    #[tokio::test]
    async fn every_test_has_a_migrated_database_of_its_own() {
        let migrator = migrator("create table marks (mark int)");
        let (one, two) = tokio::join!(database(&migrator), database(&migrator));
        let (one, two) = (one.unwrap(), two.unwrap());
        one.pool()
            .execute("insert into marks values (1)")
            .await
            .unwrap();
        let count: i64 = sqlx::query_scalar("select count(*) from marks")
            .fetch_one(two.pool())
            .await
            .unwrap();
        assert_eq!(count, 0);

        let name = one.name.clone();
        drop(one);
        let mut admin = postgres().await.unwrap().admin().await.unwrap();
        assert!(!exists(&mut admin, &name).await.unwrap());
    }

    #[tokio::test]
    async fn other_migrations_have_another_template() {
        let server = postgres().await.unwrap();
        let one = server
            .template(&migrator("create table a (a int)"))
            .await
            .unwrap();
        let two = server
            .template(&migrator("create table b (b int)"))
            .await
            .unwrap();
        assert_ne!(one, two);
    }

    #[test]
    fn an_address_is_taken_apart() {
        let server = Server::new("postgres://u:p@h:1/a?sslmode=disable").unwrap();
        assert_eq!(server.url("b"), "postgres://u:p@h:1/b?sslmode=disable");
        for bad in ["", "postgres://h", "postgres://h/"] {
            assert!(Server::new(bad).is_err(), "{bad}");
        }
    }
}
