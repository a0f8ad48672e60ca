//! One signed request and the signed response to it.

use super::{Client, ClientError};
use crate::message::problem::Problem;
use crate::message::{IDEMPOTENCY_HEADER, MAX_DOCUMENT, Promise, TOKEN_HEADER};
use crate::receipt::Receipt;
use crate::signature::{
    HttpRequest, HttpResponse, LONGEST_LIFE, SignatureError, VerifiedRequest, VerifiedResponse, parse_request,
    sign_request, verify_response,
};
use crate::token::Granted;
use crate::vocabulary::Nonce;

/// A request to be signed and sent.
#[derive(Clone)]
pub struct Outgoing {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    pub(super) limit: usize,
}

impl Outgoing {
    /// A request with a body.
    pub fn post(path: &str, media_type: &str, body: Vec<u8>) -> Self {
        Self {
            method: "POST",
            path: path.to_owned(),
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body,
            limit: MAX_DOCUMENT,
        }
    }

    /// A request without; it needs a token to be signed.
    pub fn get(path: &str) -> Self {
        Self {
            method: "GET",
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            limit: MAX_DOCUMENT,
        }
    }

    /// Presents a token.
    #[must_use]
    pub fn with_token(mut self, granted: &Granted) -> Self {
        self.headers.push((TOKEN_HEADER.to_owned(), granted.authorization()));
        self
    }

    /// Makes repetitions of this request one request (disclosures only).
    #[must_use]
    pub fn with_idempotency_key(mut self, key: Nonce) -> Self {
        self.headers.push((IDEMPOTENCY_HEADER.to_owned(), format!("\"{key}\"")));
        self
    }

    /// Accepts an answer of so many bytes.
    #[must_use]
    pub fn up_to(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({} {}, {} bytes)", self.method, self.path, self.body.len())
    }
}

/// A response the partner signed for our request, and the evidence of both.
#[derive(Clone)]
pub struct Exchange {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// The request's body, as sent.
    pub request_body: Vec<u8>,
    /// What the partner promised about its ledger.
    pub promise: Option<Promise>,
    /// What proves all this to others.
    pub receipt: Receipt,
}

impl Exchange {
    /// The refusal in this answer, if it is one.
    pub fn problem(&self) -> Option<Problem> {
        let refusal = self.media_type == crate::message::problem::MEDIA_TYPE;
        refusal.then(|| Problem::from_json(&self.body).ok()).flatten()
    }

    /// This exchange, unless its answer is a refusal.
    pub(super) fn permitted(&self) -> Result<&Self, ClientError> {
        if (200..300).contains(&self.status) {
            Ok(self)
        } else {
            Err(ClientError::Refused(Box::new(self.clone())))
        }
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exchange({}, {} bytes)", self.status, self.body.len())
    }
}

impl Client {
    /// Signs a request; our own verification of it goes into the receipt.
    pub(super) fn sign(&self, outgoing: Outgoing) -> Result<(HttpRequest, VerifiedRequest), ClientError> {
        let mut request = HttpRequest {
            method: outgoing.method.to_owned(),
            target_uri: self.partner.endpoint.join(&outgoing.path),
            headers: outgoing.headers,
            body: outgoing.body,
        };
        let (now, nonce) = (self.now(), Nonce(self.around.random.bytes()));
        let verified = sign_request(&mut request, &self.own.key, now, LONGEST_LIFE, nonce)
            .and_then(|()| parse_request(request.clone()))
            .and_then(|signed| signed.verify(&self.own.key.verifying_key(), now))
            .map_err(ClientError::Signing)?;
        Ok((request, verified))
    }

    /// Accepts a response that one of the partner's exchange keys signed for this request.
    pub(super) fn verify(
        &self,
        request: &HttpRequest,
        asked: &VerifiedRequest,
        response: HttpResponse,
    ) -> Result<Exchange, ClientError> {
        let answered = match self.verified(request, &response) {
            Ok(answered) => answered,
            Err(error) => return Err(unproven(error, &response)),
        };
        let receipt = Receipt::new(asked, &answered, [self.own.statement.clone(), self.statement.clone()]);
        Ok(Exchange {
            status: answered.status(),
            media_type: response.header("content-type").unwrap_or_default().to_owned(),
            promise: receipt.promise,
            request_body: request.body.clone(),
            receipt,
            body: response.body,
        })
    }

    fn verified<'r>(
        &self,
        request: &HttpRequest,
        response: &'r HttpResponse,
    ) -> Result<VerifiedResponse<'r>, SignatureError> {
        let now = self.now();
        let mut outcome = Err(SignatureError::Key);
        for key in self.partner.keys.exchange_keys() {
            outcome = verify_response(response, request, key, now);
            if !matches!(outcome, Err(SignatureError::Key)) {
                break;
            }
        }
        outcome
    }
}

/// A node that does not know us cannot sign for us: its problem is told, marked as unproven.
fn unproven(error: SignatureError, response: &HttpResponse) -> ClientError {
    match Problem::from_json(&response.body) {
        Ok(problem) if error == SignatureError::Unsigned => ClientError::Unauthenticated {
            status: response.status,
            problem: Box::new(problem),
        },
        _ => ClientError::Unproven(error),
    }
}

/// The request as reqwest sends it; refused if the address would change on the way.
pub(super) fn to_reqwest(request: &HttpRequest) -> Result<reqwest::Request, ClientError> {
    let url: reqwest::Url = request.target_uri.parse().map_err(|_| ClientError::Request)?;
    if url.as_str() != request.target_uri {
        return Err(ClientError::Request);
    }
    let method = request.method.parse().map_err(|_| ClientError::Request)?;
    let mut sent = reqwest::Request::new(method, url);
    for (name, value) in &request.headers {
        let name: reqwest::header::HeaderName = name.parse().map_err(|_| ClientError::Request)?;
        let value = value.parse().map_err(|_| ClientError::Request)?;
        sent.headers_mut().append(name, value);
    }
    if !request.body.is_empty() {
        *sent.body_mut() = Some(request.body.clone().into());
    }
    Ok(sent)
}

/// The response as the signature sees it; header values are visible ASCII.
pub(super) fn from_reqwest(response: &reqwest::Response, body: Vec<u8>) -> Result<HttpResponse, ClientError> {
    let headers = response.headers().iter().map(|(name, value)| {
        let value = value
            .to_str()
            .map_err(|_| ClientError::Unproven(SignatureError::Malformed))?;
        Ok((name.as_str().to_owned(), value.to_owned()))
    });
    Ok(HttpResponse {
        status: response.status().as_u16(),
        headers: headers.collect::<Result<_, ClientError>>()?,
        body,
    })
}
