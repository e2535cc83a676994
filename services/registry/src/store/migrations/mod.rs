//! The registry's schema, step by step. A step that has run anywhere is never changed again.

use sea_orm_migration::prelude::*;

mod m20241212_000001_children;
mod m20250110_000002_facts;
mod m20250114_000010_workforce;
mod m20250115_000011_visits;

/// Brings the registry's database to this version: messaging's tables, then our own.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migration::migrations();
        migrations.push(Box::new(m20241212_000001_children::Children));
        migrations.push(Box::new(m20250110_000002_facts::Facts));
        migrations.push(Box::new(m20250114_000010_workforce::Workforce));
        migrations.push(Box::new(m20250115_000011_visits::Visits));
        migrations
    }
}
