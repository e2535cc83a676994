use anyhow::Context as _;
use contract::department;
use contract::registry::v1::statistics_service_client::StatisticsServiceClient;
use contract::registry::v1::{ChildCount, ReportChildrenRequest, ReportChildrenResponse};
use serde_json::{Map, Value, json};

use super::arguments::{Global, StatisticsArguments};
use super::reach::City;
use super::say::say;
use super::table::table;

pub(super) async fn run(global: Global, arguments: StatisticsArguments) -> anyhow::Result<()> {
    let day = arguments.day.as_deref().map(kernel::time::parse_iso).transpose();
    let day = day.ok().context("--day takes a day as 2024-05-31")?;
    let city = City::reach(&global, arguments.reach.endpoint)?;
    let channel = city.connect(&department::owner().code).await?;
    let request = ReportChildrenRequest {
        day: day.map(contract::date::from_date),
        division: arguments.division.unwrap_or_default(),
        as_of_recorded: None,
    };
    let report = StatisticsServiceClient::new(channel).report_children(request).await?.into_inner();
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&as_json(&report))?);
    } else {
        print(&report);
    }
    Ok(())
}

/// The tables with their titles, in Chinese and English.
fn tables(report: &ReportChildrenResponse) -> [(&'static str, &'static str, &[ChildCount]); 7] {
    [
        ("by_county", "县(市、区) county", &report.by_county),
        ("by_tier", "保障档次 tier", &report.by_tier),
        ("by_category", "儿童类别(人次) category", &report.by_category),
        ("by_age", "年龄 age", &report.by_age),
        ("by_sex", "性别 sex", &report.by_sex),
        ("by_school_stage", "学段 school stage", &report.by_school_stage),
        ("by_disability", "残疾等级 disability", &report.by_disability),
    ]
}

fn as_json(report: &ReportChildrenResponse) -> Value {
    let mut all = Map::new();
    let day = report.day.as_ref().and_then(|day| contract::date::to_date(day).ok());
    all.insert("day".to_owned(), json!(day.map(|day| day.to_string())));
    all.insert("children".to_owned(), json!(report.children));
    for (name, _, lines) in tables(report) {
        let lines: Map<String, Value> = lines.iter().map(|line| (line.key.clone(), json!(line.count))).collect();
        all.insert(name.to_owned(), lines.into());
    }
    all.into()
}

fn print(report: &ReportChildrenResponse) {
    let told = |count: Option<i32>| count.map_or_else(|| "·".to_owned(), |count| count.to_string());
    for (_, title, lines) in tables(report) {
        let mut counts = table([title, "children"], &[1]);
        for line in lines {
            counts.add_row([line.key.clone(), told(line.count)]);
        }
        say!("{counts}");
    }
    say!("{} children with an active file", told(report.children));
}
