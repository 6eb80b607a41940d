//! `tributary records`: files of records.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use tributary_primitives::datanets::Encoder;

use crate::{
    context::Context,
    failure::misuse,
    files::{ensure_free, write_whole},
    output::{remark, Grid, Output},
    quantise::{self, Quantised},
    records::{Format, Shape},
    round,
    scheme::Scheme,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make records of decimal numbers, arrays or images, by the scale that a datanet publishes
    ///
    /// The scale stands in the datanet's metadata, which never change, so that everybody makes the same record of the same measurement.
    Quantise(Quantise),
}

/// `tributary records quantise`
#[derive(Args, Debug)]
pub(crate) struct Quantise {
    /// The datanet.
    datanet: u32,
    /// Decimal numbers (.csv), a NumPy array of vectors (.npy), or a folder that has one with grey PNG images for each class.
    source: PathBuf,
    /// Where the records are written.
    file: PathBuf,
    /// The classes of an array's vectors: an array of integers (.npy), or text with a name or number on each line.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// How they are written [default: by the file's name]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Output> {
        match self {
            Self::Quantise(quantise) => quantise.run(context).await,
        }
    }
}

impl Quantise {
    async fn run(self, context: &Context) -> Result<Output> {
        let Self {
            datanet,
            source,
            file,
            labels,
            format,
        } = self;
        let format = Format::of(format, &file)?;
        ensure_free(&file)?;
        let state = context.connect().await?.now().await?;
        let recipe = round::recipe(&state, datanet).await?;
        let scheme = Scheme::fetch(&state, datanet, &recipe).await??;
        if recipe.encoder == Encoder::Text {
            misuse!("datanet {datanet} holds texts, which the chain turns into vectors by itself: contribute them as they are");
        }
        let shape = Shape::from(&recipe);
        let Quantised {
            records,
            clamped,
            records_clamped,
        } = quantise::read(&source, labels.as_deref(), shape, &scheme)?;
        write_whole(&file, |output| records.write(output, format, true))?;

        let mut table = Grid::new([">column", "name", ">clamped"]);
        let mut list = Vec::new();
        for (column, count) in clamped.iter().enumerate().filter(|(_, count)| **count > 0) {
            let name = scheme.columns().get(column);
            table.row([&column, &name.map_or("", String::as_str), count]);
            list.push(json!({ "column": column, "name": name, "clamped": count }));
        }
        let numbers: u64 = clamped.iter().sum();
        if numbers > 0 {
            remark("What lies beyond the scale is clamped to -128 or 127: its records say less than their source.");
        }
        let json = json!({
            "datanet": datanet,
            "file": file,
            "records": records.len(),
            "clamped": numbers,
            "records_clamped": records_clamped,
            "columns": list,
        });
        let all = records.len() * usize::from(shape.dimension);
        Ok(Output::new(json).table(table).line(format!(
            "Wrote {} records for datanet {datanet} to {}; {numbers} of {all} numbers, in {records_clamped} records, were clamped.",
            records.len(),
            file.display()
        )))
    }
}
