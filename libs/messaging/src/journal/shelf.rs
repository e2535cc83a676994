use std::collections::BTreeMap;

/// Something that is loaded, changed and stored as a whole, under an identifier.
pub trait Aggregate: Clone + PartialEq {
    /// Its identifier.
    type Id: Copy + Ord;

    /// Its identifier.
    fn id(&self) -> Self::Id;
}

/// The aggregates of one kind that a group works on: as the database has them, and as the use cases leave them.
#[derive(Debug)]
pub struct Shelf<A: Aggregate> {
    entries: BTreeMap<A::Id, Entry<A>>,
}

#[derive(Debug)]
struct Entry<A> {
    now: A,
    stored: Stored<A>,
}

#[derive(Debug)]
enum Stored<A> {
    /// Not at all.
    New,
    /// As it stands.
    Same,
    /// As it was.
    Before(Box<A>),
}

/// What became of an aggregate in a group.
#[derive(Debug)]
pub struct Change<'a, A> {
    /// As the database has it; `None` if it is new.
    pub before: Option<&'a A>,
    /// As it stands.
    pub now: &'a A,
}

impl<A: Aggregate> Default for Shelf<A> {
    fn default() -> Self {
        Self { entries: BTreeMap::new() }
    }
}

impl<A: Aggregate> Shelf<A> {
    /// A shelf of what was loaded.
    pub fn of(loaded: impl IntoIterator<Item = A>) -> Self {
        let entries = loaded.into_iter().map(|now| (now.id(), Entry { now, stored: Stored::Same })).collect();
        Self { entries }
    }

    /// One of them, as the use cases before left it.
    pub fn get(&self, id: A::Id) -> Option<&A> {
        self.entries.get(&id).map(|entry| &entry.now)
    }

    /// All of them, in the order of their identifiers.
    pub fn all(&self) -> impl Iterator<Item = &A> {
        self.entries.values().map(|entry| &entry.now)
    }

    /// Puts a new or changed one in its place.
    pub fn put(&mut self, aggregate: A) {
        let id = aggregate.id();
        let entry = match self.entries.remove(&id) {
            None => Entry { now: aggregate, stored: Stored::New },
            Some(Entry { now: before, stored: Stored::Same }) => {
                Entry { now: aggregate, stored: Stored::Before(Box::new(before)) }
            }
            Some(Entry { stored, .. }) => Entry { now: aggregate, stored },
        };
        self.entries.insert(id, entry);
    }

    /// What is to be written.
    pub fn changes(&self) -> impl Iterator<Item = Change<'_, A>> {
        self.entries.values().filter_map(|entry| match &entry.stored {
            Stored::Same => None,
            Stored::New => Some(Change { before: None, now: &entry.now }),
            Stored::Before(before) if **before == entry.now => None,
            Stored::Before(before) => Some(Change { before: Some(before), now: &entry.now }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Thing(u8, &'static str);

    impl Aggregate for Thing {
        type Id = u8;

        fn id(&self) -> u8 {
            self.0
        }
    }

    fn changes(shelf: &Shelf<Thing>) -> Vec<(Option<&'static str>, &'static str)> {
        shelf.changes().map(|change| (change.before.map(|thing| thing.1), change.now.1)).collect()
    }

    #[test]
    fn only_what_changed_is_written_and_a_use_case_sees_the_ones_before_it() {
        let mut shelf = Shelf::of([Thing(1, "one"), Thing(2, "two"), Thing(3, "three")]);
        assert_eq!(changes(&shelf), []);
        shelf.put(Thing(2, "other"));
        shelf.put(Thing(2, "another"));
        shelf.put(Thing(3, "other"));
        shelf.put(Thing(3, "three"));
        shelf.put(Thing(4, "four"));
        shelf.put(Thing(4, "fourth"));
        assert_eq!(shelf.get(2).unwrap().1, "another");
        assert_eq!(changes(&shelf), [(Some("two"), "another"), (None, "fourth")]);
    }
}
