//! An explanation in words, for whoever asks why.

use contract::date::instant;
use contract::google::r#type::Date;
use contract::label::Labelled as _;
use contract::subsidies::v1;
use kernel::Fen;
use kernel::time::shanghai_date;

/// In Chinese.
pub fn zh(explanation: &v1::Explanation) -> String {
    let payment = explanation.payment.clone().unwrap_or_default();
    let mut text = format!("{}发放{}元。", month_zh(payment.month.as_ref()), yuan(payment.amount_fen));
    for month in &explanation.months {
        let (line, standard) = (month.line.clone().unwrap_or_default(), month.standard.clone().unwrap_or_default());
        let fact = month.fact.clone().unwrap_or_default();
        let of = month_zh(line.month.as_ref());
        text.push_str(&format!(
            "{of}:自{}起享受{}({}获知),标准为每月{}元({},{}起执行,{}公布)",
            month_zh(fact.from_month.as_ref()),
            line.tier().label().zh,
            day(fact.learnt_at.as_ref()),
            yuan(line.standard_fen),
            standard.legal_basis,
            month_zh(standard.from_month.as_ref()),
            day(standard.published_at.as_ref()),
        ));
        if let Some(grant) = &month.other_grant {
            text.push_str(&format!(",已领{}{}元,补差发放", grant.source, yuan(line.other_grant_fen)));
        }
        if line.paid_before_fen == 0 {
            text.push_str(&format!(",应发{}元;", yuan(line.amount_fen)));
        } else {
            let (due, before) = (yuan(line.due_fen), yuan(line.paid_before_fen));
            text.push_str(&format!(",应发{due}元,此前已发{before}元,补发{}元;", yuan(line.amount_fen)));
        }
    }
    ended(text, ';', '。')
}

/// In English.
pub fn en(explanation: &v1::Explanation) -> String {
    let payment = explanation.payment.clone().unwrap_or_default();
    let mut text = format!("{}: {} yuan are paid. ", month_en(payment.month.as_ref()), yuan(payment.amount_fen));
    for month in &explanation.months {
        let (line, standard) = (month.line.clone().unwrap_or_default(), month.standard.clone().unwrap_or_default());
        let fact = month.fact.clone().unwrap_or_default();
        text.push_str(&format!(
            "For {}: tier {} since {} (learnt on {}), at {} yuan a month by the standard of {} (in force from {}, published on {})",
            month_en(line.month.as_ref()),
            line.tier().label().en,
            month_en(fact.from_month.as_ref()),
            day(fact.learnt_at.as_ref()),
            yuan(line.standard_fen),
            standard.legal_basis,
            month_en(standard.from_month.as_ref()),
            day(standard.published_at.as_ref()),
        ));
        if let Some(grant) = &month.other_grant {
            text.push_str(&format!(
                ", topping up {} yuan of another grant ({})",
                yuan(line.other_grant_fen),
                grant.source
            ));
        }
        if line.paid_before_fen == 0 {
            text.push_str(&format!(": {} yuan; ", yuan(line.amount_fen)));
        } else {
            let (due, before) = (yuan(line.due_fen), yuan(line.paid_before_fen));
            text.push_str(&format!(
                ": {due} yuan are due, {before} were paid, {} are made up for; ",
                yuan(line.amount_fen)
            ));
        }
    }
    ended(text, ';', '.')
}

/// The text with its last mark changed.
fn ended(text: String, from: char, to: char) -> String {
    let text = text.trim_end();
    match text.strip_suffix(from) {
        Some(text) => format!("{text}{to}"),
        None => text.to_owned(),
    }
}

fn yuan(fen: i64) -> String {
    Fen::new(fen).to_string()
}

fn month_zh(month: Option<&Date>) -> String {
    month.map(|month| format!("{}年{}月", month.year, month.month)).unwrap_or_default()
}

fn month_en(month: Option<&Date>) -> String {
    month.map(|month| format!("{:04}-{:02}", month.year, month.month)).unwrap_or_default()
}

fn day(time: Option<&prost_types::Timestamp>) -> String {
    time.map(|time| shanghai_date(instant(time)).to_string()).unwrap_or_default()
}
