//! Whoever answers questions: a person at a terminal, or a test.

use std::io::{self, IsTerminal, stderr, stdin};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, Select};

use crate::interrupt::Interrupt;
use crate::refusal::Refusal;
use crate::report;

/// Somebody who can be asked. An error of the kind `Interrupted` means that they have called it off.
pub trait Asker {
    /// Shows a line that asks nothing.
    fn say(&mut self, line: &str);
    /// A word; asked for again until the judge has nothing against it.
    fn word(&mut self, question: &str, default: Option<&str>, judge: Judge<'_>) -> io::Result<String>;
    /// One of several, by its index. The caller says which one it became.
    fn one(&mut self, question: &str, items: &[String], default: usize) -> io::Result<usize>;
    /// Yes or no.
    fn agrees(&mut self, question: &str) -> io::Result<bool>;
}

/// Says what is wrong with a word.
pub type Judge<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// A person at the terminal of this process.
pub struct Terminal {
    screen: Term,
    theme: ColorfulTheme,
    interrupt: Interrupt,
}

/// How late a signal may be noticed while a question waits for keys.
const NOTICED_WITHIN: Duration = Duration::from_millis(20);

impl Terminal {
    /// The terminal, when somebody can both see the questions and answer them.
    pub fn attached(interrupt: &Interrupt) -> Option<Self> {
        let is_attended = stdin().is_terminal() && stderr().is_terminal();
        is_attended.then(|| Self {
            screen: Term::stderr(),
            theme: ColorfulTheme::default(),
            interrupt: interrupt.clone(),
        })
    }

    /// Asks. A question that is called off must leave neither the terminal without its cursor nor the next words in its
    /// line.
    fn asked<T>(&self, ask: impl FnOnce(&Term) -> dialoguer::Result<T>) -> io::Result<T> {
        let is_over = AtomicBool::new(false);
        let answer = thread::scope(|scope| {
            let watch = scope.spawn(|| self.watch(&is_over));
            let answer = ask(&self.screen);
            is_over.store(true, Ordering::Relaxed);
            watch.thread().unpark();
            answer
        });
        answer.map_err(|dialoguer::Error::IO(error)| {
            let _ = self.screen.show_cursor();
            let _ = self.screen.write_line("");
            error
        })
    }

    /// Looks for a signal as long as the question is open.
    fn watch(&self, is_over: &AtomicBool) {
        while !is_over.load(Ordering::Relaxed) {
            if self.interrupt.check().is_err() {
                leave(&self.screen);
            }
            thread::park_timeout(NOTICED_WITHIN);
        }
    }
}

/// Ends the process: who reads keys does not hear of a signal. Nothing has been written while questions are asked, so
/// nothing has to be taken back but what the question did to the terminal.
fn leave(screen: &Term) -> ! {
    let _ = screen.show_cursor();
    // The question may have switched off the echo; without `stty`, shells mend that as well.
    let _ = Command::new("stty").arg("sane").stderr(Stdio::null()).status();
    let refusal = Refusal::interrupted();
    report::refusal(&refusal, false, &mut io::sink(), &mut stderr());
    report::nothing_written(&mut stderr());
    std::process::exit(refusal.exit.into())
}

impl Asker for Terminal {
    fn say(&mut self, line: &str) {
        let _ = self.screen.write_line(line);
    }

    fn word(&mut self, question: &str, default: Option<&str>, judge: Judge<'_>) -> io::Result<String> {
        let input = Input::<String>::with_theme(&self.theme).with_prompt(question);
        let input = match default {
            Some(default) => input.default(default.to_string()),
            None => input,
        };
        let input = input.validate_with(|word: &String| judge(word.trim()));
        self.asked(|screen| input.interact_text_on(screen)).map(|word| word.trim().to_string())
    }

    fn one(&mut self, question: &str, items: &[String], default: usize) -> io::Result<usize> {
        let select = Select::with_theme(&self.theme).with_prompt(question).items(items).default(default);
        let select = select.report(false);
        self.asked(|screen| select.interact_on_opt(screen)).and_then(answered)
    }

    fn agrees(&mut self, question: &str) -> io::Result<bool> {
        let confirm = Confirm::with_theme(&self.theme).with_prompt(question).default(true);
        self.asked(|screen| confirm.interact_on_opt(screen)).and_then(answered)
    }
}

/// Escape is a way of calling it off.
fn answered<T>(answer: Option<T>) -> io::Result<T> {
    answer.ok_or_else(|| io::ErrorKind::Interrupted.into())
}
