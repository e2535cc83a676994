use contract::department;
use contract::subsidies::v1;
use contract::subsidies::v1::payroll_service_client::PayrollServiceClient;
use kernel::{Clock as _, Fen, Month, RequestId, SystemClock};
use platform::audit::ACTOR;
use tonic::metadata::{Ascii, AsciiMetadataKey, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::super::arguments::{Global, Reach};
use super::super::reach::City;

/// A connection that says which person asks.
pub(super) type Door = InterceptedService<Channel, Actor>;

/// Says which person asks.
#[derive(Clone, Debug)]
pub(super) struct Actor(Option<MetadataValue<Ascii>>);

impl Interceptor for Actor {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(actor) = &self.0 {
            let key = AsciiMetadataKey::from_bytes(ACTOR.as_str().as_bytes()).expect("a header's name is a key");
            request.metadata_mut().insert(key, actor.clone());
        }
        Ok(request)
    }
}

/// The door of the running city, for civil affairs.
pub(super) async fn door(global: &Global, reach: &Reach, actor: &str) -> anyhow::Result<Door> {
    let city = City::reach(global, reach.endpoint.clone())?;
    let channel = city.connect(&department::owner().code).await?;
    let actor = match actor {
        "" => None,
        actor => Some(actor.parse().map_err(|_| anyhow::anyhow!("--actor: letters, digits and marks of ASCII alone"))?),
    };
    Ok(InterceptedService::new(channel, Actor(actor)))
}

/// The run of a month that was not given up.
pub(super) async fn run_of(door: &Door, month: Month) -> Result<v1::PayrollRun, Status> {
    let request = v1::GetRunRequest { month: Some(contract::date::from_month(month)), ..Default::default() };
    Ok(PayrollServiceClient::new(door.clone()).get_run(request).await?.into_inner().run.unwrap_or_default())
}

/// An id for a call that changes something.
pub(super) fn request_id() -> String {
    RequestId::generate(&SystemClock).to_string()
}

/// Fen as yuan with commas: `51,712,500.00`.
pub(in crate::cli) fn yuan(fen: i64) -> String {
    let text = Fen::new(fen).to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{decimals}")
}

/// A month of the wire.
pub(super) fn month(date: Option<&contract::google::r#type::Date>) -> String {
    date.map(|date| format!("{:04}-{:02}", date.year, date.month)).unwrap_or_default()
}

/// Today, as the wire has it.
pub(super) fn today() -> contract::google::r#type::Date {
    contract::date::from_date(SystemClock.today())
}

#[cfg(test)]
mod tests {
    #[test]
    fn yuan_are_grouped() {
        for (fen, text) in
            [(0, "0.00"), (214_000, "2,140.00"), (5_171_250_000, "51,712,500.00"), (-10_000_005, "-100,000.05")]
        {
            assert_eq!(super::yuan(fen), text);
        }
    }
}
