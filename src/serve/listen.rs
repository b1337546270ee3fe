//! Accepts connections, with a bound for their number and their duration and a time limit for slow clients, until it is
//! asked to stop.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::admission::Admission;

/// How long a request's header may take, and how long a connection may be silent.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a connection lasts at most: header, body and answer have their own limits, and reading the answer has some
/// seconds.
const LIFE: Duration = Duration::from_secs(45);

/// How long requests in progress may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);

/// Serves until `stop` comes; then no further connections are accepted, and what is in progress is finished.
pub(super) async fn listen(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
    ending: impl FnOnce(),
) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(64 << 10);
    // one request per connection: nobody keeps a slot by sending the same request again and again
    server.keep_alive(false);
    let graceful = GracefulShutdown::new();
    let admission = Admission::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let stream = listener.accept().await;
            (admission.place().await, stream)
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let stream = match stream {
            Ok((stream, _)) => stream,
            Err(error) => {
                // a connection that broke at once, or no file descriptor is left
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(app.clone().layer(Extension(Arc::clone(&place))));
        let connection = graceful.watch(server.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            tokio::select! {
                // a connection that breaks off is up to its client
                _ = connection => {}
                () = place.lost() => {}
                () = sleep(LIFE) => {}
            }
        });
    }
    ending();
    drop(listener);
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("open requests were cut off because they did not finish in time");
    }
}
