//! Takes connections, with a bound for their number and a time limit for slow clients, until it is asked to
//! end.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

/// How many connections there are at once; further ones wait.
const CONNECTIONS: usize = 256;

/// How long a request's head may take, and how long a connection may say nothing.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long requests that are under way may take after the signal to end.
const GRACE: Duration = Duration::from_secs(25);

/// Serves until `stop` comes; then nobody is let in any more, and what is under way is finished.
pub(super) async fn listen(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
    ending: impl FnOnce(),
) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(64 << 10);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let stream = match stream {
            Ok((stream, _)) => stream,
            Err(error) => {
                // a connection that broke at once, or no file is left to open
                tracing::warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(app.clone());
        let connection = graceful.watch(server.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // one that breaks off is its client's business
            let _ = connection.await;
            drop(place);
        });
    }
    ending();
    drop(listener);
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
}
