//! A function without a runtime: it asks the runtime API for an event, and has no use for one.

use std::{
    env,
    io::{self, Read, Write},
    net::TcpStream,
};

fn main() -> io::Result<()> {
    let address = env::var("AWS_LAMBDA_RUNTIME_API").map_err(io::Error::other)?;
    let mut api = TcpStream::connect(&address)?;
    let request =
        format!("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {address}\r\n\r\n");
    api.write_all(request.as_bytes())?;
    api.read_to_end(&mut Vec::new())?;
    Ok(())
}
