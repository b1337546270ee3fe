//! What carries the faces: listeners on loopback, a thread with its own runtime, and sockets that can be cut.

mod socket;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{Response, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use socket::{Cuttable, Scissors};

use super::faults::{Kind, Moment, Verdict};
use super::journal::Entry;
use super::request::{Answer, Request};
use super::{Face, Shared, github, jira_cloud, jira_data_center, lock};

/// More than any client of ours sends.
const BODY_LIMIT: usize = 64 << 20;

/// The running listeners.
pub(crate) struct Server {
    jira: SocketAddr,
    github: SocketAddr,
    data_center: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(port: u16, shared: &Arc<Shared>) -> io::Result<Self> {
        let next = |step| if port == 0 { 0 } else { port.saturating_add(step) };
        let (jira, jira_socket) = bind(port)?;
        let (github, github_socket) = bind(next(1))?;
        let (data_center, data_center_socket) = bind(next(2))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(shared);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = serve(Face::JiraCloud, jira_socket, &shared) => {}
                    _ = serve(Face::GitHub, github_socket, &shared) => {}
                    _ = serve(Face::JiraDataCenter, data_center_socket, &shared) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Ok(Self { jira, github, data_center, stop: Some(stop), thread: Some(thread) })
    }

    pub(crate) fn jira_url(&self) -> String {
        format!("http://{}", self.jira)
    }

    /// With the context path that a company's Jira often has.
    pub(crate) fn data_center_url(&self) -> String {
        format!("http://{}/jira", self.data_center)
    }

    pub(crate) fn github_url(&self) -> String {
        format!("http://{}", self.github)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn bind(port: u16) -> io::Result<(SocketAddr, std::net::TcpListener)> {
    let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    socket.set_nonblocking(true)?;
    Ok((socket.local_addr()?, socket))
}

async fn serve(face: Face, socket: std::net::TcpListener, shared: &Arc<Shared>) -> io::Result<()> {
    let listener = Cuttable(TcpListener::from_std(socket)?);
    let app = Router::new().fallback(handle).with_state((face, Arc::clone(shared)));
    axum::serve(listener, app.into_make_service_with_connect_info::<Scissors>()).await
}

/// Reads the request, lets the faults judge it, has the face answer it, and writes the journal.
async fn handle(
    State((face, shared)): State<(Face, Arc<Shared>)>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_LIMIT).await else {
        return scissors.cut();
    };
    let request = Request::new(face, &parts, bytes.to_vec());
    if request.segments.first().is_some_and(|part| part == "_sim") {
        return response(look(&shared, &request));
    }
    // Handled as a task of its own: a client that goes away does not undo what the service has begun.
    let work = tokio::spawn(async move { work(&shared, &request).await });
    match work.await {
        Ok(Some(answer)) => response(answer),
        Ok(None) | Err(_) => scissors.cut(),
    }
}

/// The answer, `None` for a cut connection.
async fn work(shared: &Shared, request: &Request) -> Option<Answer> {
    tokio::time::sleep(shared.latency).await;
    let people = lock(&shared.faults).people(request);
    people.into_iter().for_each(|(act, times)| act(&mut lock(&shared.world), times));
    lock(&shared.world).automation();
    let Verdict { kind, hook } = lock(&shared.faults).judge(request);
    let mut entry = Entry::new(request);
    let is_limited = request.face != Face::GitHub;
    if let Some(answer) = is_limited.then(|| lock(&shared.limiter).as_mut()?.judge()).flatten() {
        entry.status = Some(answer.status);
        lock(&shared.journal).push(entry);
        shown(shared, request, None);
        return Some(answer);
    }
    let (before, after) = match hook {
        Some((Moment::Before, hook)) => (Some(hook), None),
        Some((Moment::After, hook)) => (None, Some(hook)),
        None => (None, None),
    };
    if before.is_some() || matches!(kind, Some(Kind::CutBefore)) {
        lock(&shared.journal).push(entry);
        shown(shared, request, None);
        before.into_iter().for_each(|hook| hook());
        return None;
    }
    if let Some(Kind::Status(code, headers, body)) = kind {
        entry.status = Some(code);
        lock(&shared.journal).push(entry);
        shown(shared, request, None);
        let answer = Answer::text(code, "application/json", &body);
        return Some(headers.into_iter().fold(answer, |answer, (name, value)| answer.with(name, value)));
    }
    let lost = after.is_some();
    let mut answer = answer_and_note(shared, request, entry, kind.as_ref(), lost);
    shown(shared, request, Some(&answer));
    if let Some(limiter) = lock(&shared.limiter).as_ref().filter(|_| is_limited) {
        answer = limiter.told(answer);
    }
    let bend = lock(&shared.bend).clone();
    bend.into_iter().for_each(|bend| bend(request, &mut answer));
    if let Some(hook) = after {
        hook();
        return None;
    }
    match kind {
        Some(Kind::CutAfter) => return None,
        Some(Kind::Garbage) => {
            answer = Answer::text(200, "text/html", "<html>Please wait while the site wakes up")
        }
        Some(Kind::Half) => answer.body.truncate(answer.body.len() / 2),
        Some(Kind::StatusAfter(code)) => answer = Answer::text(code, "text/html", "<html>upstream error"),
        Some(Kind::Stall(time)) => tokio::time::sleep(time).await,
        Some(Kind::Status(..) | Kind::CutBefore) | None => {}
    }
    Some(answer)
}

/// Shows a request and its answer to whoever watches.
fn shown(shared: &Shared, request: &Request, answer: Option<&Answer>) {
    let witness = lock(&shared.witness).clone();
    witness.into_iter().for_each(|witness| witness(request, answer));
}

/// The face's own answer, entered in the journal under the world's lock, so that the journal has the order of the changes.
fn answer_and_note(
    shared: &Shared,
    request: &Request,
    mut entry: Entry,
    kind: Option<&Kind>,
    lost: bool,
) -> Answer {
    let mut world = lock(&shared.world);
    if request.face != Face::GitHub {
        world.face = request.face;
    }
    let answer = match request.face {
        Face::JiraCloud => jira_cloud::answer(&mut world, request),
        Face::JiraDataCenter => jira_data_center::answer(&mut world, request),
        Face::GitHub => github::answer(&mut world, request),
    };
    entry.handled = true;
    entry.note.clone_from(&answer.note);
    entry.status = match kind {
        Some(Kind::CutAfter) => None,
        _ if lost => None,
        Some(Kind::Garbage) => Some(200),
        Some(Kind::StatusAfter(code)) => Some(*code),
        _ => Some(answer.status),
    };
    lock(&shared.journal).push(entry);
    answer
}

/// What people look at: the journal and the issues.
fn look(shared: &Shared, request: &Request) -> Answer {
    match request.path.as_str() {
        "/_sim/journal" => {
            let entries: Vec<Value> = lock(&shared.journal).iter().map(Entry::to_json).collect();
            Answer::json(200, &Value::Array(entries))
        }
        "/_sim/issues" => Answer::json(200, &jira_cloud::all_issues(&lock(&shared.world))),
        _ => Answer::text(404, "text/plain", "there are /_sim/journal and /_sim/issues"),
    }
}

fn response(answer: Answer) -> Response<Body> {
    let mut builder =
        Response::builder().status(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::IM_A_TEAPOT));
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(answer.body)).unwrap_or_default()
}
