//! The hub under test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use battala_testkit::{Cluster, Proxy, Scratch, TestDatabase};
use serde_json::json;
use toml::{Table, Value};

use super::http::{Http, Request};
use super::leftovers::wait_for_jobs;
use super::options::{Engine, Options, engine};
use super::process::Process;
use super::socket::Socket;
use super::user::{PASSWORD, User};
use super::watched::Watched;

/// The name of the administrator of a hub that is set up.
const ADMIN: &str = "root";

/// The exit code of what stays so until somebody changes it.
pub(crate) const EXIT_LASTING: i32 = 78;

const BINARY: &str = env!("CARGO_BIN_EXE_battala");

/// Runs what follows the number of blocks with that bound. Whoever ignores the signal that is
/// sent beyond the bound gets an error from the write instead.
const WITH_SMALL_FILES: &str = r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#;
/// The unit of `ulimit -f`, by POSIX.
const FILE_BLOCK_BYTES: u64 = 512;

/// Lines of the log that a test which fails shows.
const LINES_SHOWN: usize = 40;

/// The real binary with a data directory and a database of its own. Killed when
/// dropped; an error in its log fails the test, and so does a job that it has not done.
#[derive(Debug)]
pub(crate) struct TestHub {
    pub(crate) http: Arc<Http>,
    process: Option<Process>,
    lines: Arc<Watched<Vec<String>>>,
    options: Options,
    scratch: Scratch,
    proxy: Option<Proxy>,
    database: Option<Arc<TestDatabase>>,
    /// The servers of its own, newest last.
    servers: Vec<Cluster>,
}

impl TestHub {
    /// A hub that is set up and open to everyone.
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let own = options.has_own_server && engine() == Engine::Postgres;
        let servers: Vec<Cluster> = own
            .then(|| Cluster::start().expect("a server"))
            .into_iter()
            .collect();
        let database = match (engine(), servers.first()) {
            (Engine::Sqlite, _) => None,
            (Engine::Postgres, None) => Some(database().await),
            (Engine::Postgres, Some(own)) => Some(TestDatabase::empty_in(own).expect("a database")),
        };
        let mut hub = Self::new(options, database.map(Arc::new), servers);
        hub.run().await;
        hub
    }

    /// Another hub on the same PostgreSQL database, with a data directory of its own.
    pub(crate) async fn beside(&self) -> Self {
        let mut hub = Self::new(Options::default(), self.database.clone(), Vec::new());
        hub.run().await;
        hub
    }

    fn new(options: Options, database: Option<Arc<TestDatabase>>, servers: Vec<Cluster>) -> Self {
        let before = database.as_ref().filter(|_| options.is_proxied);
        let proxy = before.map(|it| Proxy::start(it.url()).expect("a proxy"));
        Self {
            http: Arc::new(Http::new(SocketAddr::from(([127, 0, 0, 1], 0)))),
            process: None,
            lines: Arc::default(),
            options,
            scratch: Scratch::new().expect("a directory"),
            proxy,
            database,
            servers,
        }
    }

    /// Starts the process on the data that is there, at the same address.
    pub(crate) async fn run(&mut self) {
        self.run_by(Command::new(BINARY)).await;
    }

    /// The same, on a disk on which no file may grow beyond this: a write that goes on fails.
    pub(crate) async fn run_with_files_of(&mut self, bytes_max: u64) {
        let blocks = bytes_max / FILE_BLOCK_BYTES;
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", WITH_SMALL_FILES, "sh", &blocks.to_string(), BINARY]);
        self.run_by(shell).await;
    }

    async fn run_by(&mut self, mut command: Command) {
        assert!(self.process.is_none(), "it runs already");
        let seen = self.lines.read(Vec::len);
        self.prepare(&mut command).arg("serve");
        self.process = Some(Process::start(&mut command, &self.lines));
        let address = super::until("the hub starts", async || {
            let process = self.process.as_mut().expect("it was started");
            let ended = process.ended();
            assert!(ended.is_none(), "the hub did not start:\n{}", self.log());
            let find = |lines: &Vec<String>| lines[seen..].iter().find_map(|line| address_in(line));
            self.lines.read(find)
        })
        .await;
        if self.http.address.port() == 0 {
            self.http = Arc::new(Http::new(address));
        }
    }

    fn prepare<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let settings = self.scratch.path().join("battala.toml");
        std::fs::write(&settings, self.settings()).expect("the settings are written");
        command
            .env_clear()
            .envs(self.options.environment.iter().cloned())
            .current_dir(self.scratch.path())
            .arg("--config")
            .arg(&settings)
    }

    /// What another process of the program says, with the same settings and beside the hub.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        self.prepare(&mut command)
            .env("BATTALA_LISTEN", "127.0.0.1:0")
            .args(arguments)
            .output()
            .expect("the binary starts")
    }

    /// The same, and how many bytes the process has read. Nobody answers what it asks.
    pub(crate) async fn command_and_bytes_read(&self, arguments: &[&str]) -> (Output, u64) {
        let mut command = Command::new(BINARY);
        self.prepare(&mut command)
            .env("BATTALA_LISTEN", "127.0.0.1:0")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let process = command.spawn().expect("the binary starts");
        let record = |name: &str| {
            let path = format!("/proc/{}/{name}", process.id());
            std::fs::read_to_string(path).expect("it is kept until somebody asks for its end")
        };
        super::until("its end", async || {
            record("stat").contains(") Z ").then_some(())
        })
        .await;
        let io = record("io");
        let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
        let bytes = read.and_then(|bytes| bytes.parse().ok());
        let output = process.wait_with_output().expect("what it said");
        (output, bytes.expect("a number"))
    }

    /// Makes an administrator, for which the hub is stopped and started again.
    pub(crate) async fn another_admin(&mut self, name: &str) -> User {
        self.stop().await;
        let input = self.scratch.path().join("password");
        std::fs::write(&input, format!("{PASSWORD}\n")).expect("written");
        let mut command = Command::new(BINARY);
        let made = self
            .prepare(&mut command)
            .args(["admin", "create", name, "--password-stdin"])
            .stdin(std::fs::File::open(&input).expect("a file"))
            .output()
            .expect("the binary starts");
        assert!(made.status.success(), "{made:?}");
        self.run().await;
        self.login(name).await
    }

    /// The same with the database at another address.
    pub(crate) fn command_at(&self, database_url: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        self.prepare(&mut command)
            .env("BATTALA_LISTEN", "127.0.0.1:0")
            .env("BATTALA_DATABASE_URL", database_url)
            .args(arguments)
            .output()
            .expect("the binary starts")
    }

    /// Stops the process where it stands ([`TestHub::thaw`]), as a pause of its machine would.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let signal = format!("kill -{name} {}", self.process_id());
        let sent = Command::new("sh").args(["-c", &signal]).status();
        assert!(sent.expect("sh starts").success());
    }

    /// Ends the process without a warning, as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.process = None;
        self.http.hang_up();
    }

    /// Asks the process to stop and returns its exit code.
    pub(crate) async fn stop(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("it runs");
        let status = process.stop().await;
        self.http.hang_up();
        status.code()
    }

    /// Waits until the process has ended by itself; its exit code, and the errors that it logged,
    /// which were to be expected.
    pub(crate) async fn ended(&mut self) -> (Option<i32>, Vec<String>) {
        let mut process = self.process.take().expect("it runs");
        let status = super::until("its end", async || process.ended()).await;
        process.drained().await;
        self.http.hang_up();
        (status.code(), self.take_errors())
    }

    /// The errors that it has logged so far, which were to be expected.
    pub(crate) fn take_errors(&self) -> Vec<String> {
        let mut errors = Vec::new();
        self.lines
            .change(|lines| errors = lines.extract_if(.., |line| is_error(line)).collect());
        errors
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    /// Everything that the process printed so far.
    pub(crate) fn log(&self) -> String {
        self.lines.read(|lines| lines.join("\n"))
    }

    /// The first line of the log that `look` likes.
    pub(crate) async fn logged<R>(&self, what: &str, look: impl Fn(&str) -> Option<R>) -> R {
        self.lines
            .until(what, |lines| lines.iter().find_map(|line| look(line)))
            .await
    }

    /// Waits for a line of the log with these words.
    pub(crate) async fn says(&self, words: &str) {
        self.logged(words, |line| line.contains(words).then_some(()))
            .await;
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    /// The address of the hub's database, for a process that opens it after the hub.
    pub(crate) fn database_url(&self) -> String {
        if let Some(database) = &self.database {
            return database.url().to_owned();
        }
        let given = self.options.settings.get("database_url");
        let file = given.and_then(|url| url.as_str()?.strip_prefix("sqlite:"));
        let path = match file {
            // Where the process was started.
            Some(file) => self.data_dir().with_file_name(file),
            None => self.data_dir().join("battala.db"),
        };
        format!("sqlite:{}", path.display())
    }

    /// The way to the database, of a hub that was started with [`Options::proxied`] on PostgreSQL.
    pub(crate) fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("it was asked for")
    }

    /// Nothing listens at the database's address any more, and there is no way back.
    pub(crate) fn lose_database(&mut self) {
        drop(self.proxy.take().expect("it was asked for"));
    }

    /// A standby that has what is written now, and nothing of what comes.
    pub(crate) fn standby(&self) -> Cluster {
        let server = self.servers.last().expect("one of its own");
        server.standby().expect("a standby")
    }

    /// The standby takes over: the way to the database breaks, and leads there from now on.
    pub(crate) fn fail_over(&mut self, standby: Cluster) {
        let (proxy, name) = (self.proxy(), self.run_sql("SELECT current_database()"));
        proxy.refuse(true);
        proxy.cut();
        standby.promote().expect("it takes over");
        proxy.redirect(&standby.url(&name)).expect("a way there");
        proxy.refuse(false);
        self.servers.push(standby);
    }

    /// Runs a statement in the PostgreSQL database, past the hub.
    pub(crate) fn run_sql(&self, statement: &str) -> String {
        let database = self.database.as_ref().expect("PostgreSQL");
        let printed = database.run(statement);
        printed.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The token of the setup link that was printed.
    pub(crate) async fn setup_token(&self) -> String {
        self.logged("the setup link", |line| {
            let (_, token) = line.split_once("/setup#token=")?;
            Some(token.trim().to_owned())
        })
        .await
    }

    /// Registers an account.
    pub(crate) async fn user(&self, name: &str) -> User {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.post("/api/auth/register", &body).await;
        User::signed_in(&self.http, &answer)
    }

    /// Signs the administrator in.
    pub(crate) async fn admin(&self) -> User {
        self.login(ADMIN).await
    }

    /// A further session of an account.
    pub(crate) async fn login(&self, name: &str) -> User {
        let body = json!({"login": name, "password": PASSWORD});
        let answer = self.post("/api/auth/login", &body).await;
        User::signed_in(&self.http, &answer)
    }

    /// A request without an account.
    pub(crate) async fn get(&self, path: &str) -> super::Answer {
        self.http.send(&Request::new("GET", path)).await
    }

    /// A request without an account.
    pub(crate) async fn post(&self, path: &str, body: &serde_json::Value) -> super::Answer {
        self.http.send(&Request::new("POST", path).json(body)).await
    }

    /// A connection of the user that is ready, with the state of all servers.
    pub(crate) async fn socket(&self, user: &User) -> Socket {
        Socket::ready(self.http.address, &user.token).await
    }

    fn settings(&self) -> String {
        let options = &self.options;
        let mut settings = options.settings.clone();
        let mut set = |name: &str, value: Value| settings.insert(name.to_owned(), value);
        set("listen", self.http.address.to_string().into());
        set("data_dir", path_value(&self.data_dir()));
        set("limits", options.limits.clone().into());
        if let Some(database) = &self.database {
            let url = self.proxy.as_ref().map(Proxy::url);
            let url = url.unwrap_or_else(|| database.url().to_owned());
            set("database_url", url.into());
        }
        if options.is_set_up {
            let mut setup = Table::new();
            setup.insert("admin_name".to_owned(), ADMIN.into());
            setup.insert("admin_password".to_owned(), PASSWORD.into());
            setup.insert("registration".to_owned(), options.registration.into());
            if let Some(inviters) = options.inviters {
                setup.insert("inviters".to_owned(), inviters.into());
            }
            set("setup", setup.into());
        }
        settings.to_string()
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        let ended = self.process.as_mut().and_then(Process::ended);
        let is_working = self.process.is_some() && ended.is_none();
        let jobs = if is_working && !std::thread::panicking() {
            wait_for_jobs(&self.database_url())
        } else {
            Ok(())
        };
        self.process = None;
        if std::thread::panicking() {
            let log = self.log();
            let earlier = log.lines().count().saturating_sub(LINES_SHOWN);
            let lines = log.lines().enumerate();
            let shown = lines.filter(|(at, line)| *at >= earlier || is_error(line));
            let shown: Vec<&str> = shown.map(|(_, line)| line).collect();
            show(&shown.join("\n"));
            return;
        }
        assert!(
            ended.is_none(),
            "the hub ended by itself ({ended:?}):\n{}",
            self.log()
        );
        if let Err(left) = jobs {
            panic!("{left}:\n{}", self.log());
        }
        let errors: Vec<String> = self.lines.read(|lines| {
            let errors = lines.iter().filter(|line| is_error(line));
            errors.cloned().collect()
        });
        assert!(
            errors.is_empty(),
            "the hub logged errors:\n{}",
            errors.join("\n")
        );
    }
}

#[expect(clippy::print_stdout, reason = "the output of a test that fails")]
fn show(log: &str) {
    println!("the end of the hub's log:\n{log}");
}

fn is_error(line: &str) -> bool {
    line.contains("\"level\":\"ERROR\"") || line.contains("panicked at")
}

fn path_value(path: &Path) -> Value {
    path.display().to_string().into()
}

/// Where the hub says that it listens.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("(listening on ")?;
    rest.split(',').next()?.parse().ok()
}

/// A database with the hub's schema, copied from one that was prepared once.
pub(crate) async fn database() -> TestDatabase {
    let steps = battala_store::MIGRATIONS.steps();
    let key = format!(
        "hub_{:x}",
        fingerprint(steps.iter().map(|step| step.postgres))
    );
    let prepare = async |url: String| {
        let options = battala_store::Options::new(url.parse()?);
        battala_store::Db::open(&options).await?.close().await;
        Ok::<_, battala_store::OpenError>(())
    };
    TestDatabase::from_template(&key, prepare)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn fingerprint<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    for text in texts {
        text.hash(&mut hasher);
    }
    hasher.finish()
}
