use sea_orm_migration::prelude::*;

/// What is known of children, standards, runs and their payments, tasks, payees.
pub struct Payroll;

impl MigrationName for Payroll {
    fn name(&self) -> &'static str {
        "m20250201_000001_payroll"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Payroll {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            knowledge(),
            child_file(),
            payee(),
            standard(),
            payroll_run(),
            payment(),
            payment_task(),
            funds(),
            policy_year(),
            insured(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indices() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().primary_key().to_owned()
}

fn int(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().to_owned()
}

fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

fn blob(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().to_owned()
}

fn optional(column: &ColumnDef) -> ColumnDef {
    column.clone().null().to_owned()
}

/// The instant of what was last learnt or decided: a single row.
fn knowledge() -> TableCreateStatement {
    let key = ColumnDef::new("id").big_integer().not_null().primary_key().to_owned();
    Table::create().table("knowledge").col(key).col(int("known_at")).to_owned()
}

fn child_file() -> TableCreateStatement {
    Table::create().table("child_file").col(id("id")).col(blob("facts")).col(int("changed_at")).to_owned()
}

fn payee() -> TableCreateStatement {
    Table::create()
        .table("payee")
        .col(uuid("child_id"))
        .col(int("since"))
        .col(optional(&ColumnDef::new("until").big_integer().to_owned()))
        .col(blob("account_hash"))
        .col(blob("sealed"))
        .primary_key(Index::create().col("child_id").col("since"))
        .to_owned()
}

fn standard() -> TableCreateStatement {
    Table::create()
        .table("standard")
        .col(id("id"))
        .col(int("tier"))
        .col(text("area"))
        .col(text("from_month"))
        .col(int("monthly_fen"))
        .col(text("legal_basis"))
        .col(int("published_at"))
        .col(ColumnDef::new("previous_fen").big_integer().null())
        .to_owned()
}

fn payroll_run() -> TableCreateStatement {
    Table::create()
        .table("payroll_run")
        .col(id("id"))
        .col(int("revision"))
        .col(text("month"))
        .col(int("state"))
        .col(int("known_at"))
        .col(text("rules"))
        .col(text("opened_by"))
        .col(int("opened_at"))
        .col(ColumnDef::new("approved_by").text().null())
        .col(ColumnDef::new("approved_at").big_integer().null())
        .col(ColumnDef::new("reconciled_at").big_integer().null())
        .col(ColumnDef::new("cancelled").text().null())
        .col(ColumnDef::new("after_child").uuid().null())
        .col(int("children"))
        .col(int("payments"))
        .col(blob("totals"))
        .col(blob("findings"))
        .to_owned()
}

fn payment() -> TableCreateStatement {
    Table::create()
        .table("payment")
        .col(id("id"))
        .col(uuid("child_id"))
        .col(uuid("run_id"))
        .col(int("amount_fen"))
        .col(int("arrears_fen"))
        .col(blob("lines"))
        .col(int("state"))
        .col(ColumnDef::new("hold_reason").big_integer().null())
        .col(ColumnDef::new("settled_on").text().null())
        .col(ColumnDef::new("return_reason").text().null())
        .col(ColumnDef::new("released_at").big_integer().null())
        .to_owned()
}

fn payment_task() -> TableCreateStatement {
    Table::create()
        .table("payment_task")
        .col(id("id"))
        .col(int("kind"))
        .col(uuid("child_id"))
        .col(text("county"))
        .col(optional(&ColumnDef::new("payment_id").uuid().to_owned()))
        .col(optional(&ColumnDef::new("month").text().to_owned()))
        .col(int("amount_fen"))
        .col(int("opened_at"))
        .col(text("due_on"))
        .col(optional(&ColumnDef::new("outcome").big_integer().to_owned()))
        .col(optional(&ColumnDef::new("decided_by").text().to_owned()))
        .col(optional(&ColumnDef::new("decided_at").big_integer().to_owned()))
        .col(optional(&ColumnDef::new("note").text().to_owned()))
        .to_owned()
}

fn funds() -> TableCreateStatement {
    Table::create()
        .table("funds")
        .col(text("county"))
        .col(int("tier"))
        .col(int("year"))
        .col(text("reference"))
        .col(int("amount_fen"))
        .col(text("received_on"))
        .primary_key(Index::create().col("year").col("county").col("tier").col("reference"))
        .to_owned()
}

fn policy_year() -> TableCreateStatement {
    Table::create()
        .table("policy_year")
        .col(id("id"))
        .col(int("year").unique_key().to_owned())
        .col(text("insurer"))
        .col(int("premium_fen"))
        .col(text("eligible_month"))
        .to_owned()
}

fn insured() -> TableCreateStatement {
    Table::create()
        .table("insured")
        .col(int("year"))
        .col(uuid("child_id"))
        .col(text("county"))
        .col(optional(&ColumnDef::new("outcome").big_integer().to_owned()))
        .col(optional(&ColumnDef::new("reason").text().to_owned()))
        .primary_key(Index::create().col("year").col("child_id"))
        .to_owned()
}

fn indices() -> Vec<IndexCreateStatement> {
    let index = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    vec![
        // One payment for a child and run; and all that a child was paid.
        index("payment_child", "payment").col("child_id").col("run_id").unique().to_owned(),
        index("payment_run_state", "payment").col("run_id").col("state").to_owned(),
        index("payment_task_child", "payment_task").col("child_id").to_owned(),
        index("child_file_changed", "child_file").col("changed_at").to_owned(),
        index("payee_account", "payee").col("account_hash").to_owned(),
    ]
}
