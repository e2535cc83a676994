//! The registry's schema, step by step. A step that has run anywhere is never changed again.

use sea_orm_migration::prelude::*;

mod m20241212_000001_children;
mod m20250110_000002_facts;
mod m20250110_000003_two_times;
mod m20250112_000060_sealed_categories;

/// Brings the registry's database to this version: messaging's tables, then our own.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migration::migrations();
        migrations.push(Box::new(m20241212_000001_children::Children));
        migrations.push(Box::new(m20250110_000002_facts::Facts));
        migrations.push(Box::new(m20250110_000003_two_times::TwoTimes));
        migrations.push(Box::new(m20250112_000060_sealed_categories::SealedCategories));
        migrations
    }
}
