use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::Context;
use contract::registry::v1::ListChildrenRequest;
use platform::identity::Credentials;
use sea_orm::ConnectionTrait;

use super::limits::{echo, jetstream, pgbench, sqlite};
use super::ours::{self, Caller};
use super::rows::TableRows;
use super::{Curve, Effort, Line, Part, Report, Target, median, scale};
use crate::city::{Backend, City, CityOptions};
use crate::nats::{NatsOptions, NatsServer};
use crate::postgres::{Durability, PostgresServer};
use crate::tools;

/// Events a second at which latencies are measured.
const RATE: u32 = 1_000;
/// Forgeries of evidence files.
const FORGERIES: usize = 1_000_000;
/// Rows of the import.
const ROWS: usize = 20_000;

/// Measures everything, or `only` these parts.
///
/// # Errors
/// If anything that is measured fails.
pub async fn run(effort: Effort, only: &[Part]) -> anyhow::Result<Report> {
    let mut bench = Bench::prepare(effort).await?;
    let (mut lines, mut curves) = (Vec::new(), Vec::new());
    eprintln!("rows of one RegisterChild: {}", bench.written);
    let measured = bench.measure(only, &mut lines, &mut curves).await;
    bench.sqlite.city.abandon();
    bench.on_postgres.city.abandon();
    measured?;
    Ok(Report { machine: machine(), lines, curves })
}

struct Bench {
    effort: Effort,
    server: PostgresServer,
    on_postgres: Caller,
    sqlite: Caller,
    script: PathBuf,
    sqlite_schema: Vec<String>,
    sqlite_rows: Vec<TableRows>,
    written: String,
    limit_database: String,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Two cities with one child each, and limits made of the rows that it left.
    async fn prepare(effort: Effort) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("hutong-bench-").tempdir()?;
        let server = PostgresServer::start(Durability::Disk);
        let options = || CityOptions::default().set("exchange.repair_interval_seconds", "5");
        let on_postgres = Caller::new(City::start_on(&server, options()).await);
        let sqlite = Caller::new(City::start_with(Backend::Sqlite, options()).await);
        for caller in [&on_postgres, &sqlite] {
            caller.city.register(caller.next()).await;
            caller.city.settle().await;
        }
        let (sqlite_schema, sqlite_rows) = TableRows::from_sqlite(&sqlite.city.data().join("databases/registry.db"))?;
        let database = on_postgres.city.registry_database().await;
        let rows = TableRows::from_postgres(&database, "registry").await?;
        let name: sea_orm::QueryResult = database
            .query_one_raw(sea_orm::Statement::from_string(
                database.get_database_backend(),
                "SELECT current_database()::text AS name",
            ))
            .await?
            .context("a database has a name")?;
        let name: String = name.try_get("", "name")?;
        database.close().await?;
        let limit_database = copy_database(&server, &name, &on_postgres).await?;
        let script = folder.path().join("limit.sql");
        std::fs::write(&script, pgbench::script(&rows))?;
        Ok(Self {
            effort,
            server,
            on_postgres,
            sqlite,
            script,
            sqlite_schema,
            sqlite_rows,
            written: TableRows::summary(&rows),
            limit_database,
            folder,
        })
    }

    async fn measure(&mut self, only: &[Part], lines: &mut Vec<Line>, curves: &mut Vec<Curve>) -> anyhow::Result<()> {
        let wanted = |part| only.is_empty() || only.contains(&part);
        if wanted(Part::Footprint) {
            self.footprint_idle(lines).await?;
        }
        if wanted(Part::Register) {
            self.register(lines).await?;
        }
        if wanted(Part::Get) {
            self.get(lines).await?;
        }
        if wanted(Part::Door) {
            self.door(lines).await?;
        }
        if wanted(Part::Delivery) {
            self.deliver(lines).await?;
        }
        if wanted(Part::Import) {
            self.import(lines).await?;
        }
        if wanted(Part::Refill) {
            self.refill(lines).await?;
        }
        if wanted(Part::Footprint) {
            self.footprint_loaded(lines);
        }
        if wanted(Part::Evidence) {
            self.evidence(lines);
        }
        if wanted(Part::Scale) {
            scale::scale(self.effort, &self.server, lines).await?;
        }
        if wanted(Part::Growth) {
            scale::growth(self.effort, &self.server, curves).await?;
        }
        Ok(())
    }

    /// The registry as a service of its own, its relay at work: what pgbench and SQLite are compared with does nothing
    /// but write either.
    async fn register(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        let (on_postgres, _postgres_broker) =
            registry_alone(City::start_on(&self.server, CityOptions::default()).await).await?;
        let (on_sqlite, _sqlite_broker) =
            registry_alone(City::start_with(Backend::Sqlite, CityOptions::default()).await).await?;
        let targets = [(1, (0.7, 1.2), (0.4, 0.6)), (8, (0.9, 1.3), (1.2, 2.4)), (32, (1.3, 2.2), (2.0, 3.5))];
        for (clients, postgres, sqlite) in targets {
            let (mut limit, mut ours) = (Vec::new(), Vec::new());
            let (mut sqlite_limit, mut sqlite_ours) = (Vec::new(), Vec::new());
            for round in 0..self.effort.rounds {
                let span = self.effort.span;
                limit.push(pgbench::measure(&self.server, &self.limit_database, &self.script, clients, span)?);
                ours.push(ours::register(&on_postgres, clients, span).await.per_second);
                let file = self.folder.path().join(format!("limit-{clients}-{round}.db"));
                sqlite_limit.push(sqlite::measure(&file, &self.sqlite_schema, &self.sqlite_rows, span)?);
                sqlite_ours.push(ours::register(&on_sqlite, clients, span).await.per_second);
            }
            let at = |must_and_aim: (f64, f64)| Target::AtLeast { must: must_and_aim.0, aim: must_and_aim.1 };
            push(lines, format!("RegisterChild, PostgreSQL, {clients} clients"), "1/s", ours, limit, at(postgres));
            push(
                lines,
                format!("RegisterChild, SQLite FULL, {clients} clients"),
                "1/s",
                sqlite_ours,
                sqlite_limit,
                at(sqlite),
            );
        }
        on_postgres.city.abandon();
        on_sqlite.city.abandon();
        for (what, caller) in [("PostgreSQL", &self.on_postgres), ("SQLite FULL", &self.sqlite)] {
            let whole = ours::register(caller, 32, self.effort.span).await.per_second;
            caller.city.settle().await;
            let what = format!("(the same in a whole city, {what}, 32 clients)");
            push(lines, what, "1/s", vec![whole], Vec::new(), None);
        }
        Ok(())
    }

    async fn get(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        let city = &self.on_postgres.city;
        let children = Arc::new(some_children(city).await?);
        let server = EchoServer::start(city)?;
        let (mut limit, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..self.effort.rounds {
            let channels = ours::channels(&server.endpoint, &city.credentials("CA"), 32).await;
            limit.push(echo::measure(channels, self.effort.span).await.per_second);
            ours.push(ours::get(city, Arc::clone(&children), 32, self.effort.span).await.per_second);
        }
        let target = Target::AtLeast { must: 0.25, aim: 0.5 };
        push(lines, "GetChild, PostgreSQL, 32 clients, to a bare echo".into(), "1/s", ours, limit, target);
        Ok(())
    }

    /// The city stands idle: its files are read by doors of this process, on its database.
    async fn door(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        for (what, caller) in [("PostgreSQL", &self.on_postgres), ("SQLite", &self.sqlite)] {
            ours::register(caller, 32, self.effort.span).await;
            caller.city.settle().await;
            let children = Arc::new(some_children(&caller.city).await?);
            let files = ours::door::Files::of(&caller.city).await?;
            let [mut forgotten, mut recorded, mut whole, mut cut] = [const { Vec::new() }; 4];
            for _ in 0..self.effort.rounds {
                let span = self.effort.span;
                forgotten.push(files.get(false, &children, 32, span).await?.per_second);
                recorded.push(files.get(true, &children, 32, span).await?.per_second);
                whole.push(files.get_cut(false, &children, 32, span).await.per_second);
                cut.push(files.get_cut(true, &children, 32, span).await.per_second);
            }
            let audit = Target::AtLeast { must: 0.75, aim: 0.85 };
            let what = |which: &str| format!("GetChild {which}, {what}, 32 clients");
            push(lines, what("audited, to without"), "1/s", recorded, forgotten, audit);
            let redaction = Target::AtLeast { must: 0.95, aim: 0.98 };
            push(lines, what("cut, to whole, no wire"), "1/s", cut, whole, redaction);
        }
        Ok(())
    }

    async fn deliver(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        let city = &self.on_postgres.city;
        let server = raw_server(city, false).await;
        let (publisher, subscriber) = (server.connect().await, server.connect().await);
        let [mut limit50, mut limit99, mut ours50, mut ours99] = [const { Vec::new() }; 4];
        for _ in 0..self.effort.rounds {
            let (p50, p99) = jetstream::publish_to_delivery(&publisher, &subscriber, RATE, self.effort.span).await?;
            limit50.push(p50);
            limit99.push(p99);
            city.settle().await;
            let (p50, p99) = ours::delivery::measure(&self.on_postgres, RATE, self.effort.span).await?;
            ours50.push(p50);
            ours99.push(p99);
        }
        let what = |quantile: &str| format!("commit → subscriber, {RATE}/s, {quantile}, to raw publish → delivery");
        push(lines, what("p50"), "µs", ours50, limit50, Target::AtMost { must: 6.0, aim: 3.0 });
        push(lines, what("p99"), "µs", ours99, limit99, Target::AtMost { must: 8.0, aim: 4.0 });
        Ok(())
    }

    async fn import(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        for (what, caller) in [("PostgreSQL", &self.on_postgres), ("SQLite", &self.sqlite)] {
            let mut ours = Vec::new();
            for _ in 0..self.effort.rounds {
                ours.push(ours::import::measure(caller, ROWS / self.effort.divisor).await?);
            }
            let target = Target::AtLeast { must: 3_000.0, aim: 10_000.0 };
            push(
                lines,
                format!("import of {} rows, {what}", ROWS / self.effort.divisor),
                "rows/s",
                ours,
                Vec::new(),
                target,
            );
        }
        Ok(())
    }

    async fn refill(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        let city = &self.sqlite.city;
        let (lax, strict) = (raw_server(city, false).await, raw_server(city, true).await);
        let (client, strict_client) = (lax.connect().await, strict.connect().await);
        let [mut limit, mut strict_limit, mut consumers] = [const { Vec::new() }; 3];
        let [mut relay, mut exchange, mut all] = [const { Vec::new() }; 3];
        let mut mailboxes = 0;
        for _ in 0..self.effort.rounds {
            limit.push(jetstream::publish(&client, self.effort.span).await?);
            strict_limit.push(jetstream::publish(&strict_client, self.effort.span).await?);
            consumers.push(jetstream::consumers(&client, 20_000 / self.effort.divisor).await?);
            let refill = {
                let broker = raw_server(&self.sqlite.city, false).await;
                ours::refill::measure(&mut self.sqlite, &broker).await?
            };
            relay.push(refill.relay);
            exchange.push(refill.exchange);
            all.push(refill.all);
            mailboxes = refill.mailboxes;
        }
        let half = Target::AtLeast { must: 0.5, aim: 0.9 };
        push(lines, "relay, to raw publish".into(), "1/s", relay, limit.clone(), half);
        push(lines, format!("exchange into {mailboxes} mailboxes, to raw publish"), "1/s", exchange, limit, half);
        push(lines, "(raw publish, sync_interval always)".into(), "1/s", strict_limit, Vec::new(), None);
        push(lines, "(raw deliveries to 18 consumers)".into(), "1/s", consumers, Vec::new(), None);
        let rebuilt = Target::AtLeast { must: 10_000.0, aim: 30_000.0 };
        push(lines, "streams and mailboxes from the logs".into(), "events/s", all, Vec::new(), rebuilt);
        Ok(())
    }

    fn evidence(&self, lines: &mut Vec<Line>) {
        let divisor = self.effort.divisor;
        let rounds = 0..self.effort.rounds;
        let checked = rounds.map(|_| ours::evidence::messages_per_second(100_000 / divisor)).collect();
        let target = Target::AtLeast { must: 10_000.0, aim: 15_000.0 };
        push(lines, "evidence checked, one processor".into(), "messages/s", checked, Vec::new(), target);
        let forgeries = FORGERIES / divisor;
        let accepted = ours::evidence::accepted(forgeries, 1);
        #[expect(clippy::cast_precision_loss, reason = "a count that should be zero")]
        let accepted = vec![accepted as f64];
        let none = Target::AtMost { must: 0.0, aim: 0.0 };
        push(lines, format!("forgeries accepted, of {forgeries}"), "files", accepted, Vec::new(), none);
    }

    async fn footprint_idle(&mut self, lines: &mut Vec<Line>) -> anyhow::Result<()> {
        let mut fresh = City::start_with(Backend::Sqlite, CityOptions::default()).await;
        let (mut idle, mut ready) = (Vec::new(), Vec::new());
        for _ in 0..self.effort.rounds {
            ready.push(ours::footprint::warm_start(&mut fresh).await?);
            fresh.settle().await;
            idle.push(ours::footprint::memory(&fresh));
        }
        fresh.abandon();
        let memory = Target::AtMost { must: 120.0, aim: 60.0 };
        push(lines, "memory idle, with nats-server".into(), "MB", idle, Vec::new(), memory);
        let start = Target::AtMost { must: 1.0, aim: 0.3 };
        push(lines, "ready on a warm start".into(), "s", ready, Vec::new(), start);
        Ok(())
    }

    fn footprint_loaded(&self, lines: &mut Vec<Line>) {
        let loaded = vec![ours::footprint::memory(&self.sqlite.city)];
        let target = Target::AtMost { must: 300.0, aim: 150.0 };
        push(lines, "memory after the load, with nats-server".into(), "MB", loaded, Vec::new(), target);
    }
}

/// A bare nats-server behind the same TLS as the city's.
pub(super) async fn raw_server(city: &City, sync_always: bool) -> NatsServer {
    let tls = city.data().join("tls");
    let files = ["server.pem", "server.key", "authority.pem"].map(|name| tls.join(name));
    let client = ["service/operator.pem", "service/operator.key", "authority.pem"].map(|name| tls.join(name));
    NatsServer::start(NatsOptions { sync_always, tls: Some(files), client: Some(client) }).await
}

/// The registry of a new city alone, with a bare broker.
pub(super) async fn registry_alone(mut city: City) -> anyhow::Result<(Caller, NatsServer)> {
    let broker = raw_server(&city, false).await;
    anyhow::ensure!(city.stop().await.success(), "the city does not stop");
    city.restart_with(|options| options.only(&["registry"], &broker.url())).await;
    Ok((Caller::new(city), broker))
}

pub(super) fn push(
    lines: &mut Vec<Line>,
    what: String,
    unit: &'static str,
    ours: Vec<f64>,
    limit: Vec<f64>,
    target: impl Into<Option<Target>>,
) {
    let line = Line {
        what,
        ours: median(&ours),
        limit: if limit.is_empty() { None } else { Some(median(&limit)) },
        unit,
        target: target.into(),
        ours_runs: ours,
        limit_runs: limit,
    };
    eprintln!(
        "{}: {:.1} {unit}, limit {:?}, ratio {:.2} {}",
        line.what,
        line.ours,
        line.limit,
        line.ratio(),
        line.verdict()
    );
    lines.push(line);
}

/// The city's tables and indexes in a database of their own, for pgbench to fill.
async fn copy_database(server: &PostgresServer, name: &str, caller: &Caller) -> anyhow::Result<String> {
    let copied = format!("{name}_limit");
    let dump = Command::new(server.program("pg_dump"))
        .args(["-h", "127.0.0.1", "-U", "hutong", "-p", &server.port().to_string(), "--schema-only", name])
        .output()
        .context("pg_dump comes with PostgreSQL")?;
    anyhow::ensure!(dump.status.success(), "pg_dump failed: {}", String::from_utf8_lossy(&dump.stderr));
    let database = caller.city.registry_database().await;
    database.execute_unprepared(&format!("CREATE DATABASE {copied}")).await?;
    database.close().await?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), [&dump.stdout[..], b"\nCREATE SEQUENCE public.bench_fresh;\n"].concat())?;
    let psql = Command::new(server.program("psql"))
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "hutong"])
        .args(["-p", &server.port().to_string(), "-f"])
        .arg(file.path())
        .arg(&copied)
        .output()
        .context("psql comes with PostgreSQL")?;
    anyhow::ensure!(psql.status.success(), "psql failed: {}", String::from_utf8_lossy(&psql.stderr));
    Ok(copied)
}

async fn some_children(city: &City) -> anyhow::Result<Vec<String>> {
    let mut children = city.children().await;
    let (mut ids, mut page_token) = (Vec::new(), String::new());
    while ids.len() < 10_000 {
        let request = ListChildrenRequest { page_size: 500, page_token, ..Default::default() };
        let page = children.list_children(request).await?.into_inner();
        ids.extend(page.children.into_iter().map(|child| child.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    Ok(ids)
}

/// The echo in a process of its own, as Hutong is in one.
pub(super) struct EchoServer {
    process: Child,
    pub(super) endpoint: String,
}

impl EchoServer {
    pub(super) fn start(city: &City) -> anyhow::Result<Self> {
        use std::io::BufRead;
        let mut process = Command::new(std::env::current_exe()?)
            .arg("--echo-server")
            .arg(city.data().join("tls"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut port = String::new();
        let stdout = process.stdout.take().context("the output is piped")?;
        std::io::BufReader::new(stdout).read_line(&mut port)?;
        Ok(Self { process, endpoint: format!("127.0.0.1:{}", port.trim()) })
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the echo with the certificates of a city.
///
/// # Errors
/// If they cannot be read.
pub async fn serve_echo(tls: &std::path::Path) -> anyhow::Result<()> {
    let file = |name: &str| tls.join(name);
    echo::serve(&Credentials::load(&file("server.pem"), &file("server.key"), &file("authority.pem"))?).await
}

fn machine() -> Vec<(String, String)> {
    let read = |file: &str, prefix: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.lines()
            .find_map(|line| Some(line.strip_prefix(prefix)?.trim_start_matches([':', '\t', ' ']).trim().to_owned()))
    };
    let version = |program: PathBuf| {
        let output = Command::new(program).arg("--version").output().ok();
        output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut machine = vec![
        ("processors".to_owned(), cores.to_string()),
        ("model".to_owned(), read("/proc/cpuinfo", "model name").unwrap_or_default()),
        ("memory".to_owned(), read("/proc/meminfo", "MemTotal").unwrap_or_default()),
    ];
    if let (Ok(nats), Ok(postgres)) = (tools::nats_server(), tools::postgres()) {
        machine.push(("broker".to_owned(), version(nats)));
        machine.push(("database".to_owned(), version(postgres.join("postgres"))));
    }
    machine
}
