use sea_orm_migration::prelude::*;

/// Files, their categories, and the roster rows without a citizen ID.
pub struct Children;

impl MigrationName for Children {
    fn name(&self) -> &'static str {
        "m20241212_000001_children"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Children {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(child()).await?;
        for index in child_indices() {
            manager.create_index(index).await?;
        }
        manager.create_table(category_record()).await?;
        for index in category_record_indices() {
            manager.create_index(index).await?;
        }
        manager.create_table(roster_row()).await
    }
}

fn child() -> TableCreateStatement {
    Table::create()
        .table("child")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("state").big_integer().not_null())
        .col(ColumnDef::new("merged_into").uuid().null())
        .col(ColumnDef::new("ended_on").text().null())
        .col(ColumnDef::new("county").text().not_null())
        .col(ColumnDef::new("division").text().not_null())
        .col(ColumnDef::new("birth_date").text().not_null())
        .col(ColumnDef::new("sex").big_integer().not_null())
        .col(ColumnDef::new("school_stage").big_integer().null())
        .col(ColumnDef::new("citizen_id_hash").blob().null())
        .col(ColumnDef::new("name_birth_hash").blob().not_null())
        .col(ColumnDef::new("sealed").blob().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("updated_at").big_integer().not_null())
        .to_owned()
}

fn child_indices() -> [IndexCreateStatement; 4] {
    let index = |name: &str| Index::create().name(name).table("child").to_owned();
    [
        index("child_citizen_id_hash").col("citizen_id_hash").unique().to_owned(),
        index("child_name_birth_hash").col("name_birth_hash").to_owned(),
        index("child_county").col("county").col("id").to_owned(),
        index("child_division").col("division").to_owned(),
    ]
}

fn category_record() -> TableCreateStatement {
    Table::create()
        .table("category_record")
        .col(ColumnDef::new("id").uuid().not_null().primary_key())
        .col(ColumnDef::new("child_id").uuid().not_null())
        .col(ColumnDef::new("category").big_integer().not_null())
        .col(ColumnDef::new("confirmed_on").text().not_null())
        .col(ColumnDef::new("from_month").text().not_null())
        .col(ColumnDef::new("until_month").text().null())
        .foreign_key(ForeignKey::create().from("category_record", "child_id").to("child", "id"))
        .to_owned()
}

fn category_record_indices() -> [IndexCreateStatement; 2] {
    let index = |name: &str| Index::create().name(name).table("category_record").to_owned();
    [
        index("category_record_child").col("child_id").to_owned(),
        index("category_record_category").col("category").col("child_id").to_owned(),
    ]
}

fn roster_row() -> TableCreateStatement {
    Table::create()
        .table("roster_row")
        .col(ColumnDef::new("fingerprint").blob().not_null().primary_key())
        .col(ColumnDef::new("child_id").uuid().not_null())
        .to_owned()
}
