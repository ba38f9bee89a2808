//! Whoever answers questions: a person at a terminal, or a test.

use std::io::{self, IsTerminal, stderr, stdin};

use console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, Select};

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
}

impl Terminal {
    /// The terminal, when somebody can both see the questions and answer them.
    pub fn attached() -> Option<Self> {
        let is_attended = stdin().is_terminal() && stderr().is_terminal();
        is_attended.then(|| Self { screen: Term::stderr(), theme: ColorfulTheme::default() })
    }

    /// A question that is called off must leave neither the terminal without its cursor nor the next words in its line.
    fn asked<T>(&self, answer: dialoguer::Result<T>) -> io::Result<T> {
        answer.map_err(|dialoguer::Error::IO(error)| {
            let _ = self.screen.show_cursor();
            let _ = self.screen.write_line("");
            error
        })
    }
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
        self.asked(input.interact_text_on(&self.screen)).map(|word| word.trim().to_string())
    }

    fn one(&mut self, question: &str, items: &[String], default: usize) -> io::Result<usize> {
        let select = Select::with_theme(&self.theme).with_prompt(question).items(items).default(default);
        let select = select.report(false);
        self.asked(select.interact_on_opt(&self.screen)).and_then(answered)
    }

    fn agrees(&mut self, question: &str) -> io::Result<bool> {
        let confirm = Confirm::with_theme(&self.theme).with_prompt(question).default(true);
        self.asked(confirm.interact_on_opt(&self.screen)).and_then(answered)
    }
}

/// Escape is a way of calling it off.
fn answered<T>(answer: Option<T>) -> io::Result<T> {
    answer.ok_or_else(|| io::ErrorKind::Interrupted.into())
}
