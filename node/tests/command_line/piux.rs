//! The built program in a folder of its own.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder with a node in it, and the program.
pub(crate) struct Piux {
    folder: TempDir,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Piux {
    /// An empty folder.
    pub(crate) fn nowhere() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// A folder with the new node of a state.
    pub(crate) fn of(state: &str) -> Self {
        let piux = Self::nowhere();
        let url = "https://127.0.0.1:8443";
        let said = piux.runs(&[
            "init",
            "--country",
            state,
            "--name",
            "PIU",
            "--no-passphrase",
            "--public-url",
            url,
        ]);
        assert_eq!(said.exit, 0, "{said:?}");
        piux
    }

    /// The node's folder.
    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// A file beside the node's folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program, about to run with this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piux"));
        command
            .env_clear()
            .arg("--dir")
            .arg(self.dir())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs to the end.
    pub(crate) fn runs(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// Runs with `--json`; the exit code and the one document on standard output.
    pub(crate) fn tells(&self, arguments: &[&str]) -> (i32, Value) {
        let said = self.runs(&[&["--json"], arguments].concat());
        let json = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("one JSON document: {said:?}"));
        (said.exit, json)
    }

    /// Serves on free ports; returns when the node is ready.
    pub(crate) fn serves(&self) -> Serving {
        self.serves_with(&[])
    }

    /// The same with more arguments.
    pub(crate) fn serves_with(&self, more: &[&str]) -> Serving {
        let ready = self.dir().join("run/addresses.json");
        let _ = std::fs::remove_file(&ready);
        let any = "127.0.0.1:0";
        let ports = ["serve", "--exchange", any, "--desk", any, "--ops", any];
        let mut command = self.command(&[&ports, more].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let serving = Serving(child);
        let late = Instant::now() + Duration::from_secs(30);
        while !ready.exists() {
            assert!(Instant::now() < late, "the node does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        serving
    }
}

impl Said {
    /// What a finished program said.
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self {
            exit: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// A node that serves until it is killed.
pub(crate) struct Serving(Child);

impl Serving {
    /// SIGKILL: no handler runs, nothing is flushed.
    #[allow(dead_code, reason = "only one of the two targets that share this file kills")]
    pub(crate) fn dies(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One invented traveller as a line of a message file.
pub(crate) fn traveller(number: usize) -> String {
    serde_json::json!({
        "src": "test", "src_id": number.to_string(),
        "flight": { "carrier": "UT", "number": "451", "date": "2026-06-20", "dep": "UTA", "arr": "RUB" },
        "booking": { "system": "UT", "locator": format!("K{number:05}"), "created": "2026-05-11" },
        "person": { "surname": "TESTMANN", "given": "ERIKA", "dob": "1984-02-29", "nat": "UTO" },
        "docs": [{ "type": "P", "number": format!("L{number:08}"), "issuer": "UTO", "expiry": "2032-11-12" }],
    })
    .to_string()
}

/// The path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
