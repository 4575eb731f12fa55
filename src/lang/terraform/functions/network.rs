use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dashu_int::{IBig, UBig};

use super::answer::{Answer, Stop};
use super::call::Call;
use super::function::{number, text, whole};
use crate::model::Value;

/// A network: its first address as a number, how long its prefix is, how many bits its addresses have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    first: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/8` or `fd00::/8`. Leading zeros are allowed and decimal, as in Terraform.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let digits = !prefix.is_empty()
            && prefix.len() < 4
            && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u32 = digits.then(|| prefix.parse().ok()).flatten()?;
        let (value, bits) = match v4(address) {
            Some(address) => (u128::from(u32::from(address)), 32),
            None => (u128::from(v6(address)?), 128),
        };
        (prefix <= bits).then(|| Self {
            first: value & mask(prefix, bits),
            prefix,
            bits,
        })
    }

    fn of(arguments: &[Value]) -> Result<Self, String> {
        let given = text(arguments, 0);
        Self::parse(given)
            .ok_or_else(|| format!("invalid CIDR expression: invalid CIDR address: {given}"))
    }

    fn free_bits(self) -> u32 {
        self.bits - self.prefix
    }

    /// The address `offset` after the first one.
    fn address(self, offset: u128) -> IpAddr {
        address(self.first | offset, self.bits)
    }

    fn contains(self, value: u128) -> bool {
        value & mask(self.prefix, self.bits) == self.first
    }

    /// The last network of `prefix` bits before this one; before the first of all, the last of all.
    fn before(self, prefix: u32) -> Self {
        Self {
            first: self.first.wrapping_sub(1) & mask(prefix, self.bits),
            prefix,
            bits: self.bits,
        }
    }

    fn shown(self) -> String {
        format!("{}/{}", self.address(0), self.prefix)
    }
}

fn address(value: u128, bits: u32) -> IpAddr {
    match u32::try_from(value) {
        Ok(value) if bits == 32 => IpAddr::V4(Ipv4Addr::from(value)),
        _ => IpAddr::V6(Ipv6Addr::from(value)),
    }
}

fn mask(prefix: u32, bits: u32) -> u128 {
    let all = if bits == 32 {
        u128::from(u32::MAX)
    } else {
        u128::MAX
    };
    let free = bits - prefix;
    if free >= 128 { 0 } else { all >> free << free }
}

fn v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        *octet = digits.then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

fn v6(text: &str) -> Option<Ipv6Addr> {
    // The last two groups may be written as an IPv4 address, whose zeros may lead.
    let plain = match text.rsplit_once(':') {
        Some((head, tail)) if tail.contains('.') => {
            let [a, b, c, d] = v4(tail)?.octets();
            format!("{head}:{a:02x}{b:02x}:{c:02x}{d:02x}")
        }
        _ => text.to_owned(),
    };
    plain.parse().ok()
}

/// A whole number, its sign apart.
fn big(arguments: &[Value], index: usize) -> Result<(bool, UBig), Stop> {
    number(arguments, index)
        .as_integer()
        .ok_or_else(|| Stop::failed("value must be a whole number"))
}

pub(super) fn cidrhost(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let (negative, magnitude) = big(arguments, 1)?;
    let network = Network::of(arguments).map_err(Stop::Failed)?;
    // A negative number counts back from the last address.
    let all = (UBig::ONE << usize::try_from(network.free_bits()).unwrap_or_default()) - UBig::ONE;
    let number = IBig::from(magnitude);
    let number = if negative && number != IBig::ZERO {
        IBig::from(all.clone()) - (number - IBig::ONE)
    } else {
        number
    };
    let offset = u128::try_from(&number).ok();
    match offset.filter(|_| number <= IBig::from(all)) {
        Some(offset) => call.text(&network.address(offset).to_string()),
        None => Err(Stop::Failed(format!(
            "prefix of {} does not accommodate a host numbered {number}",
            network.prefix
        ))),
    }
}

pub(super) fn cidrnetmask(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let network = Network::of(arguments).map_err(Stop::Failed)?;
    if network.bits == 128 {
        return Err(Stop::Failed(format!(
            "IPv6 addresses cannot have a netmask: {}",
            text(arguments, 0)
        )));
    }
    call.text(&address(mask(network.prefix, 32), 32).to_string())
}

pub(super) fn cidrsubnet(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let more = whole(arguments, 1).map_err(Stop::Failed)?;
    let (negative, magnitude) = big(arguments, 2)?;
    let network = Network::of(arguments).map_err(Stop::Failed)?;
    let prefix = i64::from(network.prefix).saturating_add(more);
    let insufficient = || {
        Stop::Failed(format!(
            "insufficient address space to extend prefix of {} by {more}",
            network.prefix
        ))
    };
    if prefix > i64::from(network.bits) || prefix < 0 {
        return Err(insufficient());
    }
    let bits = u32::try_from(more).ok();
    let number = if negative {
        -IBig::from(magnitude)
    } else {
        IBig::from(magnitude)
    };
    let fits = bits.is_some_and(|bits| number < IBig::ONE << usize::try_from(bits).unwrap_or(0));
    let (Some(bits), true) = (bits, fits) else {
        return Err(Stop::Failed(format!(
            "prefix extension of {more} does not accommodate a subnet numbered {number}"
        )));
    };
    let prefix = network.prefix + bits;
    let free = usize::try_from(network.bits - prefix).unwrap_or(0);
    // A negative number is not refused: its bits are laid over the address and the sign is dropped.
    let (_, first) = (IBig::from(network.first) | (number << free)).into_parts();
    let subnet = Network {
        first: u128::try_from(first).map_err(|_| insufficient())?,
        prefix,
        bits: network.bits,
    };
    call.text(&subnet.shown())
}

pub(super) fn cidrsubnets(call: &mut Call<'_>, arguments: &[Value]) -> Answer {
    let network = Network::of(arguments).map_err(|message| Stop::Argument(0, message))?;
    let mut shown = Vec::new();
    let mut last: Option<Network> = None;
    for index in 1..arguments.len() {
        let more = whole(arguments, index).map_err(|message| Stop::Argument(index, message))?;
        let wrong = |message: String| Err(Stop::Argument(index, message));
        if more < 1 {
            return wrong("must extend prefix by at least one bit".to_owned());
        }
        if more > 32 {
            return wrong("may not extend prefix by more than 32 bits".to_owned());
        }
        let prefix = network.prefix + u32::try_from(more).unwrap_or_default();
        if prefix > network.bits {
            let protocol = if network.bits == 32 { "IPv4" } else { "IPv6" };
            return wrong(format!(
                "would extend prefix to {prefix} bits, which is too long for an {protocol} address"
            ));
        }
        let next = next_subnet(network, last, prefix);
        let Some(next) = next else {
            let after = last.unwrap_or_else(|| network.before(prefix)).shown();
            return wrong(format!(
                "not enough remaining address space for a subnet with a prefix of {prefix} bits after {after}"
            ));
        };
        shown.push(next.shown());
        last = Some(next);
    }
    call.texts(shown)
}

/// The first network of `prefix` bits inside `network` and after `last`.
fn next_subnet(network: Network, last: Option<Network>, prefix: u32) -> Option<Network> {
    let first = match last {
        // Terraform goes on from the one before, which the first of all does not have.
        None if network.first == 0 => return None,
        None => network.first,
        Some(last) => {
            let end = last.first | (mask(last.bits, last.bits) & !mask(last.prefix, last.bits));
            // A larger network starts after the one that would hold the last address given out.
            let size = 1_u128.checked_shl(network.bits - prefix).unwrap_or(0);
            let start = end & mask(prefix, network.bits);
            start.checked_add(size)?
        }
    };
    let fits = network.bits == 128 || first <= u128::from(u32::MAX);
    (fits && network.contains(first)).then_some(Network {
        first,
        prefix,
        bits: network.bits,
    })
}
