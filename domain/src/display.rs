//! How a reader likes to see the pages. It travels in one small cookie and holds no secret.
//!
//! Reading is lenient: a word of an older or a newer version counts as not said.

use std::fmt;

use crate::zone;

/// The cookie's name.
const COOKIE: &str = "display";
/// For how long it is kept: a year, in seconds.
const KEPT: u32 = 31_536_000;

text_enum! {
    /// Bright or dark.
    #[derive(Default)]
    Theme {
        #[default]
        System = "system", "System";
        Light = "light", "Light";
        Dark = "dark", "Dark";
    }
}

text_enum! {
    /// How close rows stand.
    #[derive(Default)]
    Density {
        #[default]
        Comfortable = "comfortable", "Comfortable";
        Compact = "compact", "Compact";
    }
}

/// What a reader has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    pub theme: Theme,
    pub density: Density,
    /// Whether open pages hear of what is new.
    pub live: bool,
    /// The zone in which moments are told; `None` is UTC.
    pub zone: Option<String>,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            density: Density::default(),
            live: true,
            zone: None,
        }
    }
}

impl Display {
    /// Takes over what a pair of the form or of the cookie says.
    pub fn set(&mut self, name: &str, value: &str) {
        match name {
            "theme" => self.theme = value.parse().unwrap_or_default(),
            "density" => self.density = value.parse().unwrap_or_default(),
            "live" => self.live = value != "off",
            "zone" if zone::is_name(value) => {
                self.zone = (value != zone::UTC).then(|| value.to_owned());
            }
            _ => {}
        }
    }

    /// Reads a cookie's value.
    #[must_use]
    pub fn from_cookie(value: &str) -> Self {
        let mut display = Self::default();
        for pair in value.split('&').take(8) {
            if let Some((name, value)) = pair.split_once('=') {
                display.set(name, value);
            }
        }
        display
    }

    /// The cookie that keeps it, as a server sends it and as a page sets it.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        format!("{COOKIE}={self}; Path=/; Max-Age={KEPT}; SameSite=Lax")
    }

    /// Finds it among the cookies of a request.
    #[must_use]
    pub fn from_cookies(header: &str) -> Self {
        let mut cookies = header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        let found = cookies.find(|(name, _)| *name == COOKIE);
        found.map_or_else(Self::default, |(_, value)| Self::from_cookie(value))
    }
}

/// The cookie's value; what is a default is left out.
impl fmt::Display for Display {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut pairs = Vec::new();
        if self.theme != Theme::default() {
            pairs.push(format!("theme={}", self.theme.as_str()));
        }
        if self.density != Density::default() {
            pairs.push(format!("density={}", self.density.as_str()));
        }
        if !self.live {
            pairs.push("live=off".to_owned());
        }
        pairs.extend(self.zone.as_ref().map(|zone| format!("zone={zone}")));
        f.write_str(&pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_survives_its_cookie() {
        assert_eq!(Display::default().to_string(), "");
        let display = Display {
            theme: Theme::Dark,
            density: Density::Compact,
            live: false,
            zone: Some("America/Argentina/Buenos_Aires".to_owned()),
        };
        let value = display.to_string();
        assert_eq!(
            value,
            "theme=dark&density=compact&live=off&zone=America/Argentina/Buenos_Aires"
        );
        assert_eq!(Display::from_cookie(&value), display);
        assert_eq!(
            Display::from_cookies(&format!("a=b; {COOKIE}={value}; c=d")),
            display
        );
    }

    #[test]
    fn what_is_not_understood_is_not_said() {
        for header in [
            "",
            "display",
            "display=",
            "other=theme=dark",
            "display=theme=pink&density=3&zone=a|b&x",
            "display=zone=UTC&live=on",
        ] {
            assert_eq!(
                Display::from_cookies(header),
                Display::default(),
                "{header}"
            );
        }
    }
}
