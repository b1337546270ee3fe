//! A web server in front of a simulated service that speaks TLS and asks who calls (mTLS), as companies put it in front of
//! Jira Data Center. The certificates lie in `fixtures/tls`; `stranger` is signed by nobody that the server knows.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// A file of `fixtures/tls`.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(file(name)).unwrap()
}

/// Listens on a free port until the test ends, and hands every request on to `behind` (`host:port`); the port.
pub(crate) fn front(behind: &str, versions: &'static [&'static rustls::SupportedProtocolVersion]) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificates = |name: &str| {
        CertificateDer::pem_file_iter(file(name)).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    let mut roots = RootCertStore::empty();
    certificates("ca.pem").into_iter().for_each(|one| roots.add(one).unwrap());
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_protocol_versions(versions)
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates("server.pem"), key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = behind.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, behind) = (Arc::clone(&config), behind.clone());
            std::thread::spawn(move || {
                let tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                // a caller who is refused goes away, which is what the test is about
                let _refused = exchange(tls, &behind);
            });
        }
    });
    port
}

/// One request and its answer; then the connection ends.
fn exchange(mut tls: StreamOwned<ServerConnection, TcpStream>, behind: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 16384];
    let (head, length) = loop {
        let count = tls.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        request.extend_from_slice(&buffer[..count]);
        if let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            break (end, length.unwrap_or(0));
        }
    };
    while request.len() < head + 4 + length {
        let count = tls.read(&mut buffer)?;
        request.extend_from_slice(&buffer[..count]);
    }
    request.splice(head..head, b"\r\nconnection: close".iter().copied());
    let mut service = TcpStream::connect(behind)?;
    service.write_all(&request)?;
    let mut answer = Vec::new();
    service.read_to_end(&mut answer)?;
    tls.write_all(&answer)?;
    tls.conn.send_close_notify();
    tls.flush()
}
