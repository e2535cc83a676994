//! The registry's schema, step by step. A step that has run anywhere is never changed again.

use sea_orm_migration::prelude::*;

mod m20241212_000001_children;
mod m20250110_000002_facts;
mod m20250110_000003_two_times;
mod m20250111_000020_guardians;
mod m20250112_000060_sealed_categories;
mod m20250113_000030_migrants;
mod m20250114_000010_workforce;
mod m20250115_000011_visits;
mod m20250115_000050_applications;
mod m20250116_000051_reviews;
mod m20250117_000052_adulthood;
mod m20250120_000040_matching;
mod m20250121_000070_waiting_ledger;
mod m20250122_000012_long_lists;
mod m20250123_000080_linked_entries;

/// Brings the registry's database to this version: messaging's tables, then our own.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migration::migrations();
        migrations.push(Box::new(m20241212_000001_children::Children));
        migrations.push(Box::new(m20250110_000002_facts::Facts));
        migrations.push(Box::new(m20250110_000003_two_times::TwoTimes));
        migrations.push(Box::new(m20250111_000020_guardians::Guardians));
        migrations.push(Box::new(m20250115_000050_applications::Applications));
        migrations.push(Box::new(m20250116_000051_reviews::Reviews));
        migrations.push(Box::new(m20250117_000052_adulthood::Adulthood));
        migrations.push(Box::new(m20250113_000030_migrants::Migrants));
        migrations.push(Box::new(m20250114_000010_workforce::Workforce));
        migrations.push(Box::new(m20250115_000011_visits::Visits));
        migrations.push(Box::new(m20250120_000040_matching::Matching));
        migrations.push(Box::new(m20250112_000060_sealed_categories::SealedCategories));
        migrations.push(Box::new(m20250121_000070_waiting_ledger::WaitingLedger));
        migrations.push(Box::new(m20250122_000012_long_lists::LongLists));
        migrations.push(Box::new(m20250123_000080_linked_entries::LinkedEntries));
        migrations
    }
}
