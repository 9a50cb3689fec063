//! A wire to a server, and all that can be wrong with one: nobody at the other end, slow answers, answers that break off
//! in the middle, answers that are none.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How the wire hands on what the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// As they are.
    Whole,
    /// Each piece so much later.
    Late(Duration),
    /// The connection breaks after so many bytes, in the middle of what follows the greeting.
    CutAfter(usize),
    /// These bytes instead.
    Instead(&'static [u8]),
}

/// A port that leads to another one, until it is cut: then nobody listens there.
pub struct Wire {
    pub port: u16,
    to: SocketAddr,
    /// While it is whole.
    stop: Option<Arc<AtomicBool>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Wire {
    pub fn to(port: u16) -> Self {
        Self::to_address(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    pub fn to_address(to: SocketAddr) -> Self {
        let mut wire = Self { port: 0, to, stop: None, open: Arc::default(), answers: Arc::new(Mutex::new(Answers::Whole)) };
        wire.mend();
        wire
    }

    /// From now on answers come so, on open connections as well.
    pub fn answer(&self, how: Answers) {
        *lock(&self.answers) = how;
    }

    pub fn mend(&mut self) {
        self.answer(Answers::Whole);
        if self.stop.is_some() {
            return;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).expect("the port is free");
        self.port = listener.local_addr().expect("an address").port();
        let stop = Arc::new(AtomicBool::new(false));
        self.stop = Some(Arc::clone(&stop));
        let (to, open, answers) = (self.to, Arc::clone(&self.open), Arc::clone(&self.answers));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(far) = TcpStream::connect(to) else { continue };
                // Small questions and answers: waiting for more of them would be a delay of this wire's own.
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let copy = |stream: &TcpStream| stream.try_clone().expect("a copy");
                lock(&open).extend([copy(&near), copy(&far)]);
                let (questions, asked) = (copy(&near), copy(&far));
                thread::spawn(move || hand_on(questions, asked, || Answers::Whole));
                let answers = Arc::clone(&answers);
                thread::spawn(move || hand_on(far, near, || *lock(&answers)));
            }
        });
    }

    /// Nobody is there any more.
    pub fn cut(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.store(true, Ordering::Relaxed);
            // Wakes the one who listens.
            let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
        }
        self.hang_up();
    }

    /// Ends all that is under way; new connections are taken.
    pub fn hang_up(&self) {
        for stream in lock(&self.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn hand_on(mut from: TcpStream, mut into: TcpStream, how: impl Fn() -> Answers) {
    let mut buffer = [0; 16 * 1024];
    let mut before = 0;
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let mut piece = &buffer[..read];
        if let Answers::Late(_) = how() {
            wait(&how);
        }
        let now = how();
        match now {
            Answers::CutAfter(bytes) => piece = &piece[..read.min(bytes.saturating_sub(before))],
            Answers::Instead(bytes) => piece = bytes,
            Answers::Whole | Answers::Late(_) => {}
        }
        before += read;
        if into.write_all(piece).is_err() || matches!(now, Answers::CutAfter(bytes) if before >= bytes) {
            break;
        }
    }
    let _ = into.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// Until the delay is over, or somebody has mended the wire.
fn wait(how: &impl Fn() -> Answers) {
    let begun = Instant::now();
    while let Answers::Late(delay) = how() {
        let left = delay.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(Duration::from_millis(20)));
    }
}
