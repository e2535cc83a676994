use contract::department;
use contract::registry::v1::ListChildrenRequest;
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::subsidies::v1;
use contract::subsidies::v1::entitlement_service_client::EntitlementServiceClient;

use super::super::arguments::Global;
use super::super::import::progress;
use super::super::reach::City;
use super::super::say::say;
use super::arguments::PayeesArguments;
use super::client::{door, request_id};
use crate::bank_files::read_payees;
use crate::payroll::payee_by_file;

/// Payees in one call.
const PART: usize = 500;

pub(super) async fn run(global: Global, arguments: PayeesArguments) -> anyhow::Result<()> {
    let payees = match &arguments.file {
        Some(file) => read_payees(file)?,
        None => from_registry(&global, &arguments).await?,
    };
    let mut client = EntitlementServiceClient::new(door(&global, &arguments.reach, "").await?);
    let bar = progress("payees", Some(payees.len() as u64));
    let mut changed = 0;
    for part in payees.chunks(PART) {
        let request = v1::SetPayeesRequest { request_id: request_id(), payees: part.to_vec() };
        changed += client.set_payees(request).await?.into_inner().changed;
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    say!("{} payees, {changed} of them new or changed.", payees.len());
    Ok(())
}

/// The accounts that children's files name, with the guardian, or the child, as their holder.
async fn from_registry(global: &Global, arguments: &PayeesArguments) -> anyhow::Result<Vec<v1::ChildPayee>> {
    let city = City::reach(global, arguments.reach.endpoint.clone())?;
    let mut client = ChildServiceClient::new(city.connect(&department::owner().code).await?);
    let (mut payees, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListChildrenRequest { page_size: 500, page_token, ..ListChildrenRequest::default() };
        let page = client.list_children(request).await?.into_inner();
        payees.extend(page.children.into_iter().filter_map(|child| payee_by_file(child, &arguments.bank)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(payees);
        }
    }
}
