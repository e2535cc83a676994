//! Posts and assignments against a table with one cell for each worker and day, kept as it was after every step.

use std::time::Duration;

use kernel::time::parse_iso;
use kernel::{Date, Id, Instant, ManualClock, Period};
use proptest::prelude::*;
use registry::domain::worker::{Assignment, Person, Post, Role, Worker, WorkerChange};

/// Days 0 to 19; the last cell stands for all days after.
const DAYS: usize = 20;
const WORKERS: usize = 4;
const POSTS: usize = 3;
const CHILDREN: usize = 2;

#[derive(Clone, Debug)]
enum Step {
    Appoint { worker: usize, post: usize, from: usize },
    End { worker: usize, until: usize },
    Replace { worker: usize, successor: usize, from: usize },
    Assign { child: usize, worker: Option<usize>, from: usize, days: Option<usize> },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let day = 0..DAYS;
    let one = prop_oneof![
        4 => (0..WORKERS, 0..POSTS, day.clone()).prop_map(|(worker, post, from)| Step::Appoint { worker, post, from }),
        2 => (0..WORKERS, day.clone()).prop_map(|(worker, until)| Step::End { worker, until }),
        2 => (0..WORKERS, 0..WORKERS, day.clone())
            .prop_map(|(worker, successor, from)| Step::Replace { worker, successor, from }),
        3 => (0..CHILDREN, proptest::option::of(0..WORKERS), day, proptest::option::of(1..8_usize))
            .prop_map(|(child, worker, from, days)| Step::Assign { child, worker, from, days }),
    ];
    proptest::collection::vec(one, 1..25)
}

/// Which post, and in which appointment.
type Held = Option<(usize, usize)>;

#[derive(Clone, Default)]
struct Table {
    held: [[Held; DAYS]; WORKERS],
    assigned: [[Option<usize>; DAYS]; CHILDREN],
    appointments: usize,
}

impl Table {
    /// The cells from a day on that belong to the same appointment.
    fn rest(&self, worker: usize, from: usize) -> Vec<usize> {
        let held = self.held[worker][from];
        (from..DAYS).take_while(|day| self.held[worker][*day] == held).collect()
    }

    fn free(&self, worker: usize, days: &[usize]) -> bool {
        days.iter().all(|day| self.held[worker][*day].is_none())
    }

    /// Carries a step out as a clerk would, cell by cell; `None` if it is refused.
    fn after(&self, step: &Step) -> Option<Self> {
        let mut table = self.clone();
        match *step {
            Step::Appoint { worker, post, from } => {
                let days: Vec<usize> = (from..DAYS).collect();
                let taken = |other: &[Held; DAYS]| days.iter().any(|day| other[*day].is_some_and(|it| it.0 == post));
                if !self.free(worker, &days) || self.held.iter().any(taken) {
                    return None;
                }
                table.fill(worker, post, &days);
            }
            Step::End { worker, until } => {
                table.leave(worker, until, None)?;
            }
            Step::Replace { worker, successor, from } => {
                let (post, days) = table.leave(worker, from, Some(successor))?;
                if worker == successor || !self.free(successor, &days) {
                    return None;
                }
                table.fill(successor, post, &days);
            }
            Step::Assign { child, worker, from, days } => {
                let mut cells: Vec<usize> = (from..days.map_or(DAYS, |days| (from + days).min(DAYS))).collect();
                if let Some(worker) = worker {
                    self.held[worker][from]?;
                    let held = self.rest(worker, from);
                    cells.retain(|day| held.contains(day));
                }
                for day in cells {
                    table.assigned[child][day] = worker;
                }
            }
        }
        Some(table)
    }

    fn fill(&mut self, worker: usize, post: usize, days: &[usize]) {
        self.appointments += 1;
        for day in days {
            self.held[worker][*day] = Some((post, self.appointments));
        }
    }

    /// Empties the cells of the post held on the day before.
    fn leave(&mut self, worker: usize, until: usize, to: Option<usize>) -> Option<(usize, Vec<usize>)> {
        let held = self.held[worker][until.checked_sub(1)?]?;
        if self.held[worker][until] != Some(held) {
            return None;
        }
        let days = self.rest(worker, until);
        for day in &days {
            self.held[worker][*day] = None;
            for child in &mut self.assigned {
                if child[*day] == Some(worker) {
                    child[*day] = to;
                }
            }
        }
        Some((held.0, days))
    }
}

struct Office {
    workers: Vec<Worker>,
    children: Vec<Assignment>,
}

fn day(index: usize) -> Date {
    let mut day = parse_iso("2025-01-01").unwrap();
    for _ in 0..index {
        day = day.tomorrow().unwrap();
    }
    day
}

fn post(index: usize) -> Post {
    Post::new(Role::Director, format!("37160200100{}", index + 1).parse().unwrap()).unwrap()
}

impl Office {
    fn new(now: Instant) -> Self {
        let clock = ManualClock::new(now);
        let person = || Person { full_name: "某某".to_owned(), phone: String::new() };
        Self {
            workers: (0..WORKERS).map(|_| Worker::new(Id::generate(&clock), person(), now)).collect(),
            children: (0..CHILDREN).map(|_| Assignment::none(Id::generate(&clock))).collect(),
        }
    }

    /// Carries a step out with the domain; whether it was accepted.
    fn take(&mut self, step: &Step, now: Instant) -> bool {
        match *step {
            Step::Appoint { worker, post: index, from } => {
                let days = Period::since(day(from));
                let done = self.workers[worker].appoint(post(index), days, None, &self.workers, now);
                done.map(|WorkerChange { worker: appointed, .. }| self.workers[worker] = appointed).is_ok()
            }
            Step::End { worker, until } => {
                let Ok((gone, _, rest)) = self.workers[worker].end_post(day(until), None, now) else { return false };
                self.hand_over(worker, None, rest, now);
                self.workers[worker] = gone.worker;
                true
            }
            Step::Replace { worker, successor, from } => {
                let to = self.workers[successor].id;
                let Ok((gone, post, rest)) = self.workers[worker].end_post(day(from), Some(to), now) else {
                    return false;
                };
                if worker == successor {
                    return false;
                }
                let Ok(come) = self.workers[successor].appoint(post, rest, Some(gone.worker.id), [], now) else {
                    return false;
                };
                self.hand_over(worker, Some(successor), rest, now);
                self.workers[worker] = gone.worker;
                self.workers[successor] = come.worker;
                true
            }
            Step::Assign { child, worker, from, days } => {
                let mut period = Period::new(day(from), days.map(|days| day(from + days))).unwrap();
                if let Some(worker) = worker {
                    let Some(held) = self.workers[worker].held_on(day(from)) else { return false };
                    period = held.period.intersection(period).unwrap();
                }
                let id = worker.map(|worker| self.workers[worker].id);
                self.children[child] = self.children[child].assigned(id, period, now);
                true
            }
        }
    }

    fn hand_over(&mut self, from: usize, to: Option<usize>, days: Period, now: Instant) {
        let (from, to) = (self.workers[from].id, to.map(|to| self.workers[to].id));
        for child in &mut self.children {
            *child = child.handed_over(from, to, days, now);
        }
    }

    /// Whether everything reads as the table had it when `instant` was now.
    fn agrees(&self, table: &Table, instant: Instant) -> Result<(), TestCaseError> {
        for index in 0..DAYS {
            let day = day(index);
            for (worker, cells) in self.workers.iter().zip(&table.held) {
                let read = worker.posts.as_of(day, instant).copied();
                prop_assert_eq!(read, cells[index].map(|held| post(held.0)), "{} as of {}", day, instant);
            }
            for (child, cells) in self.children.iter().zip(&table.assigned) {
                let read = child.workers.as_of(day, instant).copied();
                prop_assert_eq!(read, cells[index].map(|worker| self.workers[worker].id), "{} as of {}", day, instant);
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn posts_and_assignments_read_as_a_replay_of_all_steps_has_them(steps in steps()) {
        let start = ManualClock::on(day(0));
        let mut office = Office::new(kernel::Clock::now(&start));
        let mut table = Table::default();
        let mut snapshots = vec![];
        for step in &steps {
            start.advance(Duration::from_secs(1));
            let now = kernel::Clock::now(&start);
            let expected = table.after(step);
            prop_assert_eq!(office.take(step, now), expected.is_some(), "{:?}", step);
            table = expected.unwrap_or(table);
            snapshots.push((now, table.clone()));
        }
        for (instant, table) in &snapshots {
            office.agrees(table, *instant)?;
        }
    }
}
