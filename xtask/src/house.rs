//! Where things lie in the house, and what the environment says about it.
//!
//! The only place of the build tool that reads environment variables.

use crate::run;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The workspace and its target folder.
#[derive(Debug, Clone)]
pub(crate) struct House {
    root: PathBuf,
    target: PathBuf,
    members: Vec<String>,
}

impl House {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and cargo's own configuration are honoured alike.
    pub(crate) fn find() -> Result<Self> {
        let mut metadata = run::cargo();
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
        // A relative CARGO_TARGET_DIR counts from the workspace, where the scripts call cargo.
        let workspace = environment("CARGO_MANIFEST_DIR").map(PathBuf::from);
        if let Some(workspace) = workspace.as_deref().and_then(Path::parent) {
            metadata.current_dir(workspace);
        }
        let answer: serde_json::Value = serde_json::from_str(&run::output(&mut metadata)?)
            .context("cargo metadata did not answer with JSON")?;
        let path = |key: &str| {
            answer[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata does not say its {key}"))
        };
        // With `--no-deps` these are the workspace's members.
        let members = answer["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|package| package["name"].as_str().map(str::to_owned))
            .collect();
        Ok(Self {
            root: path("workspace_root")?,
            target: path("target_directory")?,
            members,
        })
    }

    /// The folder of the workspace.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder, wherever it is.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The crates that run on this machine: all but the frontend and the build tool.
    pub(crate) fn product(&self) -> Vec<String> {
        self.members
            .iter()
            .filter(|name| !["frontend", "xtask"].contains(&name.as_str()))
            .cloned()
            .collect()
    }

    /// Whether the workspace holds this crate.
    pub(crate) fn has(&self, member: &str) -> bool {
        self.members.iter().any(|name| name == member)
    }

    /// What the server embeds. It does not move with cargo's target folder, as the server names
    /// this path in its source.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The style-file that `[[workspace.metadata.leptos]]` names.
    pub(crate) fn bundled_style(&self) -> PathBuf {
        self.root.join("target/style/main.css")
    }

    /// Half-finished files of `dist` and what it remembers about them.
    pub(crate) fn workshop(&self, name: &str) -> PathBuf {
        self.root.join("target/dist").join(name)
    }
}

/// A variable of the environment; an empty one counts as absent.
#[expect(
    clippy::disallowed_methods,
    reason = "the one reader of the environment in the build tool"
)]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first program of this name on `PATH`.
pub(crate) fn program_on_path(name: &str) -> Option<PathBuf> {
    let path = environment("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}
