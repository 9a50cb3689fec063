//! A wire that can be cut.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A port that leads to another one, until it is cut: then nobody listens there.
pub(super) struct Wire {
    pub(super) port: u16,
    to: u16,
    /// While it is whole.
    stop: Option<Arc<AtomicBool>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    pub(super) fn to(to: u16) -> Self {
        let mut wire = Self { port: 0, to, stop: None, open: Arc::default() };
        wire.mend();
        wire
    }

    pub(super) fn mend(&mut self) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).expect("the port is free");
        self.port = listener.local_addr().expect("an address").port();
        let stop = Arc::new(AtomicBool::new(false));
        self.stop = Some(Arc::clone(&stop));
        let (to, open) = (self.to, Arc::clone(&self.open));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)) else { continue };
                open.lock().expect("no thread panicked").extend([&near, &far].map(|s| s.try_clone().expect("a copy")));
                for (from, into) in [(near.try_clone(), far.try_clone()), (Ok(far), Ok(near))] {
                    let (mut from, mut into) = (from.expect("a copy"), into.expect("a copy"));
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut into);
                        let _ = into.shutdown(Shutdown::Both);
                    });
                }
            }
        });
    }

    pub(super) fn cut(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.store(true, Ordering::Relaxed);
            // Wakes the one who listens.
            let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
        }
        for stream in self.open.lock().expect("no thread panicked").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
