//! Where a request comes from.
//!
//! The address is the peer's. Only when the peer is a trusted proxy it is what that proxy saw: the
//! right-most hop of `X-Forwarded-For` that is no trusted proxy itself. Everything left of it was
//! written by the client and is not looked at.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};

const FORWARDED: &str = "x-forwarded-for";

/// Who holds the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The client's address, in the extensions of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What limits are counted by.
    #[must_use]
    pub fn network(self) -> IpAddr {
        network(self.0)
    }
}

/// A v6 address stands for its /64: whoever has one has all of them.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let kept = u128::from(address) & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from(kept))
        }
        v4 => v4,
    }
}

/// A network, as `10.0.0.0/8` or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// Whether the address is part of it.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u8| {
            let rest = u32::from(width.saturating_sub(self.bits));
            (a ^ b).checked_shr(rest).unwrap_or(0) == 0
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
            _ => false,
        }
    }
}

impl FromStr for Cidr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no network; write it as 10.0.0.0/8 or 10.1.2.3");
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most),
            None => Some(most),
        };
        Ok(Self {
            address,
            bits: bits.ok_or_else(wrong)?,
        })
    }
}

/// The proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[Cidr]>);

impl Proxies {
    /// These and no others.
    #[must_use]
    pub fn new(trusted: &[Cidr]) -> Self {
        Self(trusted.into())
    }

    /// Whether the address is one of them.
    #[must_use]
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|cidr| cidr.contains(address))
    }

    /// The client behind a peer.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        let mut client = peer;
        let lines: Vec<_> = headers.get_all(FORWARDED).iter().collect();
        let hops = lines.iter().rev().flat_map(|line| {
            let text = line.to_str().unwrap_or("?");
            text.rsplit(',').map(str::trim)
        });
        for hop in hops {
            if !self.trust(client) {
                break;
            }
            match hop_address(hop) {
                Some(address) => client = address,
                // What a trusted proxy did not write as an address says nothing.
                None => break,
            }
        }
        client
    }
}

/// Some proxies add the port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(with_port)?;
    Some(IpAddr::to_canonical(&address))
}

/// Puts [`ClientAddress`] into the request.
pub(crate) async fn find(
    State(proxies): State<Proxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>();
    // Without a socket, as in tests of the routes, there is nobody to tell apart.
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let client = proxies.client(peer, request.headers());
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(trusted: &[&str]) -> Proxies {
        let trusted: Vec<Cidr> = trusted
            .iter()
            .map(|t| t.parse().expect("a network"))
            .collect();
        Proxies::new(&trusted)
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_what_it_saw_itself() {
        let trusted = proxies(&["10.0.0.0/8", "2001:db8:1::/48"]);
        for (peer, forwarded, client) in [
            ("203.0.113.9", &["198.51.100.7"][..], "203.0.113.9"),
            ("10.1.2.3", &["198.51.100.7"], "198.51.100.7"),
            ("10.1.2.3", &[], "10.1.2.3"),
            // The client wrote the first ones itself.
            ("10.1.2.3", &["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
            ("10.1.2.3", &["127.0.0.1", "198.51.100.7"], "198.51.100.7"),
            // Two proxies in a row.
            (
                "10.1.2.3",
                &["6.6.6.6, 198.51.100.7, 10.9.9.9"],
                "198.51.100.7",
            ),
            ("10.1.2.3", &["198.51.100.7:4711"], "198.51.100.7"),
            ("10.1.2.3", &["[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.1.2.3", &["[2001:db8::7]"], "2001:db8::7"),
            ("2001:db8:1::1", &["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.1.2.3", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("10.1.2.3", &["unknown"], "10.1.2.3"),
            ("10.1.2.3", &["198.51.100.7, "], "10.1.2.3"),
            ("10.1.2.3", &["10.0.0.1"], "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append(FORWARDED, line.parse().expect("a header"));
            }
            let found = trusted.client(peer.parse().expect("an address"), &headers);
            assert_eq!(found.to_string(), client, "{peer} {forwarded:?}");
        }
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED, "198.51.100.7".parse().expect("a header"));
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert_eq!(Proxies::default().client(peer, &headers), peer);
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "::1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("192.0.2.128/25", "192.0.2.127", false),
            ("192.0.2.128/25", "::ffff:192.0.2.200", true),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
            ("::1", "::1", true),
        ] {
            let cidr: Cidr = network.parse().expect("a network");
            let address = address.parse().expect("an address");
            assert_eq!(cidr.contains(address), inside, "{network} {address}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "::1/129",
            "10.0.0/8",
            "a/8",
            "10.0.0.0/",
        ] {
            assert!(wrong.parse::<Cidr>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_v6_address_counts_for_its_64() {
        for (address, network) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
        ] {
            let client = ClientAddress(address.parse().expect("an address"));
            assert_eq!(client.network().to_string(), network);
        }
    }
}
