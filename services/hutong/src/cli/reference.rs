use clap::{Args, Subcommand};
use contract::department;
use contract::registry::v1::reference_service_client::ReferenceServiceClient;
use contract::registry::v1::{GetReferenceRequest, ResolveReferenceRequest};
use serde_json::json;

use super::arguments::{Global, Reach};
use super::reach::City;
use super::say::say;

#[derive(Debug, Subcommand)]
#[command(
    after_help = "Each department knows a child by a reference of its own, which no other department can use. When a
department calls about a child, this says who is meant."
)]
pub(super) enum ReferenceCommand {
    /// Print the reference by which a department knows a child
    #[command(after_help = "Example:
  hutong reference of 0198b2f0-0000-7000-8000-000000000001 --department EDU")]
    Of(ReferenceArguments),
    /// Print the child that a department's reference stands for
    #[command(after_help = "Example:
  hutong reference resolve 859b3102-0381-1755-0b79-9a057727da66 --department EDU")]
    Resolve(ReferenceArguments),
}

#[derive(Debug, Args)]
pub(super) struct ReferenceArguments {
    /// The child's id, or the department's reference
    #[arg(value_name = "ID")]
    id: String,
    /// The department: EDU, or EDU-371621
    #[arg(long, value_name = "CODE")]
    department: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(global: Global, command: ReferenceCommand) -> anyhow::Result<()> {
    let (ReferenceCommand::Of(arguments) | ReferenceCommand::Resolve(arguments)) = &command;
    let ReferenceArguments { id, department, json, reach } = arguments;
    let city = City::reach(&global, reach.endpoint.clone())?;
    let mut client = ReferenceServiceClient::new(city.connect(&department::owner().code).await?);
    let (id, department) = (id.clone(), department.clone());
    let (child, reference) = match &command {
        ReferenceCommand::Of(_) => {
            let request = GetReferenceRequest { child: id.clone(), department: department.clone() };
            (id, client.get_reference(request).await?.into_inner().reference)
        }
        ReferenceCommand::Resolve(_) => {
            let request = ResolveReferenceRequest { department: department.clone(), reference: id.clone() };
            (client.resolve_reference(request).await?.into_inner().child, id)
        }
    };
    match &command {
        _ if *json => say!("{:#}", json!({ "child": child, "department": department, "reference": reference })),
        ReferenceCommand::Of(_) => say!("{reference}"),
        ReferenceCommand::Resolve(_) => say!("{child}"),
    }
    Ok(())
}
