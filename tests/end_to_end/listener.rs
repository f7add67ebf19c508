//! A server that hears what the command asks, and gives each request the same reply.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use anyhow::{Result, anyhow};

/// AWS's refusal in the Query protocol, which no SDK tries again.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>.
pub(crate) const REFUSAL: &str = "HTTP/1.1 403 Forbidden\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
/// What a proxy of a company answers in place of AWS.
pub(crate) const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<html><body>Please log in</body></html>";

/// A server on a port of its own.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// Begins to listen.
    pub(crate) fn replying(reply: &'static str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that leaves early is heard no more.
                if let Ok(head) = answer(stream, reply)
                    && let Ok(mut heard) = hears.lock()
                {
                    heard.push(head);
                }
            }
        });
        Ok(Self { url, heard })
    }

    /// The heads of the requests so far.
    pub(crate) fn heard(&self) -> Result<Vec<String>> {
        let heard = self
            .heard
            .lock()
            .map_err(|_| anyhow!("the listener broke"))?;
        Ok(heard.clone())
    }
}

fn answer(mut stream: TcpStream, reply: &str) -> Result<String> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    reader.read_exact(&mut vec![0; length.unwrap_or_default()])?;
    stream.write_all(reply.as_bytes())?;
    Ok(head)
}
