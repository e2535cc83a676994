use sea_orm_migration::prelude::*;

/// Visits, and the duty of them.
pub struct Visits;

impl MigrationName for Visits {
    fn name(&self) -> &'static str {
        "m20250115_000011_visits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Visits {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [duty(), duty_span(), visit(), visit_month(), month_closing()] {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        // By no rule yet: the sweeper derives the duties of children who were registered before.
        let known = "INSERT INTO duty (child_id, rule) SELECT id, 0 FROM child";
        manager.get_connection().execute_unprepared(known).await?;
        Ok(())
    }
}

fn duty() -> TableCreateStatement {
    Table::create()
        .table("duty")
        .col(ColumnDef::new("child_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("rule").big_integer().not_null())
        .col(ColumnDef::new("sealed").blob().null())
        .to_owned()
}

fn duty_span() -> TableCreateStatement {
    Table::create()
        .table("duty_span")
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("number").big_integer().not_null())
        .col(ColumnDef::new("division").text().not_null())
        .col(ColumnDef::new("from_month").text().not_null())
        .col(ColumnDef::new("until_month").text().null())
        .primary_key(Index::create().col("child_id").col("number"))
        .to_owned()
}

fn visit() -> TableCreateStatement {
    Table::create()
        .table("visit")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("worker_id").uuid().not_null())
        .col(ColumnDef::new("visited_on").text().not_null())
        .col(ColumnDef::new("sealed").blob().not_null())
        .col(ColumnDef::new("recorded_at").big_integer().not_null())
        .to_owned()
}

fn visit_month() -> TableCreateStatement {
    Table::create()
        .table("visit_month")
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("month").text().not_null())
        .col(ColumnDef::new("visits").big_integer().not_null())
        .col(ColumnDef::new("last_on").text().null())
        .col(ColumnDef::new("needs_attention").big_integer().not_null())
        .col(ColumnDef::new("overdue_at").big_integer().null())
        .primary_key(Index::create().col("child_id").col("month"))
        .to_owned()
}

fn month_closing() -> TableCreateStatement {
    Table::create()
        .table("month_closing")
        .col(ColumnDef::new("month").text().not_null().primary_key())
        .col(ColumnDef::new("closed_at").big_integer().not_null())
        .to_owned()
}

fn indices() -> [IndexCreateStatement; 3] {
    let index = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    [
        index("duty_rule", "duty").col("rule").to_owned(),
        index("duty_span_division", "duty_span").col("division").col("child_id").to_owned(),
        index("visit_child", "visit").col("child_id").col("visited_on").col("id").to_owned(),
    ]
}
