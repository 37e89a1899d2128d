//! The journal's tables, its connections and its rights in a service's database.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, Connection, PgPool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// The journal's own migrations, numbered below 1000; those of services start at 1000.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// A connection idle for longer is asked whether it still lives; asking each time costs every
/// command a round trip.
const TRUSTED: Duration = Duration::from_secs(1);

/// The journal's migrations and the service's as one.
pub fn migrations(service: &Migrator) -> Migrator {
    let mut all: Vec<_> = MIGRATIONS.iter().cloned().collect();
    all.extend(service.iter().cloned());
    Migrator::with_migrations(all)
}

/// Brings a database up to date, as its owner: the journal's tables, the service's, and a new
/// epoch if the database has come from another cluster.
///
/// # Errors
/// When a migration fails, or one that was applied has changed since.
pub async fn migrate(pool: &PgPool, service: &Migrator) -> Result<(), MigrateError> {
    migrations(service).run(pool).await?;
    sqlx::query!(
        "insert into journal_epoch (number, cluster, from_position)
         select coalesce((select max(number) from journal_epoch), 0) + 1,
                here.system_identifier::text,
                coalesce((select max(position) from journal_fact), 0) + 1
         from pg_control_system() as here
         where here.system_identifier::text is distinct from
             (select cluster from journal_epoch order by number desc limit 1)
         on conflict do nothing"
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Gives `role`, as which the service connects, what it needs and no more: it owns nothing, and can
/// only add to facts and seals. To be called by the owner after [`migrate`].
///
/// # Errors
/// The database; there is no such role.
pub async fn grant_app_role(pool: &PgPool, role: &str) -> Result<(), sqlx::Error> {
    let statements: String = sqlx::query_scalar(
        "select format($$
            grant usage on schema public to %1$I;
            grant select, insert, update, delete on all tables in schema public to %1$I;
            grant usage on all sequences in schema public to %1$I;
            revoke all on _sqlx_migrations, journal_epoch, journal_fact, journal_seal from %1$I;
            grant select on _sqlx_migrations, journal_epoch to %1$I;
            grant select, insert on journal_fact, journal_seal to %1$I;
         $$, $1::text)",
    )
    .bind(role)
    .fetch_one(pool)
    .await?;
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(pool)
        .await?;
    // A service's own tables that may only be added to bear the journal's trigger: what that
    // refuses is no privilege either.
    let append_only: Vec<String> = sqlx::query_scalar(
        "select distinct format('revoke update, delete, truncate on %s from %I', tgrelid::regclass, $1::text)
         from pg_trigger where tgfoid = to_regproc('journal_append_only') and not tgisinternal",
    )
    .bind(role)
    .fetch_all(pool)
    .await?;
    for statement in append_only {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(pool)
            .await?;
    }
    Ok(())
}

/// Connects as a service should: at most `connections`, with limits on how long a statement, a
/// wait for a lock or an idle transaction may take.
///
/// # Errors
/// When the database cannot be reached.
pub async fn connect(options: PgConnectOptions, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options = options.options([
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ]);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
}
