use contract::event;
use evidence::file::line::SentMessage;
use kernel::Instant;
use kernel::time::{Date, days, start_of_day_shanghai};
use serde_json::Value;

/// Which messages of a mailbox are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The first day, Shanghai time.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Only messages about this child, or that name it; by the department's reference.
    pub child: Option<String>,
}

/// Where a message stands to a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Before,
    Within,
    After,
}

impl Selection {
    pub(super) fn when(&self, time: Instant) -> When {
        if self.from.is_some_and(|day| time < start_of_day_shanghai(day)) {
            return When::Before;
        }
        let end = self.until.and_then(|day| day.checked_add(days(1)).ok()).map(start_of_day_shanghai);
        if end.is_some_and(|end| time >= end) { When::After } else { When::Within }
    }

    /// Whether the message is shown.
    pub(super) fn shows(&self, message: &SentMessage) -> bool {
        let Some(child) = &self.child else { return true };
        if message.about == *child {
            return true;
        }
        let json = if message.content_type.contains("json") {
            Some(message.body.0.clone())
        } else {
            event::by_name(&message.event_type)
                .and_then(|event| contract::projection::to_json(event, &message.body.0).ok())
        };
        json.and_then(|json| serde_json::from_slice::<Value>(&json).ok()).is_some_and(|json| names(&json, child))
    }
}

fn names(value: &Value, child: &str) -> bool {
    match value {
        Value::String(text) => text == child,
        Value::Array(values) => values.iter().any(|value| names(value, child)),
        Value::Object(fields) => fields.values().any(|value| names(value, child)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use kernel::time::date;

    use super::*;

    #[test]
    fn days_are_whole_and_shanghais() {
        let day = |day| Some(date(2024, 12, day).unwrap());
        let selection = Selection { from: day(12), until: day(13), child: None };
        let when = |text: &str| selection.when(text.parse().unwrap());
        assert_eq!(when("2024-12-11T15:59:59.999999Z"), When::Before);
        assert_eq!(when("2024-12-11T16:00:00.000000Z"), When::Within);
        assert_eq!(when("2024-12-13T15:59:59.999999Z"), When::Within);
        assert_eq!(when("2024-12-13T16:00:00.000000Z"), When::After);
    }
}
