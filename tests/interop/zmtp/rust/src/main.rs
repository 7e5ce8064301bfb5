//! A peer made of zeromq.rs; ../../README.md says what it understands.

use std::collections::HashMap;

use bytes::Bytes;
use futures::channel::mpsc::Receiver;
use futures::StreamExt;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use zeromq::util::PeerIdentity;
use zeromq::{
    DealerSocket, ReqSocket, RouterSocket, Socket, SocketEvent, SocketOptions, SocketRecv,
    SocketSend, SubSocket, ZmqError, ZmqMessage, ZmqResult,
};

type Commands = Lines<BufReader<Stdin>>;

struct Meeting {
    binds: bool,
    endpoint: String,
    watch: bool,
}

fn message(frames: Vec<Bytes>) -> ZmqMessage {
    ZmqMessage::try_from(frames).expect("a message has a frame")
}

async fn open<S: Socket>(socket: &mut S, meeting: &Meeting) -> ZmqResult<()> {
    if meeting.binds {
        println!("ready {}", socket.bind(&meeting.endpoint).await?);
        return Ok(());
    }
    println!("ready {}", meeting.endpoint);
    socket.connect(&meeting.endpoint).await
}

/// A peer that nobody should let in: says so when its connection ends.
async fn watch<S: Socket + SocketRecv>(mut socket: S, meeting: &Meeting, mut commands: Commands) {
    let mut events = socket.monitor();
    let refused = match open(&mut socket, meeting).await {
        Err(_) => true,
        Ok(()) => loop {
            tokio::select! {
                event = events.next() => {
                    if matches!(event, Some(SocketEvent::Disconnected(_)) | None) { break true }
                }
                received = socket.recv() => if received.is_err() { break true },
                _ = commands.next_line() => break false,
            }
        },
    };
    if refused {
        println!("refused");
        let _ = commands.next_line().await;
    }
}

async fn echo(mut socket: RouterSocket, mut commands: Commands) -> ZmqResult<()> {
    loop {
        tokio::select! {
            received = socket.recv() => {
                let mut frames = received?.into_vec();
                if frames[2].starts_with(b"frames") {
                    frames.extend([Bytes::from("two"), Bytes::from("more")]);
                }
                socket.send(message(frames)).await?;
            }
            _ = commands.next_line() => return Ok(()),
        }
    }
}

struct Caller<S> {
    socket: S,
    events: Receiver<SocketEvent>,
    connected: bool,
    /// A REQ socket adds and removes the delimiter itself.
    before: Vec<Bytes>,
}

impl<S: Socket + SocketSend + SocketRecv> Caller<S> {
    async fn send(&mut self, payload: Bytes) -> Result<(), String> {
        self.send_frames([self.before.clone(), vec![payload]].concat())
            .await
    }

    async fn send_frames(&mut self, frames: Vec<Bytes>) -> Result<(), String> {
        self.socket
            .send(message(frames))
            .await
            .map_err(|error| error.to_string())
    }

    async fn expect(&mut self, payload: Bytes) -> Result<(), String> {
        let frames = self
            .socket
            .recv()
            .await
            .map_err(|error| error.to_string())?
            .into_vec();
        let size = payload.len();
        if frames == [self.before.clone(), vec![payload]].concat() {
            return Ok(());
        }
        let shown: Vec<_> = frames
            .iter()
            .map(|frame| frame.slice(..frame.len().min(40)))
            .collect();
        Err(format!("{shown:?} came back for {size} bytes"))
    }

    async fn call(&mut self, payload: Bytes) -> Result<(), String> {
        self.send(payload.clone()).await?;
        self.expect(payload).await
    }

    async fn obey(&mut self, line: &str) -> Result<(), String> {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |word: &str| word.parse::<usize>().map_err(|error| error.to_string());
        let text = |i: usize| Bytes::from(format!("{} {i}", words[2]));
        match words[0] {
            "sequential" => {
                for i in 0..number(words[1])? {
                    self.call(text(i)).await?;
                }
            }
            "pipelined" => {
                for i in 0..number(words[1])? {
                    self.send(text(i)).await?;
                }
                for i in 0..number(words[1])? {
                    self.expect(text(i)).await?;
                }
            }
            "sizes" => {
                for word in &words[1..] {
                    // A prime: no shifted block looks like another.
                    let payload: Vec<u8> = (0..number(word)?).map(|i| (i % 251) as u8).collect();
                    self.call(Bytes::from(payload)).await?;
                }
            }
            "frames" => {
                for frames in [
                    &["", "payload", "two", "more"][..],
                    &["not empty", "payload"],
                ] {
                    let frames = frames
                        .iter()
                        .map(|frame| Bytes::from(frame.to_string()))
                        .collect();
                    self.send_frames(frames).await?;
                    self.expect(Bytes::from("payload")).await?;
                }
            }
            // No line is obeyed before that.
            "reconnected" => {}
            other => return Err(format!("there is no command '{other}'")),
        }
        Ok(())
    }

    /// The library does not connect a DEALER again by itself: its user watches for the loss.
    async fn run(mut self, meeting: &Meeting, mut commands: Commands) -> ZmqResult<()> {
        let mut waiting: Option<String> = None;
        loop {
            if let Some(line) = waiting.take_if(|_| self.connected) {
                match self.obey(&line).await {
                    Ok(()) => println!("ok"),
                    Err(error) => println!("failed: {error}"),
                }
            }
            tokio::select! {
                biased;
                event = self.events.next() => match event {
                    Some(SocketEvent::Disconnected(_)) => {
                        self.connected = false;
                        // It fails where the listener is closing.
                        while !meeting.binds && self.socket.connect(&meeting.endpoint).await.is_err() {}
                    }
                    Some(SocketEvent::Connected(..) | SocketEvent::Accepted(..)) => self.connected = true,
                    _ => {}
                },
                line = commands.next_line(), if waiting.is_none() => match line {
                    Ok(Some(line)) => waiting = Some(line),
                    _ => return Ok(()),
                },
                // Only to notice the end of the connection; a REQ may not receive between calls.
                received = self.socket.recv(), if !self.before.is_empty() => if received.is_ok() {
                    return Err(ZmqError::Other("an answer that nobody had asked for"));
                },
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ZmqResult<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let settings: HashMap<&str, &str> = arguments[3..]
        .iter()
        .filter_map(|setting| setting.split_once('='))
        .collect();
    let meeting = Meeting {
        binds: arguments[1] == "bind",
        endpoint: arguments[2].clone(),
        watch: settings.contains_key("watch"),
    };
    let mut options = SocketOptions::default();
    if let Some(identity) = settings.get("identity") {
        options.peer_identity(identity.parse::<PeerIdentity>()?);
    }
    let commands = BufReader::new(tokio::io::stdin()).lines();

    match (arguments[0].as_str(), meeting.watch) {
        ("router", true) => watch(RouterSocket::with_options(options), &meeting, commands).await,
        ("dealer", true) => watch(DealerSocket::with_options(options), &meeting, commands).await,
        ("req", true) => watch(ReqSocket::with_options(options), &meeting, commands).await,
        ("sub", _) => watch(SubSocket::with_options(options), &meeting, commands).await,
        ("router", false) => {
            let mut socket = RouterSocket::with_options(options);
            open(&mut socket, &meeting).await?;
            echo(socket, commands).await?;
        }
        ("dealer", false) => {
            let mut socket = DealerSocket::with_options(options);
            let events = socket.monitor();
            open(&mut socket, &meeting).await?;
            let before = vec![Bytes::new()];
            Caller {
                socket,
                events,
                connected: false,
                before,
            }
            .run(&meeting, commands)
            .await?;
        }
        ("req", false) => {
            let mut socket = ReqSocket::with_options(options);
            let events = socket.monitor();
            open(&mut socket, &meeting).await?;
            Caller {
                socket,
                events,
                connected: false,
                before: vec![],
            }
            .run(&meeting, commands)
            .await?;
        }
        (other, _) => panic!("there is no socket type '{other}'"),
    }
    Ok(())
}
