//! A roster of many rows through the public import.

use std::time::Instant;

use contract::registry::v1::import_roster_request::Part;
use contract::registry::v1::{ImportRosterRequest, RosterHeader, RosterRow, RosterRows};

use super::Caller;
use crate::city::Samples;

const ROWS_PER_MESSAGE: usize = 200;

/// Rows a second, checked, registered, with their events committed.
///
/// # Errors
/// If the import is refused, or rejects a row.
pub async fn measure(caller: &Caller, rows: usize) -> anyhow::Result<f64> {
    let rows: Vec<_> = (1..).take(rows).map(|number| row(number, caller.next())).collect();
    let count = rows.len();
    let header = RosterHeader { reference_date: Some(Samples::day(2024, 12, 12)), ..RosterHeader::default() };
    let parts = std::iter::once(Part::Header(header)).chain(
        rows.chunks(ROWS_PER_MESSAGE).map(|rows| Part::Rows(RosterRows { rows: rows.to_vec() })).collect::<Vec<_>>(),
    );
    let messages: Vec<_> = parts.map(|part| ImportRosterRequest { part: Some(part) }).collect();
    let mut rosters = caller.city.rosters().await;
    let begun = Instant::now();
    let answer = rosters.import_roster(futures::stream::iter(messages)).await?.into_inner();
    let seconds = begun.elapsed().as_secs_f64();
    let accepted = usize::try_from(answer.accepted)?;
    anyhow::ensure!(
        accepted == count,
        "{accepted} of {count} rows were accepted, the first remark is {:?}",
        answer.rejections.first()
    );
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^52")]
    Ok(count as f64 / seconds)
}

fn row(number: i32, sample: u32) -> RosterRow {
    let profile = Samples::profile(sample);
    let born = profile.birth_date.expect("a sample is born");
    RosterRow {
        number,
        full_name: profile.full_name,
        sex: if profile.sex == 1 { "男" } else { "女" }.to_owned(),
        citizen_id: profile.citizen_id,
        birth_date: format!("{}-{:02}-{:02}", born.year, born.month, born.day),
        county: "惠民县".to_owned(),
        township: "石庙镇".to_owned(),
        village: "石庙中心联村村民委员会".to_owned(),
        categories: "事实无人抚养儿童".to_owned(),
        guardian_name: profile.guardian_name,
        guardian_relation: profile.guardian_relation,
        phone: profile.phone,
        school_stage: "小学".to_owned(),
        disability_grade: String::new(),
        bank_account: profile.bank_account,
        confirmed_on: "2024-11-05".to_owned(),
        remarks: String::new(),
    }
}
