use sea_orm_migration::prelude::*;

/// The ledger of migrant children, its comparisons with other lists, and the liaison points.
pub struct Migrants;

impl MigrationName for Migrants {
    fn name(&self) -> &'static str {
        "m20250113_000030_migrants"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migrants {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [migrant(), stay(), survey(), reconciliation(), reconciliation_row(), reconciliation_result(), liaison()]
        {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn id(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).uuid().not_null().to_owned()
}

fn int(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().not_null().to_owned()
}

fn text(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().not_null().to_owned()
}

fn migrant() -> TableCreateStatement {
    Table::create()
        .table("migrant")
        .col(id("id").primary_key())
        .col(int("version"))
        .col(ColumnDef::new("citizen_id_hash").blob().null())
        .col(ColumnDef::new("name_birth_hash").blob().not_null())
        .col(ColumnDef::new("child_id").uuid().null())
        .col(int("created_at"))
        .col(int("updated_at"))
        .to_owned()
}

fn stay() -> TableCreateStatement {
    Table::create()
        .table("migrant_stay")
        .col(id("migrant_id"))
        .col(int("number"))
        .col(text("division"))
        .col(text("valid_from"))
        .col(ColumnDef::new("valid_until").text().null())
        .col(int("recorded_at"))
        .col(ColumnDef::new("superseded_at").big_integer().null())
        .primary_key(Index::create().col("migrant_id").col("number"))
        .to_owned()
}

fn survey() -> TableCreateStatement {
    Table::create()
        .table("migrant_survey")
        .col(id("migrant_id"))
        .col(text("surveyed_on"))
        .col(int("source"))
        .col(int("recorded_at"))
        .primary_key(Index::create().col("migrant_id").col("surveyed_on").col("source"))
        .to_owned()
}

fn reconciliation() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("reconciliation")
        .col(id("id").primary_key())
        .col(int("version"))
        .col(int("source"))
        .col(text("division"))
        .col(text("day"))
        .col(int("started_at"))
        .col(ColumnDef::new("finished_at").big_integer().null());
    for count in ["rows", "matched", "differing", "only_in_ledger", "only_in_list"] {
        table.col(int(count));
    }
    table.to_owned()
}

fn reconciliation_row() -> TableCreateStatement {
    Table::create()
        .table("reconciliation_row")
        .col(id("reconciliation_id"))
        .col(int("number"))
        .col(ColumnDef::new("citizen_id_hash").blob().null())
        .col(ColumnDef::new("name_birth_hash").blob().null())
        .col(ColumnDef::new("arrived_on").text().null())
        .col(ColumnDef::new("division").text().null())
        .col(ColumnDef::new("school_hash").blob().null())
        .primary_key(Index::create().col("reconciliation_id").col("number"))
        .to_owned()
}

fn reconciliation_result() -> TableCreateStatement {
    Table::create()
        .table("reconciliation_result")
        .col(id("reconciliation_id"))
        .col(int("position"))
        .col(ColumnDef::new("row_number").big_integer().null())
        .col(ColumnDef::new("migrant_id").uuid().null())
        .col(int("found"))
        .col(int("differences"))
        .primary_key(Index::create().col("reconciliation_id").col("position"))
        .to_owned()
}

fn liaison() -> TableCreateStatement {
    Table::create()
        .table("liaison_point")
        .col(id("id").primary_key())
        .col(int("version"))
        .col(text("division").unique_key())
        .col(ColumnDef::new("parent_id").uuid().null())
        .col(int("created_at"))
        .col(int("updated_at"))
        .to_owned()
}

fn indices() -> [IndexCreateStatement; 3] {
    let index = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    [
        index("migrant_citizen_id_hash", "migrant").col("citizen_id_hash").unique().to_owned(),
        index("migrant_name_birth_hash", "migrant").col("name_birth_hash").to_owned(),
        index("migrant_stay_division", "migrant_stay").col("division").to_owned(),
    ]
}
