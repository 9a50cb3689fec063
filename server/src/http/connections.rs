//! Connections: how many there may be, and how long each may make the others wait. A client that sends or
//! takes nothing is let go, so that slow ones cannot use the portal up.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// How many and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// How many connections there are at once. Others wait before they are taken.
    pub connections: usize,
    /// For the whole head of a request, and between two requests.
    pub head: Duration,
    /// For the next piece of a body.
    pub body: Duration,
    /// For a client that does not take its answer.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connections: 1024, head: Duration::from_secs(10), body: Duration::from_secs(30), answer: Duration::from_secs(60) }
    }
}

/// How long it rests when the system gives no connection: most often it has no file left.
const REST: Duration = Duration::from_millis(200);

/// Serves until it is to stop. Then nobody new is let in, and what is under way is finished.
/// With a certificate each connection is encrypted; without one a proxy before it does that.
pub(crate) async fn serve(
    listener: TcpListener,
    certificate: Option<TlsAcceptor>,
    router: Router,
    patience: Patience,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(patience.connections));
    let router = router.layer(RequestBodyTimeoutLayer::new(patience.body));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = told(&mut stopped) => break,
        };
        // Nobody closes the semaphore.
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stopped) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (router, stopped, certificate) = (router.clone(), stopped.clone(), certificate.clone());
                tokio::spawn(async move {
                    // Answers are written whole: to wait for more of them helps nobody.
                    let _ = stream.set_nodelay(true);
                    let stream = Taking::new(stream, patience.answer);
                    match certificate {
                        None => converse(stream, peer, router, patience, stopped).await,
                        Some(certificate) => match tokio::time::timeout(patience.head, certificate.accept(stream)).await {
                            Ok(Ok(stream)) => converse(stream, peer, router, patience, stopped).await,
                            Ok(Err(error)) => tracing::debug!(%error, "a connection was not encrypted"),
                            Err(_) => tracing::debug!("a connection took too long to be encrypted"),
                        },
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    // All places are free when all conversations are over.
    let all = u32::try_from(patience.connections).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
}

/// Waits for the wish to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// One connection, to its end.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(patience.head).serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// A stream whose other end has to take what is written, within a time.
struct Taking {
    stream: TcpStream,
    patience: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Taking {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, waiting: None }
    }

    /// What came of a write; a failure when it waits for too long.
    fn judge<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.waiting = None;
            return outcome;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not take its answer")))
    }
}

impl AsyncRead for Taking {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Taking {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, outcome)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, pieces: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.judge(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.stream).poll_shutdown(context);
        self.judge(context, outcome)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);
    const SHORT: Duration = Duration::from_millis(40);

    struct Served {
        address: SocketAddr,
        stop: watch::Sender<bool>,
        server: JoinHandle<()>,
    }

    async fn served(patience: Patience) -> Served {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let echo = |body: Result<String, axum::extract::rejection::StringRejection>| async { body.unwrap_or_else(|_| "broken".to_owned()) };
        // More than the buffers of two sockets hold.
        let large = || async { vec![b'x'; 64 << 20] };
        let router = Router::new().route("/echo", post(echo)).route("/large", get(large));
        let server = tokio::spawn(serve(listener, None, router, patience, stopped));
        Served { address, stop, server }
    }

    fn patience() -> Patience {
        Patience { connections: 8, head: LONG, body: LONG, answer: LONG }
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut all = Vec::new();
        // It may also be reset: over is over.
        let _ = stream.read_to_end(&mut all).await;
        String::from_utf8_lossy(&all).into_owned()
    }

    #[tokio::test]
    async fn who_never_finishes_the_head_of_a_request_is_let_go() {
        let served = served(Patience { head: SHORT, ..patience() }).await;
        for begun in ["", "GET /large HTTP/1.1\r\nhost: a\r\nx-slow: "] {
            let mut stream = TcpStream::connect(served.address).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            assert!(!rest(stream).await.contains("200 OK"), "{begun:?}");
        }
    }

    #[tokio::test]
    async fn who_never_finishes_the_body_of_a_request_is_let_go() {
        let served = served(Patience { body: SHORT, head: SHORT, ..patience() }).await;
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf").await.unwrap();
        assert!(rest(stream).await.contains("broken"));
    }

    #[tokio::test]
    async fn where_a_request_ends_is_said_once_or_it_is_refused() {
        let served = served(patience()).await;
        let post = "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
        // What comes after the end by the pieces is no second request, whatever length stands beside them (RFC 9112, 6.3).
        let smuggled = "4\r\nhell\r\n0\r\n\r\nGET /large HTTP/1.1\r\nhost: a\r\n\r\n";
        for (head, body, said) in [
            ("content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n", smuggled, "hell"),
            ("content-length: 4\r\ncontent-length: 40\r\n\r\n", "hell", "400 Bad Request"),
            ("content-length: 4, 40\r\n\r\n", "hell", "400 Bad Request"),
            ("content-length: +4\r\n\r\n", "hell", "400 Bad Request"),
            ("transfer-encoding: chunked, identity\r\n\r\n", smuggled, "400 Bad Request"),
            ("transfer-encoding : chunked\r\n\r\n", smuggled, "400 Bad Request"),
        ] {
            let mut stream = TcpStream::connect(served.address).await.unwrap();
            stream.write_all(format!("{post}{head}{body}").as_bytes()).await.unwrap();
            let answered = rest(stream).await;
            assert!(answered.contains(said) && answered.matches("HTTP/1.1 ").count() == 1, "{head:?}: {answered}");
        }
    }

    #[tokio::test]
    async fn who_does_not_take_the_answer_is_let_go() {
        let served = served(Patience { connections: 1, answer: SHORT, ..patience() }).await;
        let mut slow = TcpStream::connect(served.address).await.unwrap();
        slow.write_all(b"GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        // The only place gets free without the slow one ever reading.
        let mut next = TcpStream::connect(served.address).await.unwrap();
        next.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").await.unwrap();
        assert!(rest(next).await.ends_with("hi"));
        drop(slow);
    }

    #[tokio::test]
    async fn a_stop_lets_nobody_in_and_finishes_what_is_under_way() {
        let served = served(patience()).await;
        let mut under_way = TcpStream::connect(served.address).await.unwrap();
        under_way.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n").await.unwrap();
        // The handler reads: the request is under way.
        let mut said = [0; 25];
        under_way.read_exact(&mut said).await.unwrap();
        assert!(said.starts_with(b"HTTP/1.1 100"));
        served.stop.send(true).unwrap();
        while TcpStream::connect(served.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        under_way.write_all(b"done").await.unwrap();
        assert!(rest(under_way).await.ends_with("done"));
        served.server.await.unwrap();
    }
}
