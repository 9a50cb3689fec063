//! Between the server and `ldap3`: a task that hands on whole messages only, each of them looked through
//! ([`super::ber`]), each an answer to what was asked, none larger than a bound. So a server can neither
//! make this process panic nor fill its memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadHalf, WriteHalf},
    net::UnixStream,
};

use super::ber::{self, Message, operation};
use crate::{Fault, FaultKind};

/// No message may be larger: a group of a hundred thousand members fits.
const LARGEST_MESSAGE: usize = 32 << 20;
/// No answer to one search may be larger.
const LARGEST_ANSWER: usize = 96 << 20;

/// The first thing that went wrong on the wire, for whoever waits for an answer.
pub(super) type Trouble = Arc<OnceLock<Fault>>;

/// What was asked and is not answered yet: the operation, and how much came of it.
type Asked = Mutex<HashMap<u32, (u8, usize)>>;

/// Hands on until one side closes.
pub(super) async fn hand_on<S>(server: S, client: UnixStream, trouble: Trouble)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let asked = Asked::default();
    let (from_server, to_server) = tokio::io::split(server);
    let (from_client, to_client) = tokio::io::split(client);
    // Whichever ends first ends the other: there is nobody left to talk to.
    tokio::select! {
        () = answers(from_server, to_client, &asked, &trouble) => {}
        () = requests(from_client, to_server, &asked) => {}
    }
}

async fn requests<S: AsyncWrite>(mut from: ReadHalf<UnixStream>, mut to: WriteHalf<S>, asked: &Asked) {
    while let Ok(Some(frame)) = frame(&mut from).await {
        if let Some(message) = ber::request(frame.body()) {
            lock(asked).insert(message.id, (message.operation, 0));
        }
        if to.write_all(&frame.bytes).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// The fault is known before the connection is seen to end.
async fn answers<S: AsyncRead>(from: ReadHalf<S>, mut to: WriteHalf<UnixStream>, asked: &Asked, trouble: &Trouble) {
    let mut from = BufReader::with_capacity(1 << 16, from);
    let _ = trouble.set(answers_until_a_fault(&mut from, &mut to, asked).await);
}

async fn answers_until_a_fault<R, W>(from: &mut R, to: &mut W, asked: &Asked) -> Fault
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    loop {
        let frame = match frame(from).await {
            Ok(Some(frame)) => frame,
            Ok(None) => return closed(),
            Err(fault) => return fault,
        };
        let Some(message) = ber::response(frame.body()) else {
            // Nothing was asked under the number 0: it is how a server says good-bye (RFC 4511, 4.4.1).
            return if frame.body().starts_with(b"\x02\x01\x00") { closed() } else { garbled() };
        };
        if message.id == 0 {
            return closed();
        }
        if let Err(fault) = account(&mut lock(asked), message, frame.bytes.len()) {
            return fault;
        }
        if to.write_all(&frame.bytes).await.is_err() {
            return closed();
        }
    }
}

/// Whether this is an answer to something that was asked, and not too much of one.
fn account(asked: &mut HashMap<u32, (u8, usize)>, message: Message, size: usize) -> Result<(), Fault> {
    let Some((request, so_far)) = asked.get_mut(&message.id) else { return Err(garbled()) };
    let partial = matches!(message.operation, operation::ENTRY | operation::REFERENCE);
    let fits = match *request {
        operation::SEARCH => partial || message.operation == operation::DONE,
        operation::DELETE => message.operation == 0x6b,
        operation::BIND | operation::MODIFY | operation::ADD | operation::RENAME | operation::EXTENDED => message.operation == *request + 1,
        _ => false,
    };
    if !fits {
        return Err(garbled());
    }
    *so_far += size;
    if *so_far > LARGEST_ANSWER {
        return Err(Fault::new(
            FaultKind::Protocol,
            format!("The directory's answer is larger than {} MiB: set a smaller page size.", LARGEST_ANSWER >> 20),
        ));
    }
    if !partial {
        asked.remove(&message.id);
    }
    Ok(())
}

/// One message with its head.
pub(super) struct Frame {
    bytes: Vec<u8>,
    head: usize,
}

impl Frame {
    pub(super) fn body(&self) -> &[u8] {
        &self.bytes[self.head..]
    }
}

/// The next message; `None` when the other side has closed, also in the middle of one.
pub(super) async fn frame<R: AsyncRead + Unpin>(from: &mut R) -> Result<Option<Frame>, Fault> {
    let mut bytes = vec![0; 2];
    if from.read_exact(&mut bytes).await.is_err() {
        return Ok(None);
    }
    if bytes[0] != 0x30 {
        return Err(garbled());
    }
    let mut length = usize::from(bytes[1]);
    if length >= 0x80 {
        let count = length - 0x80;
        if !(1..=4).contains(&count) {
            return Err(garbled());
        }
        bytes.resize(2 + count, 0);
        if from.read_exact(&mut bytes[2..]).await.is_err() {
            return Ok(None);
        }
        length = bytes[2..].iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    }
    if length > LARGEST_MESSAGE {
        return Err(Fault::new(FaultKind::Protocol, format!("The directory sent a message of more than {} MiB.", LARGEST_MESSAGE >> 20)));
    }
    let head = bytes.len();
    // Memory is taken as it comes, not as it is announced.
    let came = from.take(length as u64).read_to_end(&mut bytes).await;
    Ok((came.is_ok() && bytes.len() == head + length).then_some(Frame { bytes, head }))
}

pub(super) fn closed() -> Fault {
    Fault::new(FaultKind::Unreachable, "The directory closed the connection before it had answered. It may be restarting; see its log.")
}

pub(super) fn garbled() -> Fault {
    Fault::new(FaultKind::Protocol, "What came is not LDAP. Is another service listening at this address?")
}

fn lock(asked: &Asked) -> std::sync::MutexGuard<'_, HashMap<u32, (u8, usize)>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}
