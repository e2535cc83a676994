use std::time::{Duration, Instant};

use super::call::Call;
use super::town::Town;
use crate::bench::limits::echo;
use crate::bench::run::{EchoServer, push, registry_alone};
use crate::bench::{Curve, Effort, Line, Point, Share, Target, median, ours};
use crate::city::{Backend, City, CityOptions};
use crate::postgres::PostgresServer;

/// Children of the city that is measured on both databases.
const CHILDREN: usize = 200_000;
/// How the city grows on PostgreSQL, each time by the square root of ten.
const SIZES: [usize; 5] = [20_000, 63_000, 200_000, 632_000, 2_000_000];
/// Children of each size who are imported through the door.
const IMPORTED: usize = 20_000;
/// Visits that phones record at each size.
const VISITS: usize = 10_000;
/// Looking at a figure takes so long at most.
const LONGEST: Duration = Duration::from_secs(2);
/// For a look.
const FEW: usize = 20_000;
const SMALL: [usize; 3] = [5_000, 16_000, 50_000];

fn is_a_look(effort: Effort) -> bool {
    effort.divisor > 1
}

/// A city of 200,000 children with a year of visits, on both databases: what must be answered in time, and how fast a
/// roster is imported.
///
/// # Errors
/// If anything that is measured fails.
pub async fn scale(effort: Effort, server: &PostgresServer, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    for (what, on) in [("PostgreSQL", Some(server)), ("SQLite", None)] {
        let mut town = found(on).await?;
        let measured = at_its_size(effort, what, &mut town, lines).await;
        town.abandon();
        measured?;
    }
    Ok(())
}

async fn at_its_size(effort: Effort, what: &str, town: &mut Town, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    let children = if is_a_look(effort) { FEW } else { CHILDREN };
    let span = effort.span.min(LONGEST);
    let rates = town.import(children).await?;
    let target = Target::AtLeast { must: 2_000.0, aim: 3_000.0 };
    push(lines, format!("import of {children} rows, {what}"), "rows/s", rates, Vec::new(), target);
    town.live_a_year().await?;
    let visits = town.record(VISITS / effort.divisor).await?;
    push(lines, format!("(visits in batches of 100, {what})"), "1/s", vec![visits], Vec::new(), None);
    let mut times = vec![Vec::new(); Call::ALL.len()];
    for _ in 0..effort.rounds {
        for (call, times) in Call::ALL.into_iter().zip(&mut times) {
            times.push(town.time(call, call.clients(), span).await?);
        }
    }
    for (call, times) in Call::ALL.into_iter().zip(times) {
        let at = |quantile| times.iter().map(|times| times.milliseconds(quantile)).collect::<Vec<_>>();
        let (name, children) = (call.name(), town.children());
        match call.goal() {
            Some(must) => {
                let target = Target::AtMost { must, aim: must / 2.0 };
                push(lines, format!("{name}, {children} children, {what}, p99"), "ms", at(0.99), Vec::new(), target);
            }
            None => push(lines, format!("({name}, {what}, p50)"), "ms", at(0.5), Vec::new(), None),
        }
    }
    let echo = EchoServer::start(town.city())?;
    let channels = ours::channels(&echo.endpoint, &town.city().credentials("CA"), 4).await;
    let bare = echo::measure(channels, span).await.p99 / 1_000.0;
    push(lines, "(a bare echo, 4 clients, p99)".to_owned(), "ms", vec![bare], Vec::new(), None);
    Ok(())
}

/// A city that grows from 20 thousand to 2 million children on PostgreSQL.
///
/// # Errors
/// If anything that is measured fails.
pub async fn growth(effort: Effort, server: &PostgresServer, curves: &mut Vec<Curve>) -> anyhow::Result<()> {
    let mut town = found(Some(server)).await?;
    let measured = growing(effort, &mut town, curves).await;
    town.abandon();
    measured
}

async fn growing(effort: Effort, town: &mut Town, curves: &mut Vec<Curve>) -> anyhow::Result<()> {
    let sizes = if is_a_look(effort) { &SMALL[..] } else { &SIZES };
    let imported = IMPORTED / effort.divisor;
    let span = effort.span.min(LONGEST);
    let judged =
        |what: &str, share| Curve { what: what.to_owned(), unit: "ms", share: Some(share), points: Vec::new() };
    let told = |what: &str| Curve { what: what.to_owned(), unit: "s", share: None, points: Vec::new() };
    let mut calls: Vec<Curve> = Call::ALL.map(|call| judged(call.name(), call.share())).into();
    let mut importing = judged("a thousand rows imported", Share::Each);
    let mut recording = judged("a thousand visits recorded", Share::Each);
    let mut building = told("(built, since the size before)");
    for size in sizes.iter().copied() {
        let begun = Instant::now();
        let before = town.children();
        town.settle(size - before - imported).await?;
        let rates = town.import(imported).await?;
        town.live_a_year().await?;
        let point = |value| Point { children: size, value };
        building.points.push(point(begun.elapsed().as_secs_f64()));
        importing.points.push(point(1e6 / median(&rates)));
        recording.points.push(point(1e6 / town.record(VISITS / effort.divisor).await?));
        for (call, curve) in Call::ALL.into_iter().zip(&mut calls) {
            let mut times = Vec::new();
            for _ in 0..effort.rounds {
                times.push(town.time(call, 1, span / 2).await?.milliseconds(0.5));
            }
            curve.points.push(point(median(&times)));
        }
        eprintln!("{size} children: {}", calls.iter().map(Curve::latest).collect::<Vec<_>>().join(", "));
    }
    curves.extend(calls);
    curves.extend([importing, recording, building]);
    Ok(())
}

async fn found(on: Option<&PostgresServer>) -> anyhow::Result<Town> {
    let options = CityOptions::default();
    let (city, url) = match on {
        Some(server) => {
            let city = City::start_on(server, options).await;
            let url = city.database_url();
            (city, url)
        }
        None => (City::start_with(Backend::Sqlite, options).await, None),
    };
    let (caller, broker) = registry_alone(city).await?;
    Town::found(caller.city, broker, url).await
}
