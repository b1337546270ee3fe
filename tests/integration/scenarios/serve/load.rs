//! Many webhooks, large ones, slow ones.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[test]
fn of_a_thousand_at_fifty_at_once_none_is_lost() {
    let (shop, mut server) = served(10);
    shop.sim.state().github.remaining = 1_000_000;
    let keys: Vec<String> = (1..=10).map(|number| format!("SEC-{number}")).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::SeqCst);
                    if turn >= 1000 {
                        return;
                    }
                    let key = &keys[turn % 10];
                    if (500..510).contains(&turn) {
                        shop.go(key, "In Progress");
                    }
                    assert_eq!(server.tell(&shop, key), 200, "{:?}", server.log().last());
                }
            });
        }
    });
    for key in &keys {
        assert!(row(&shop, key).contains("| ▶ In Progress |"), "{}", row(&shop, key));
    }
    assert_eq!(timeline(&shop, 7).len(), 10, "each change is told once");
    let calls = shop.sim.journal().len();
    assert!(calls < 4000, "{calls} calls: what waits together is done together");
    assert_eq!(server.end(), 0);
    let done = server.log().iter().filter(|line| line["message"] == "handled a webhook").count();
    assert_eq!(done, 1000);
}

#[test]
fn a_body_of_two_megabytes_is_refused_and_the_next_one_served() {
    let (shop, server) = served(1);
    shop.go("SEC-1", "Done");
    let body = vec![b' '; 2 << 20];
    for _ in 0..3 {
        assert_eq!(server.post("/webhooks/jira", Some(&sign(SECRET, &body)), &body), 413);
    }
    // without a length, piece by piece
    let head =
        "POST /webhooks/jira HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let piece = [b"10000\r\n", &vec![b' '; 0x10000][..], b"\r\n"].concat();
    let request = [head.as_bytes(), &piece.repeat(32), b"0\r\n\r\n"].concat();
    assert_eq!(server.ask(&request), 413);
    assert_eq!(shop.sim.journal().len(), 0);
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert_eq!(shop.writes(), FIRST_CHANGE);
}

#[test]
fn slow_clients_are_turned_away_and_hold_up_nobody() {
    let (shop, server) = served(1);
    let open = |said: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        stream
    };
    let begun = Instant::now();
    let mut silent: Vec<_> = (0..20).map(|_| open("")).collect();
    let mut half_head: Vec<_> = (0..20).map(|_| open("POST /webhooks/jira HTTP/1.1\r\nhost:")).collect();
    let half = "POST /webhooks/jira HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{";
    let mut half_body: Vec<_> = (0..20).map(|_| open(half)).collect();
    shop.go("SEC-1", "Done");
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    // an answer that says so, or none; in any case they are let go
    assert!(silent.iter_mut().all(|stream| matches!(status(stream), 0 | 408)));
    assert!(half_head.iter_mut().all(|stream| matches!(status(stream), 0 | 408)));
    assert!(half_body.iter_mut().all(|stream| status(stream) == 408));
    assert!(begun.elapsed() < Duration::from_secs(50), "{:?}", begun.elapsed());
}

#[test]
fn idle_and_lingering_clients_keep_no_webhook_out() {
    let (shop, server) = served(1);
    let health = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let half = "POST /webhooks/jira HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
    // more than there are places, for as long as the test goes on
    for said in ["", health, half, "POST /webhooks/jira HTTP/1.1\r\nhost:"] {
        let (stop, address) = (std::sync::atomic::AtomicBool::new(false), server.address);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut held: Vec<TcpStream> = Vec::new();
                    while !stop.load(Ordering::SeqCst) {
                        if held.len() < 100 {
                            let Ok(mut stream) = TcpStream::connect(address) else { continue };
                            // who was cut off comes again
                            let _cut = stream.write_all(said.as_bytes());
                            held.push(stream);
                        }
                        for stream in &mut held {
                            stream.set_nonblocking(true).unwrap();
                            // a client that keeps its connection asks again and again
                            let _cut = stream.write_all(health.as_bytes());
                        }
                        held.retain(|stream| {
                            let mut byte = [0];
                            !matches!(stream.peek(&mut byte), Ok(0))
                        });
                        std::thread::sleep(Duration::from_millis(20));
                    }
                });
            }
            std::thread::sleep(Duration::from_secs(2));
            let begun = Instant::now();
            let (told, healthy) = (server.tell(&shop, "SEC-1"), server.get("/healthz"));
            let took = begun.elapsed();
            stop.store(true, Ordering::SeqCst);
            assert_eq!((told, healthy), (200, 200), "{said:?}");
            assert!(took < Duration::from_secs(8), "{said:?}: {took:?}");
        });
    }
}
