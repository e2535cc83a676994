use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use platform::audit::{Entry, Recorder as _};
use uuid::Uuid;

use super::super::CallFilter;
use super::{Book, call, entry};

#[tokio::test]
async fn lists_and_totals_tell_what_a_clerk_would_count() {
    let book = Book::open().await;
    let mut entries = Vec::new();
    for number in 0..60_u128 {
        let children: Vec<u128> = (0..number % 4).map(|child| 1 + (number + child) % 7).collect();
        let mut entry = entry(number, &children);
        let call = Arc::make_mut(&mut entry.call);
        call.caller = ["EDU", "EDU-371621", "CA"][usize::try_from(number % 3).unwrap()].to_owned();
        call.actor = ["", "a", "b"][usize::try_from(number / 3 % 3).unwrap()].to_owned();
        entry.decision =
            [Decision::Allowed, Decision::Redacted, Decision::Refused][usize::try_from(number / 9 % 3).unwrap()];
        book.ledger.journal.record(entry.clone()).await.unwrap();
        entries.push(entry);
    }
    let at = |number: u128| Some(call(number).at);
    let filters = [
        CallFilter::default(),
        CallFilter { child: Some(Uuid::from_u128(3)), ..Default::default() },
        CallFilter { caller: "EDU".to_owned(), ..Default::default() },
        CallFilter { actor: "b".to_owned(), decision: Some(Decision::Redacted), ..Default::default() },
        CallFilter { from: at(10), until: at(20), ..Default::default() },
        CallFilter { child: Some(Uuid::from_u128(5)), caller: "CA".to_owned(), from: at(7), ..Default::default() },
        CallFilter { caller: "nobody".to_owned(), ..Default::default() },
    ];
    for filter in filters {
        let holds = |entry: &Entry| {
            filter.child.is_none_or(|child| entry.children.contains(&child))
                && (filter.caller.is_empty() || filter.caller == entry.call.caller)
                && (filter.actor.is_empty() || filter.actor == entry.call.actor)
                && filter.decision.is_none_or(|decision| decision == entry.decision)
                && filter.from.is_none_or(|from| entry.call.at >= from)
                && filter.until.is_none_or(|until| entry.call.at < until)
        };
        let expected: Vec<&Entry> = entries.iter().rev().filter(|entry| holds(entry)).collect();
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = book.audit.list(&filter, before, 7, 2).await.unwrap();
            before = page.last().map(|last| last.call.sequence);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(
            found.iter().map(|it| it.call.id).collect::<Vec<_>>(),
            expected.iter().map(|it| it.call.id).collect::<Vec<_>>(),
            "{filter:?}"
        );
        for (found, expected) in found.iter().zip(&expected) {
            let some = expected.children.iter().copied().take(2).collect();
            assert_eq!(found.call.children, filter.child.map_or(some, |child| vec![child]));
            assert_eq!(found.child_count, expected.children.len() as u64);
        }
        let totals = book.audit.totals(&filter).await.unwrap();
        let children: BTreeSet<Uuid> = expected.iter().flat_map(|entry| entry.children.iter().copied()).collect();
        let children = if filter.child.is_some() { usize::from(!expected.is_empty()) } else { children.len() };
        assert_eq!(totals.children, children as u64, "{filter:?}");
        assert_eq!(totals.by_decision.values().sum::<u64>(), expected.len() as u64);
        for (decision, count) in totals.by_decision {
            let of = expected.iter().filter(|entry| i64::from(i32::from(entry.decision)) == decision);
            assert_eq!(count, of.count() as u64);
        }
    }
}
