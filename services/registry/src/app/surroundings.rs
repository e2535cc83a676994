//! What partners hear when the surroundings of two files change with a merge.

use messaging::journal::Context;

use crate::domain::Child;
use crate::domain::guardianship::GuardianshipChanged;
use crate::domain::surroundings::{Both, Surroundings, Taken};
use crate::events::{guardianship, left_behind};

/// Tells what is other around the files than it was. `files` are the one that stays and the other.
pub fn tell(before: &Both, now: &Both, files: [&Child; 2], taken: &Taken, context: &mut Context<'_>) {
    let [stays, other] = files;
    for (child, before, now) in [(stays, &before.stays, &now.stays), (other, &before.other, &now.other)] {
        let county = child.household().county();
        let first = taken.roles.iter().map(|role| role.days.from()).min();
        if let Some(on) = first.filter(|_| roles_differ(before, now)) {
            guardianship::record(GuardianshipChanged { child: child.id, county, on }, context);
        }
        if let Some(news) = now.circumstances.left_behind_changed(&before.circumstances, county) {
            left_behind::record(news, context);
        }
    }
}

fn roles_differ(before: &Surroundings, now: &Surroundings) -> bool {
    before.guardianship.roles() != now.guardianship.roles()
}
