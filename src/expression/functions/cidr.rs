//! Address ranges: `parseCidr`, `cidrSubnet`, `cidrHost`, and Azure Policy's `ipRangeContains`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::args::Args;
use super::function::Unknowns::Deep;
use super::function::{Function, Outcome, row};
use crate::model::{Entry, Type};

pub(super) const TABLE: &[Function] = &[
    row("parseCidr", (1, 1), Deep, None, parse),
    row("cidrSubnet", (3, 3), Deep, Some(Type::String), subnet),
    row("cidrHost", (2, 2), Deep, Some(Type::String), host),
    row(
        "ipRangeContains",
        (2, 2),
        Deep,
        Some(Type::Bool),
        range_contains,
    ),
];

fn network(args: &Args<'_>, index: usize) -> Result<IpNet, String> {
    let text = args.text(index)?;
    text.parse::<IpNet>()
        .map(|net| net.trunc())
        .map_err(|_| format!("`{text}` is no address range such as 10.0.0.0/16"))
}

fn parse(args: &Args<'_>) -> Outcome {
    let net = network(args, 0)?;
    let (first, last) = usable(net);
    let text = |key: &str, address: String| Entry {
        key: Arc::from(key),
        value: args.make_text(address),
    };
    let mut entries = vec![
        text("network", net.network().to_string()),
        text("netmask", net.netmask().to_string()),
    ];
    if let IpNet::V4(net) = net {
        entries.push(text("broadcast", net.broadcast().to_string()));
    }
    entries.push(text("firstUsable", first.to_string()));
    entries.push(text("lastUsable", last.to_string()));
    entries.push(Entry {
        key: Arc::from("cidr"),
        value: args.make_integer(i64::from(net.prefix_len())),
    });
    Ok(args.make_map(entries))
}

/// The first and last address a host may have.
fn usable(net: IpNet) -> (IpAddr, IpAddr) {
    match net {
        IpNet::V4(net) if net.prefix_len() < 31 => {
            let (low, high) = (u32::from(net.network()), u32::from(net.broadcast()));
            let address = |value| IpAddr::V4(Ipv4Addr::from(value));
            (address(low + 1), address(high - 1))
        }
        IpNet::V4(_) | IpNet::V6(_) => (net.network(), net.broadcast()),
    }
}

fn subnet(args: &Args<'_>) -> Outcome {
    let net = network(args, 0)?;
    let (prefix, index) = (args.integer(1)?, args.integer(2)?);
    let outside = || format!("`{net}` has no subnet number {index} of size /{prefix}");
    let length = u8::try_from(prefix)
        .ok()
        .filter(|length| (net.prefix_len()..=net.max_prefix_len()).contains(length))
        .ok_or_else(outside)?;
    let index = u128::try_from(index).map_err(|_| outside())?;
    let bits = u32::from(length - net.prefix_len());
    if bits < 128 && index >> bits != 0 {
        return Err(outside());
    }
    let shift = u32::from(net.max_prefix_len() - length);
    let offset = index.checked_shl(shift).unwrap_or(0);
    let moved = match net {
        IpNet::V4(net) => {
            let offset = u32::try_from(offset).map_err(|_| outside())?;
            let base = Ipv4Addr::from(u32::from(net.network()) | offset);
            Ipv4Net::new(base, length).map(IpNet::V4)
        }
        IpNet::V6(net) => {
            let base = Ipv6Addr::from(u128::from(net.network()) | offset);
            Ipv6Net::new(base, length).map(IpNet::V6)
        }
    };
    moved
        .map(|net| args.make_text(net.to_string()))
        .map_err(|_| outside())
}

/// Counts from the first usable address, as documented.
fn host(args: &Args<'_>) -> Outcome {
    let net = network(args, 0)?;
    let index = args.integer(1)?;
    let outside = || format!("`{net}` has no usable address number {index}");
    let offset = u128::try_from(index).map_err(|_| outside())?;
    let address = match usable(net) {
        (IpAddr::V4(first), IpAddr::V4(last)) => u32::try_from(offset)
            .ok()
            .and_then(|offset| u32::from(first).checked_add(offset))
            .filter(|value| *value <= u32::from(last))
            .map(|value| IpAddr::V4(Ipv4Addr::from(value))),
        (IpAddr::V6(first), IpAddr::V6(last)) => u128::from(first)
            .checked_add(offset)
            .filter(|value| *value <= u128::from(last))
            .map(|value| IpAddr::V6(Ipv6Addr::from(value))),
        _ => None,
    };
    address
        .map(|address| args.make_text(address.to_string()))
        .ok_or_else(outside)
}

/// Whether the first range holds all of the second. A range is `a/8`, `a` or `a-b`.
fn range_contains(args: &Args<'_>) -> Outcome {
    let bounds = |index: usize| -> Result<(IpAddr, IpAddr), String> {
        let text = args.text(index)?;
        let bounds = match text.split_once('-') {
            Some((low, high)) => low.trim().parse().ok().zip(high.trim().parse().ok()),
            None => match text.parse::<IpNet>() {
                Ok(net) => Some((net.network(), net.broadcast())),
                Err(_) => text.parse().ok().map(|address: IpAddr| (address, address)),
            },
        };
        bounds.ok_or_else(|| format!("`{text}` is no address range"))
    };
    let ((low, high), (from, to)) = (bounds(0)?, bounds(1)?);
    let alike = low.is_ipv4() == from.is_ipv4();
    Ok(args.make_truth(alike && low <= from && to <= high))
}
