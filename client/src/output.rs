//! What a command has to say: tables for people, one JSON value for programs.

use std::{
    collections::BTreeMap,
    fmt::Display,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, ContentArrangement, Table};
use serde_json::Value;

use crate::files::{ensure_free, write_whole};

/// The result of a command. Standard output has nothing else; progress and remarks go to standard error.
pub(crate) struct Output {
    /// For programs.
    json: Value,
    /// For people, one after the other.
    parts: Vec<Part>,
    /// For files, by their names.
    sheets: Vec<(String, Grid)>,
    /// Why the command stopped after this.
    failure: Option<anyhow::Error>,
}

/// Something for people to read.
enum Part {
    Text(String),
    Table(Grid),
}

impl Output {
    /// A result that programs read as `json`.
    pub(crate) fn new(json: Value) -> Self {
        Self {
            json,
            parts: Vec::new(),
            sheets: Vec::new(),
            failure: None,
        }
    }

    /// What was done before a command of several steps failed: it is printed, and then the error is.
    pub(crate) fn before(self, failure: anyhow::Error) -> Self {
        Self {
            failure: Some(failure),
            ..self
        }
    }

    /// The failure that came after it, if one did.
    pub(crate) fn outcome(self) -> Result<()> {
        self.failure.map_or(Ok(()), Err)
    }

    /// The same for people, with another value for programs.
    pub(crate) fn with_json(self, json: Value) -> Self {
        Self { json, ..self }
    }

    /// Adds a field for programs.
    pub(crate) fn field(mut self, name: &str, value: Value) -> Self {
        self.json[name] = value;
        self
    }

    /// Adds a line for people.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.parts.push(Part::Text(line.into()));
        self
    }

    /// Adds a table for people; none without rows.
    pub(crate) fn table(mut self, table: Grid) -> Self {
        if !table.rows.is_empty() {
            self.parts.push(Part::Table(table));
        }
        self
    }

    /// The same, for files as well.
    pub(crate) fn sheet(self, name: &str, table: Grid) -> Self {
        self.only_sheet(name, table.clone()).table(table)
    }

    /// Adds a table for files only.
    pub(crate) fn only_sheet(mut self, name: &str, table: Grid) -> Self {
        self.sheets.push((name.to_owned(), table));
        self
    }

    /// Writes the tables that are for files into a folder, a file each, if none of them is there yet.
    pub(crate) fn write_csv(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let path = |(name, _): &(String, Grid)| folder.join(format!("{name}.csv"));
        let paths: Vec<_> = self.sheets.iter().map(path).collect();
        for path in &paths {
            ensure_free(path)?;
        }
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        for ((_, table), path) in self.sheets.iter().zip(&paths) {
            table.write_csv(path)?;
        }
        Ok(paths)
    }

    /// Adds names and values for people, one pair on a line; what has no value is left out.
    pub(crate) fn fields<const N: usize>(self, fields: [(&str, String); N]) -> Self {
        let fields = fields.iter().filter(|(_, value)| !value.is_empty());
        let width = fields
            .clone()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        let lines: Vec<_> = fields
            .map(|(name, value)| format!("{name:width$}  {value}"))
            .collect();
        self.line(lines.join("\n"))
    }

    /// Writes it to standard output: for programs, or for people, who see names of accounts that are known by name.
    pub(crate) fn print(&self, json: bool, names: &BTreeMap<String, String>) -> Result<()> {
        let text = if json {
            self.json_text()
        } else {
            self.text(names)
        };
        match writeln!(io::stdout().lock(), "{text}") {
            // Who closes the pipe has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("writing to standard output"),
        }
    }

    /// For programs.
    pub(crate) fn json_text(&self) -> String {
        format!("{:#}", self.json)
    }

    /// For people.
    pub(crate) fn text(&self, names: &BTreeMap<String, String>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Table(table) => table.text(names),
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join("\n\n")
    }
}

/// A table under construction.
#[derive(Clone)]
pub(crate) struct Grid {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Whether accounts are shown by their whole address always.
    exact: bool,
}

impl Grid {
    /// A table with a heading for each column. Columns whose heading begins with `>` hold numbers: they are aligned to the right. So are
    /// those with `$`, amounts in coin, which people are not shown where they are zero.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self::of(headings.map(ToOwned::to_owned).to_vec())
    }

    /// The same, of any number of columns.
    pub(crate) fn of(headings: Vec<String>) -> Self {
        Self {
            headings,
            rows: Vec::new(),
            exact: false,
        }
    }

    /// The same table, with whole addresses whether or not they are known by name.
    pub(crate) fn exact(self) -> Self {
        Self {
            exact: true,
            ..self
        }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&dyn Display; N]) {
        self.rows.push(cells.map(ToString::to_string).to_vec());
    }

    fn text(&self, names: &BTreeMap<String, String>) -> String {
        let mut table = Table::new();
        table
            .load_preset(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(
                self.headings
                    .iter()
                    .map(|heading| heading.trim_start_matches(NUMBERS)),
            );
        for row in &self.rows {
            let cells = row.iter().zip(&self.headings);
            table.add_row(cells.map(
                |(cell, heading)| match names.get(cell).filter(|_| !self.exact) {
                    Some(name) => format!("{name} ({}…)", &cell[..6]),
                    None if heading.starts_with('$') && cell == "0" => String::new(),
                    None => cell.clone(),
                },
            ));
        }
        for (column, heading) in table.column_iter_mut().zip(&self.headings) {
            if heading.starts_with(NUMBERS) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }

    /// Writes it to a file, with a header.
    fn write_csv(&self, path: &Path) -> Result<()> {
        write_whole(path, |output| {
            let mut writer = csv::Writer::from_writer(output.by_ref());
            let headings = self.headings.iter();
            writer.write_record(headings.map(|heading| heading.trim_start_matches(NUMBERS)))?;
            for row in &self.rows {
                writer.write_record(row)?;
            }
            Ok(writer.flush()?)
        })
    }
}

/// What the headings of columns of numbers begin with.
const NUMBERS: [char; 2] = ['>', '$'];

/// A remark on standard error while a command works.
pub(crate) fn remark(text: impl Display) {
    eprintln!("{text}");
}

/// How many things there are, for people. `thing` is what one of them is called.
pub(crate) fn count(number: impl Display, thing: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {thing}{plural}")
}

/// Hexadecimal with its prefix.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// The first digits of a hash, for tables.
pub(crate) fn short(bytes: impl AsRef<[u8]>) -> String {
    format!("{}…", &hex(bytes)[..10])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::tests::scratch;

    #[test]
    fn tables_show_accounts_by_name_and_align_numbers() {
        let mut table = Grid::new(["account", ">amount"]);
        table.row([&"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", &7]);
        table.row([&"somebody else", &12]);
        let names = BTreeMap::from([(
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".to_owned(),
            "alice".to_owned(),
        )]);
        let text = Output::new(Value::Null).table(table).text(&names);
        assert!(text.contains("│ alice (5Grwva…) ┆      7 │"), "{text}");
        assert!(text.contains("│ somebody else   ┆     12 │"), "{text}");
    }

    #[test]
    fn people_are_shown_no_zeros_and_files_have_them() {
        let folder = scratch();
        let mut table = Grid::new(["account", "$amount", ">count"]);
        table.row([
            &"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            &"0",
            &0,
        ]);
        table.row([&"with, comma", &"0.000000000001", &12]);
        let output = Output::new(Value::Null).sheet("amounts", table);
        let text = output.text(&BTreeMap::new());
        assert!(text.contains("┆                ┆     0 │"), "{text}");
        let within = folder.path().join("new");
        output.write_csv(&within).unwrap();
        let written = fs::read_to_string(within.join("amounts.csv")).unwrap();
        assert_eq!(
            written,
            "account,amount,count\n5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY,0,0\n\"with, comma\",0.000000000001,12\n"
        );
        let again = output.write_csv(&within).unwrap_err();
        assert!(again.to_string().contains("exists already"), "{again}");
    }

    #[test]
    fn one_thing_is_no_plural() {
        let counted = [0, 1, 2].map(|number| count(number, "contribution"));
        assert_eq!(
            counted,
            ["0 contributions", "1 contribution", "2 contributions"]
        );
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let output = Output::new(Value::Null)
            .fields([
                ("a", "1".to_owned()),
                ("long name", String::new()),
                ("bc", "2".to_owned()),
            ])
            .table(Grid::new(["nothing"]));
        assert_eq!(output.text(&BTreeMap::new()), "a   1\nbc  2");
    }
}
