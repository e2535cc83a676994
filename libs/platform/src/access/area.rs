use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use contract::area::{AreaRule, Asked, Named, of_method};
use contract::codec::refuse;
use contract::references::ReferenceError;
use contract::validation::Refusal;
use futures::future::Either;
use http::{Request, Response};
use kernel::{Division, ErrorCode};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};
use uuid::Uuid;

use super::emergency::is_asked;
use super::framed;
use super::references::not_a_reference;
use super::{Caller, Connection};
use crate::error::ServiceError;
use crate::identity::Identity;

/// Why a call, or a part of it, is not carried out: it is about what does not lie in the office's area.
pub const OUTSIDE_AREA: &str = "OUTSIDE_AREA";

/// Knows where the things lie that the requests of a service name.
#[async_trait::async_trait]
pub trait Whereabouts: fmt::Debug + Send + Sync {
    /// The divisions in which things of a kind lie, by id. What there is not, or lies nowhere yet, is left out.
    ///
    /// # Errors
    /// If it cannot be found out, or the service keeps no such things.
    async fn divisions(&self, kind: &str, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Division>>, ServiceError>;
}

/// The whereabouts of the services behind a door, by the service's name.
pub type WhereaboutsOf = HashMap<&'static str, Arc<dyn Whereabouts>>;

/// Whether a call asked for what does not lie in its caller's area. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct OutsideArea(Arc<AtomicBool>);

impl OutsideArea {
    /// It did.
    pub fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it did.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// For where a call is made, in its request's extensions: for an office its area, but not in an emergency.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The office that is bound.
    bound: Option<Identity>,
    outside: OutsideArea,
}

impl Scope {
    /// Of a request that came through a door.
    ///
    /// # Errors
    /// UNAUTHENTICATED if it did not.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<Self, ServiceError> {
        if let Some(scope) = request.extensions().get::<Self>() {
            return Ok(scope.clone());
        }
        Ok(Self { bound: office(Caller::of(request)?), outside: OutsideArea::default() })
    }

    /// Whether the call is bound to an area at all.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.bound.is_some()
    }

    /// Whether what lies in this division may be told. If not, that it was asked for is recorded with the call.
    #[must_use]
    pub fn covers(&self, division: Division) -> bool {
        self.covers_any(&[division])
    }

    /// Whether what lies in these divisions may be told: one of them is enough.
    #[must_use]
    pub fn covers_any(&self, divisions: &[Division]) -> bool {
        let covers = covers_any(self.bound.as_ref(), divisions);
        if !covers {
            self.outside.note();
        }
        covers
    }
}

/// Keeps the calls of an area's office to its area: what it names and lies elsewhere is not there for it.
#[derive(Debug, Clone)]
pub struct AreaLayer {
    whereabouts: Arc<WhereaboutsOf>,
    longest: usize,
}

impl AreaLayer {
    /// The longest request is given in bytes.
    #[must_use]
    pub fn new(whereabouts: WhereaboutsOf, longest: usize) -> Self {
        Self { whereabouts: Arc::new(whereabouts), longest }
    }
}

impl<S> Layer<S> for AreaLayer {
    type Service = AreaService<S>;

    fn layer(&self, inner: S) -> AreaService<S> {
        AreaService { inner, layer: self.clone() }
    }
}

/// [`AreaLayer`]'s service.
#[derive(Debug, Clone)]
pub struct AreaService<S> {
    inner: S,
    layer: AreaLayer,
}

type Answer<S> = Result<Response<Body>, <S as Service<Request<Body>>>::Error>;

impl<S> Service<Request<Body>> for AreaService<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Pin<Box<dyn Future<Output = Answer<S>> + Send>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let outside = request.extensions().get::<OutsideArea>().cloned().unwrap_or_default();
        let bound = bound(&request);
        request.extensions_mut().insert(Scope { bound: bound.clone(), outside: outside.clone() });
        // A path of the platform's own is open to every certificate.
        let (Some(office), Some(rule)) = (bound, of_method(request.uri().path())) else {
            return Either::Left(self.inner.call(request));
        };
        let named = match rule {
            AreaRule::City | AreaRule::Service => return Either::Left(self.inner.call(request)),
            AreaRule::Department => {
                outside.note();
                let refusal = denied("the call is the affair of the whole department: none of its offices may make it");
                return Either::Right(Box::pin(async move { Ok(Status::from(refusal).into_http()) }));
            }
            AreaRule::Named(named) => named,
        };
        // The one that was made ready goes; its clone takes its place.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let bounds = Bounds { layer: self.layer.clone(), office, named, outside };
        Either::Right(Box::pin(async move {
            match bounds.keep(request).await {
                Ok(request) => inner.call(request).await,
                Err(status) => Ok(status.into_http()),
            }
        }))
    }
}

/// The office that a call is bound to the area of.
fn bound(request: &Request<Body>) -> Option<Identity> {
    let caller = Caller::in_extensions(request.extensions().get::<Connection>()).ok()?;
    office(caller).filter(|_| !is_asked(caller, request.uri().path(), request.headers()))
}

fn office(caller: &Caller) -> Option<Identity> {
    caller.identity().area().map(|_| caller.identity().clone())
}

/// Whether what lies in these divisions lies in an office's area. What lies nowhere is nobody else's.
fn covers_any(bound: Option<&Identity>, divisions: &[Division]) -> bool {
    bound.is_none_or(|office| divisions.is_empty() || divisions.iter().any(|division| office.covers(*division)))
}

fn denied(why: &'static str) -> ServiceError {
    ServiceError::new(ErrorCode::PermissionDenied, OUTSIDE_AREA, why)
}

/// What one call of an office is kept to.
struct Bounds {
    layer: AreaLayer,
    office: Identity,
    named: &'static Named,
    outside: OutsideArea,
}

impl Bounds {
    /// The request as it goes on.
    async fn keep(self, request: Request<Body>) -> Result<Request<Body>, Status> {
        let (head, body) = request.into_parts();
        let mut message = framed::whole(body, self.layer.longest).await?;
        let asked = self.named.asked(&message).map_err(|error| match error {
            ReferenceError::Malformed(_) => refuse(&Refusal::Malformed),
            ReferenceError::NotAReference(field) => not_a_reference(&field),
        })?;
        if !asked.divisions.iter().all(|text| text.parse().is_ok_and(|division| self.office.covers(division))) {
            self.outside.note();
            return Err(denied("the request names a division that does not lie in the office's area").into());
        }
        let area = self.office.area().unwrap_or_default();
        let malformed = |_| refuse(&Refusal::Malformed);
        if !self.named.narrow(&mut message, area).map_err(malformed)? && asked.is_nothing() {
            return Err(denied("an office of an area names a child, or what else it calls about").into());
        }
        let hidden = self.hidden(head.uri.path(), &asked).await?;
        if !hidden.is_empty() {
            self.outside.note();
            let is_hidden = |kind: &str, id| hidden.contains(&(kind, id));
            self.named.hide(&mut message, is_hidden).map_err(malformed)?;
        }
        Ok(Request::from_parts(head, framed::of(&message)))
    }

    /// The things that lie elsewhere.
    async fn hidden<'a>(&self, path: &str, asked: &'a Asked) -> Result<BTreeSet<(&'a str, Uuid)>, Status> {
        let whereabouts = contract::access::service_of(path).and_then(|service| self.layer.whereabouts.get(service));
        let mut hidden = BTreeSet::new();
        for (kind, ids) in &asked.things {
            let whereabouts = whereabouts.ok_or_else(|| denied("the service does not know where things lie"))?;
            let found = whereabouts.divisions(kind, ids).await?;
            let lies_elsewhere =
                |id: &&Uuid| found.get(*id).is_some_and(|divisions| !covers_any(Some(&self.office), divisions));
            hidden.extend(ids.iter().filter(lies_elsewhere).map(|id| (kind.as_ref(), *id)));
        }
        Ok(hidden)
    }
}
