//! `cargo xtask serve`: the page on this machine, rebuilt when a file changes.

use std::env;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::process::{say, start_error};
use crate::project::Project;
use crate::tools::Tools;

/// How long the first build may take before the addresses are no longer waited for.
const FIRST_BUILD: Duration = Duration::from_secs(1800);

/// What the user may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The port on 127.0.0.1.
    port: u16,
}

impl Options {
    /// Reads `[--port N]`.
    pub fn parse(arguments: &[&str]) -> Result<Self> {
        match arguments {
            [] => Ok(Self { port: 8080 }),
            ["--port" | "-p", port] => Ok(Self {
                port: parse_port(port)?,
            }),
            [joined] if joined.starts_with("--port=") => Ok(Self {
                port: parse_port(&joined["--port=".len()..])?,
            }),
            _ => Err(Error::Usage("usage: cargo xtask serve [--port N]".into())),
        }
    }
}

/// A port that a server can be given.
pub fn parse_port(text: &str) -> Result<u16> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(Error::Usage(format!("`{text}` is not a port (1 to 65535)"))),
    }
}

/// Serves until it is interrupted.
pub fn serve(project: &Project, options: Options) -> Result<()> {
    let port = options.port;
    check_free(port)?;
    let tools = Tools::ensure(project)?;
    say("serve: building the page (1 to 4 minutes the first time, seconds after a change)");
    start_announcing(port)?;
    let mut trunk = tools.trunk(project)?;
    trunk
        .args(["serve", "--address", "127.0.0.1", "--port"])
        .arg(port.to_string())
        .args(["--dist", "dist/serve"]);
    become_program(trunk)
}

/// Says plainly when another program has the port.
fn check_free(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .map(drop)
        .map_err(|error| {
            Error::Refused(format!(
                "port {port} on 127.0.0.1 cannot be used ({error}); stop what has it, or choose another with --port N"
            ))
        })
}

/// Turns this process into the server, so that whoever stops this process stops the server.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let source = command.stdin(Stdio::null()).exec();
    Err(start_error(&command, source))
}

/// Runs the server until it ends.
#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<()> {
    crate::process::run(&mut command)
}

/// Starts a second process that prints the addresses once the server answers: this one becomes the server.
fn start_announcing(port: u16) -> Result<()> {
    let program = env::current_exe().map_err(Error::io("find", "this program"))?;
    let mut command = Command::new(program);
    command
        .args(["announce", &port.to_string()])
        .stdin(Stdio::null());
    command
        .spawn()
        .map(drop)
        .map_err(|source| start_error(&command, source))
}

/// Waits for the server on `port` and prints what can be opened. Ends quietly when the server does.
pub fn announce(port: u16) -> Result<()> {
    let server = parent();
    let started = Instant::now();
    while started.elapsed() < FIRST_BUILD && parent() == server {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            say(&format!(
                "\n  an empty page    http://127.0.0.1:{port}/\n  a sample trace   http://127.0.0.1:{port}/?src=samples/sample.jsonl\n\n  Ctrl+C stops the server.\n"
            ));
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// The process that started this one.
#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// Not known without help from the system; the wait then ends by time.
#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn port_is_read_in_both_forms() {
        let port = |arguments: &[&str]| Options::parse(arguments).map(|options| options.port).ok();
        assert_eq!(port(&[]), Some(8080));
        assert_eq!(port(&["--port", "9000"]), Some(9000));
        assert_eq!(port(&["--port=9001"]), Some(9001));
        assert_eq!(port(&["--port", "0"]), None);
        assert_eq!(port(&["--port", "70000"]), None);
        assert_eq!(port(&["--host", "x"]), None);
    }
}
