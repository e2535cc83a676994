use sea_orm_migration::prelude::*;

/// Workers, their posts, the children assigned to them.
pub struct Workforce;

impl MigrationName for Workforce {
    fn name(&self) -> &'static str {
        "m20250114_000010_workforce"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Workforce {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [worker(), appointment(), assignment()] {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn worker() -> TableCreateStatement {
    Table::create()
        .table("worker")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("trainings").big_integer().not_null())
        .col(ColumnDef::new("sealed").blob().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

fn appointment() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("appointment")
        .col(ColumnDef::new("worker_id").uuid().not_null())
        .col(ColumnDef::new("role").big_integer().not_null())
        .col(ColumnDef::new("division").text().not_null())
        .primary_key(Index::create().col("worker_id").col("number"));
    version(&mut table)
}

fn assignment() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("assignment")
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("worker_id").uuid().not_null())
        .primary_key(Index::create().col("child_id").col("number"));
    version(&mut table)
}

/// The columns of one version of a timeline.
fn version(table: &mut TableCreateStatement) -> TableCreateStatement {
    table
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(ColumnDef::new("valid_from").text().not_null())
        .col(ColumnDef::new("valid_until").text().null())
        .col(ColumnDef::new("recorded_at").big_integer().not_null())
        .col(ColumnDef::new("superseded_at").big_integer().null())
        .take()
}

fn indices() -> [IndexCreateStatement; 2] {
    let index = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    [
        index("appointment_division", "appointment").col("division").to_owned(),
        index("assignment_worker", "assignment").col("worker_id").col("child_id").to_owned(),
    ]
}
