//! The words for how something went.
//!
//! One set inside; each source's own words are translated where its reports
//! come in, never here.

use thiserror::Error;

/// A word that is not one of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is not one of {}", .known.join(", "))]
pub struct UnknownWord {
    /// What was given.
    pub word: String,
    /// What could have been given.
    pub known: &'static [&'static str],
}

text_enum! {
    /// How a run or a step stands.
    Status {
        /// Accepted by the engine, not begun.
        Queued = "queued", "Queued";
        /// Begun, no end reported.
        Running = "running", "Running";
        /// A step that was passed over on purpose.
        Skipped = "skipped", "Skipped";
        /// Ended well.
        Ok = "ok", "OK";
        /// Ended, with something to look at.
        Warning = "warning", "Warning";
        /// Stopped from outside or never heard of again.
        Interrupted = "interrupted", "Interrupted";
        /// Ended badly.
        Failed = "failed", "Failed";
    }
}

impl Status {
    /// Whether no further news is expected.
    #[must_use]
    pub fn is_finished(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Whether a step of this status was carried out, which makes it a consumed task.
    #[must_use]
    pub fn is_executed(self) -> bool {
        matches!(
            self,
            Self::Ok | Self::Warning | Self::Failed | Self::Interrupted
        )
    }

    /// Of two reports about the same thing, what holds whichever came first.
    ///
    /// The order of the variants is the order of precedence: a late `running`
    /// never undoes an end, and of two ends the worse one holds.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        self.max(other)
    }
}

text_enum! {
    /// The status of an integration's last run, with a word for "no run yet".
    LastRun {
        Ok = "ok", "OK";
        Failed = "failed", "Failed";
        Running = "running", "Running";
        Warning = "warning", "Warning";
        Interrupted = "interrupted", "Interrupted";
        Queued = "queued", "Queued";
        None = "none", "Hasn't Run";
    }
}

impl LastRun {
    /// The run status it stands for; `None` where no run exists.
    #[must_use]
    pub fn status(self) -> Option<Status> {
        Some(match self {
            Self::Ok => Status::Ok,
            Self::Failed => Status::Failed,
            Self::Running => Status::Running,
            Self::Warning => Status::Warning,
            Self::Interrupted => Status::Interrupted,
            Self::Queued => Status::Queued,
            Self::None => return None,
        })
    }
}

text_enum! {
    /// Whether a flow is offered to end-users.
    FlowStatus {
        Published = "published", "Published";
        Draft = "draft", "Draft";
    }
}

text_enum! {
    /// The state of one end-user's integration.
    IntegrationStatus {
        /// The trigger is received and the integration is launching.
        Initializing = "initializing", "Initializing";
        /// A trigger can be received.
        Enabled = "enabled", "Enabled";
        /// A trigger cannot be received.
        Disabled = "disabled", "Disabled";
        /// Halted because of too many errors or a billing issue.
        Paused = "paused", "Paused";
        /// The integration could not be launched.
        FailedToInitialize = "failed_to_initialize", "Failed to Initialize";
        /// Deleted for good; its history stays readable.
        Deleted = "deleted", "Deleted";
    }
}

text_enum! {
    /// Which way a flow's data goes.
    Direction {
        Outward = "outward", "Outward";
        Inward = "inward", "Inward";
        Bidirectional = "bidirectional", "Bi-Directional";
    }
}

text_enum! {
    /// Whether a flow runs by the clock or by calls.
    Mode {
        Scheduled = "scheduled", "Scheduled";
        Realtime = "realtime", "Real time";
    }
}

text_enum! {
    /// How much a log entry matters.
    LogLevel {
        Debug = "debug", "Debug";
        Info = "info", "Info";
        Warning = "warning", "Warning";
        Error = "error", "Error";
    }
}

text_enum! {
    /// Where a log entry came from.
    Stream {
        Api = "api", "API";
        Stdout = "stdout", "stdout";
        Stderr = "stderr", "stderr";
        Otlp = "otlp", "OpenTelemetry";
        Ping = "ping", "Ping";
        Wrapper = "wrapper", "Wrapper";
        System = "system", "System";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_running_never_undoes_an_end() {
        for end in [
            Status::Ok,
            Status::Warning,
            Status::Failed,
            Status::Interrupted,
        ] {
            assert_eq!(end.join(Status::Running), end);
            assert_eq!(Status::Running.join(end), end);
        }
    }

    #[test]
    fn joining_is_the_same_in_any_order() {
        for a in Status::ALL {
            for b in Status::ALL {
                assert_eq!(a.join(*b), b.join(*a));
                assert_eq!(a.join(*b).join(*b), a.join(*b));
            }
        }
    }

    #[test]
    fn the_words_of_the_documents_are_kept() {
        let labels: Vec<_> = LastRun::ALL[..3].iter().map(|s| s.label()).collect();
        assert_eq!(labels, ["OK", "Failed", "Running"]);
        assert_eq!(LastRun::None.label(), "Hasn't Run");
        let labels: Vec<_> = IntegrationStatus::ALL.iter().map(|s| s.label()).collect();
        assert_eq!(
            labels,
            [
                "Initializing",
                "Enabled",
                "Disabled",
                "Paused",
                "Failed to Initialize",
                "Deleted"
            ]
        );
    }

    #[test]
    fn an_unknown_word_names_the_known_ones() {
        let error = "success".parse::<FlowStatus>().expect_err("not a status");
        assert_eq!(
            error.to_string(),
            "`success` is not one of published, draft"
        );
    }
}
