//! From the registry's events to facts.

use std::fmt::Display;
use std::str::FromStr;

use contract::date::{to_date, to_month};
use contract::event;
use contract::google::r#type::Date as WireDate;
use contract::registry::v1;
use kernel::{Date, Month, Tier};
use messaging::inbox::ReceivedEvent;
use prost::{Message, Name};

use crate::app::learn::Learning;
use crate::domain::Fact;

/// Why an event is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event's {0} is not one")]
pub struct Unreadable(&'static str);

/// What an event says.
pub fn read(event: &ReceivedEvent) -> Result<Learning, Unreadable> {
    if let Some(told) = of::<v1::ChildRegistered>(event)? {
        return learning(&told.child, vec![Fact::Registered { county: parsed("county", &told.county)? }]);
    }
    if let Some(told) = of::<v1::ChildTransferred>(event)? {
        let moved = Fact::Moved {
            from: parsed("from_county", &told.from_county)?,
            to: parsed("county", &told.county)?,
            on: day(told.transferred_on.as_ref())?,
        };
        return learning(&told.child, vec![moved]);
    }
    if let Some(told) = of::<v1::ChildMerged>(event)? {
        let merged = Some(parsed("merged_child", &told.merged_child)?);
        return Ok(Learning { merged, ..learning(&told.child, Vec::new())? });
    }
    if let Some(told) = of::<v1::ChildErased>(event)? {
        return Ok(Learning { erased: true, ..learning(&told.child, Vec::new())? });
    }
    if let Some(told) = of::<v1::ChildDeceased>(event)? {
        return learning(&told.child, vec![Fact::Closed { on: day(told.deceased_on.as_ref())? }]);
    }
    if let Some(told) = of::<v1::ChildEnded>(event)? {
        return learning(&told.child, vec![Fact::Closed { on: day(told.ended_on.as_ref())? }]);
    }
    if let Some(told) = of::<v1::CategoryConfirmed>(event)? {
        return learning(
            &told.child,
            confirmed(&told.record, told.tier, told.from_month.as_ref())?.into_iter().collect(),
        );
    }
    if let Some(told) = of::<v1::CategoryReclassified>(event)? {
        let (from, mut facts) = (told.from_month.as_ref(), Vec::new());
        if Tier::from_number(told.previous_tier).is_some() {
            facts.push(Fact::Ended { record: parsed("previous_record", &told.previous_record)?, until: month(from)? });
        }
        facts.extend(confirmed(&told.record, told.tier, from)?);
        return learning(&told.child, facts);
    }
    if let Some(told) = of::<v1::CategoryEnded>(event)? {
        let until = month(told.until_month.as_ref())?;
        let ended = Fact::Ended { record: parsed("record", &told.record)?, until };
        return learning(&told.child, Tier::from_number(told.tier).map(|_| ended).into_iter().collect());
    }
    Err(Unreadable("type"))
}

fn of<M: Message + Name + Default>(received: &ReceivedEvent) -> Result<Option<M>, Unreadable> {
    if !std::ptr::eq(received.event, event::of::<M>()) {
        return Ok(None);
    }
    M::decode(received.body.as_ref()).map(Some).map_err(|_| Unreadable("body"))
}

fn learning(child: &str, facts: Vec<Fact>) -> Result<Learning, Unreadable> {
    Ok(Learning { child: parsed("child", child)?, facts, merged: None, erased: false })
}

/// A category without a tier is nothing to the payroll.
fn confirmed(record: &str, tier: i32, from: Option<&WireDate>) -> Result<Option<Fact>, Unreadable> {
    let Some(tier) = Tier::from_number(tier) else { return Ok(None) };
    Ok(Some(Fact::Confirmed { record: parsed("record", record)?, tier, from: month(from)? }))
}

fn parsed<T: FromStr>(field: &'static str, text: &str) -> Result<T, Unreadable>
where
    T::Err: Display,
{
    text.parse().map_err(|_| Unreadable(field))
}

fn day(date: Option<&WireDate>) -> Result<Date, Unreadable> {
    date.and_then(|date| to_date(date).ok()).ok_or(Unreadable("day"))
}

fn month(date: Option<&WireDate>) -> Result<Month, Unreadable> {
    date.and_then(|date| to_month(date).ok()).ok_or(Unreadable("month"))
}
