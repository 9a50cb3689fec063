//! The connection below the protocol, for what begins in the clear. Nothing that came in the clear is taken for
//! an answer that was secured: the library keeps what it has read ahead when it turns to TLS, so in the clear it
//! gets one byte at a time and has none ahead when it has read the answer to STARTTLS (RFC 3207, 6). What follows
//! that answer is for TLS, which does not understand it and ends the connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What one answer may have at most, with what TLS adds to it, in bytes.
const LARGEST_ANSWER: usize = 256 * 1024;
/// How the first record of TLS begins (RFC 8446, 5.1). No command does.
const HANDSHAKE: u8 = 22;

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    in_the_clear: bool,
    /// Bytes since something was last said.
    heard: usize,
}

impl Wire {
    /// Connects to the first of the addresses that answers; each has `timeout`.
    pub(crate) async fn connect(addresses: &[SocketAddr], timeout: Duration) -> io::Result<Self> {
        let mut fault = io::Error::other("its name has no address");
        for address in addresses {
            match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(Self { stream, in_the_clear: true, heard: 0 }),
                Ok(Err(error)) => fault = error,
                Err(_) => fault = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(fault)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.heard > LARGEST_ANSWER {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "its answer does not end")));
        }
        let before = buffer.filled().len();
        if self.in_the_clear && buffer.remaining() > 0 {
            let mut byte = [0];
            let mut one = ReadBuf::new(&mut byte);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
            buffer.put_slice(one.filled());
        } else {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        }
        self.heard += buffer.filled().len() - before;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes.first() == Some(&HANDSHAKE) {
            self.in_the_clear = false;
        }
        self.heard = 0;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
