//! What each step was last made from.

use super::write;
use anyhow::Result;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Step to digest. Saved after every step, so that an interrupted run loses only the step it was
/// in. Lost or unreadable it is empty, and everything is made again.
#[derive(Debug)]
pub(super) struct Memory {
    file: PathBuf,
    made_from: BTreeMap<String, String>,
}

impl Memory {
    pub(super) fn open(file: PathBuf) -> Self {
        let made_from = fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Self { file, made_from }
    }

    /// Runs `make` unless all `results` exist and were made from the same `inputs`.
    pub(super) fn step(
        &mut self,
        step: &str,
        inputs: String,
        results: &[PathBuf],
        make: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        if self.made_from.get(step) == Some(&inputs) && results.iter().all(|path| path.exists()) {
            return Ok(());
        }
        make()?;
        self.made_from.insert(step.to_owned(), inputs);
        write(&self.file, &serde_json::to_vec_pretty(&self.made_from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_runs_again_only_for_new_inputs_or_lost_results() {
        let folder = tempfile::tempdir().unwrap();
        let (file, result) = (
            folder.path().join("memory.json"),
            folder.path().join("result"),
        );
        let runs = std::cell::Cell::new(0);
        let step = |inputs: &str| {
            // Opened anew each time, as a new process would.
            Memory::open(file.clone())
                .step(
                    "wasm",
                    inputs.to_owned(),
                    std::slice::from_ref(&result),
                    || {
                        runs.set(runs.get() + 1);
                        Ok(fs::write(&result, "made")?)
                    },
                )
                .unwrap();
            runs.get()
        };
        assert_eq!(step("a"), 1);
        assert_eq!(step("a"), 1);
        assert_eq!(step("b"), 2);
        fs::remove_file(&result).unwrap();
        assert_eq!(step("b"), 3);
    }

    #[test]
    fn a_failed_step_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let mut memory = Memory::open(folder.path().join("memory.json"));
        let failed = memory.step("wasm", "a".to_owned(), &[], || anyhow::bail!("no"));
        assert!(failed.is_err());
        let mut ran = false;
        memory
            .step("wasm", "a".to_owned(), &[], || {
                ran = true;
                Ok(())
            })
            .unwrap();
        assert!(ran);
    }
}
