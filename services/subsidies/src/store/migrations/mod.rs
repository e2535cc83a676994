//! The payroll's schema, step by step. A step that has run anywhere is never changed again.

use sea_orm_migration::prelude::*;

mod m20250201_000001_payroll;

/// Brings the payroll's database to this version: messaging's tables, then our own.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = messaging::migration::migrations();
        migrations.push(Box::new(m20250201_000001_payroll::Payroll));
        migrations
    }
}
