//! A server that hands out files over TLS, and a proxy, both on loopback.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::tls;

/// What a listener was asked for, in order: the paths, or of a proxy the hosts.
pub(super) type Asked = Arc<Mutex<Vec<String>>>;

/// A server whose certificate `fixtures/tls/ca.pem` vouches for.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) asked: Asked,
}

impl Server {
    /// Serves these files by their paths until the test ends.
    pub(super) fn start(files: HashMap<String, Vec<u8>>) -> Server {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = CertificateDer::pem_file_iter(tls::file("server.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(tls::file("server.key")).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificates.collect::<Result<Vec<_>, _>>().unwrap(), key)
            .unwrap();
        let (config, files) = (Arc::new(config), Arc::new(files));
        let (port, asked) = listen(move |stream, asked| {
            let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            // a caller who goes away is what some tests are about
            let _gone = answer(&mut tls, &files, asked);
        });
        Server { port, asked }
    }

    pub(super) fn url(&self) -> String {
        format!("https://localhost:{}/download", self.port)
    }
}

/// A proxy that leads every connection to a port of this machine, whatever it was asked for.
pub(super) fn proxy(to: u16) -> (String, Asked) {
    let (port, asked) = listen(move |stream, asked| {
        let _gone = tunnel(stream, to, asked);
    });
    (format!("http://127.0.0.1:{port}"), asked)
}

/// A port that nothing listens on.
pub(super) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn listen(serve: impl Fn(TcpStream, &Asked) + Send + Sync + 'static) -> (u16, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, serve) = (Asked::default(), Arc::new(serve));
    let journal = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (journal, serve) = (Arc::clone(&journal), Arc::clone(&serve));
            thread::spawn(move || serve(stream, &journal));
        }
    });
    (port, asked)
}

/// The second word of a request's first line: the path, or the host that a proxy is to connect to.
fn target_of(stream: &mut impl Read) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    Ok(head.split(' ').nth(1).unwrap_or_default().to_owned())
}

fn answer(
    tls: &mut StreamOwned<ServerConnection, TcpStream>,
    files: &HashMap<String, Vec<u8>>,
    asked: &Asked,
) -> std::io::Result<()> {
    let path = target_of(tls)?;
    let (status, body) = match files.get(&path) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"not here\n"[..]),
    };
    asked.lock().unwrap().push(path);
    write!(tls, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    tls.write_all(body)?;
    tls.conn.send_close_notify();
    tls.flush()
}

fn tunnel(mut client: TcpStream, to: u16, asked: &Asked) -> std::io::Result<()> {
    asked.lock().unwrap().push(target_of(&mut client)?);
    let mut server = TcpStream::connect(("127.0.0.1", to))?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
    std::io::copy(&mut server, &mut client)?;
    Ok(())
}
