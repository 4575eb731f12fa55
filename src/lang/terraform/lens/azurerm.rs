//! `azurerm_*` types: a lens file says which argument stands for which ARM property.

use std::borrow::Cow;
use std::sync::Arc;

use super::azapi::full_name;
use super::body::{Body, Claim, Slot};
use super::convert::{forward, typed};
use super::identity;
use super::reach::{Reach, Ready};
use super::read::{Found, Positions, Reading, each_reading, read};
use super::schema::{Lens, Mirror, Part, Row, Target};
use super::table;
use super::when::{Scene, Truth};
use crate::model::{
    Coverage, Data, Fragment, Hop, Identity, Kind, Origin, Origins, Type, Unknown, Value, Via,
    Written, WrittenId,
};

/// What `written` says: its main resource, then the others that its block makes.
pub(super) fn fragments(written: &Written, id: WrittenId, origins: &mut Origins) -> Vec<Fragment> {
    let kind = written.kind.as_str();
    let Some(known) = table::known(kind) else {
        return Vec::new();
    };
    let lens = &known.lens;
    let major = lens.major(written.provider_major);
    let mut painter = Painter {
        scene: Scene {
            args: &written.args,
            schema: known.schema.as_deref(),
            major,
        },
        header: origins.literal(written.header),
        origins,
    };
    let mut fragments = Vec::new();
    let mut main = None;
    for (index, target) in lens.targets.iter().enumerate() {
        if !target.majors.is_empty() && !target.majors.contains(&major) {
            continue;
        }
        let reach = table::reach(&known, index, target, major);
        let rows = reach.rows_for(&written.args);
        if rows.is_empty() && index > 0 {
            continue;
        }
        let whole = [Positions::default()];
        let repeated = target.each.as_ref().map(|block| painter.blocks(block));
        for at in repeated.as_deref().unwrap_or(&whole) {
            let of = (target, &reach.kind);
            let identity = match &main {
                None => identity::of_main(written, of, lens.merge, painter.origins),
                Some(main) => identity::of_more(written, target, main, at),
            };
            if lens.targets.len() > 1 || target.each.is_some() {
                main.get_or_insert_with(|| identity.clone());
            }
            let says = (target, &*reach, rows.as_slice());
            let Some(body) = painter.paint(says, at, &identity, index == 0) else {
                continue;
            };
            let merges = if index == 0 {
                lens.merge
            } else {
                merges(&identity, main.as_ref())
            };
            fragments.push(reach.fragment(id, identity, body, merges));
        }
    }
    let mirrored = mirrored(lens, &fragments);
    fragments.extend(mirrored);
    fragments
}

impl Reach {
    /// The fragment with this `body` that `of` says of the resource `identity`.
    fn fragment(&self, of: WrittenId, identity: Identity, body: Value, merges: bool) -> Fragment {
        Fragment {
            of,
            kind: self.kind.clone(),
            api: self.api.clone(),
            identity,
            body,
            coverage: Coverage::Paths(Arc::clone(&self.coverage)),
            merges,
            implied: false,
        }
    }
}

/// A further target that is no resource of its own but one that another declares.
fn merges(identity: &Identity, main: Option<&Identity>) -> bool {
    main.is_some_and(|main| identity.kind == main.kind || identity.names.len() < main.names.len())
}

/// The same resource under the other type that reads the same, as the lens says.
fn mirrored(lens: &Lens, fragments: &[Fragment]) -> Vec<Fragment> {
    let whole = |mirror: &&Mirror| mirror.from == mirror.to && mirror.name.is_some();
    let Some(main) = fragments.first() else {
        return Vec::new();
    };
    let copies = lens.mirrors.iter().filter(whole).map(|mirror| {
        let mut copy = main.clone();
        copy.kind = Kind::new(mirror.arm.as_str());
        copy.identity.kind = copy.kind.clone();
        if let (Some(last), Some(name)) = (copy.identity.names.last_mut(), &mirror.name) {
            *last = Value::string(name.as_str(), last.origin);
        }
        copy.implied = true;
        copy
    });
    copies.collect()
}

/// Paints the bodies of one written resource.
struct Painter<'p> {
    scene: Scene<'p>,
    /// The header of the resource.
    header: Origin,
    origins: &'p mut Origins,
}

/// What a row sends at one place.
struct Sent<'r> {
    slots: Cow<'r, [Slot]>,
    /// `None` when what is written there is not sent.
    value: Option<Value>,
    claim: Claim,
    /// The block around it; where nothing is sent, what is written instead.
    around: Origin,
}

impl Painter<'_> {
    /// The positions of the repeated block `name`.
    fn blocks(&self, name: &str) -> Vec<Positions> {
        let path = [Part::Name(Arc::from(name)), Part::Each];
        let readings = read(self.scene.args, &path, self.scene.schema, &[]);
        readings
            .into_iter()
            .map(|it| it.at)
            .filter(|at| at.len() == 1)
            .collect()
    }

    /// The body of `target`, as its `rows` say it, for the block at `at`; `None` for a further target of which nothing is said.
    fn paint(
        &mut self,
        (target, reach, rows): (&Target, &Reach, &[&Ready]),
        at: &[usize],
        identity: &Identity,
        is_main: bool,
    ) -> Option<Value> {
        let header = self.header;
        let mut body = Body::new(header);
        let mut whole = |slot: &Slot, value: Value| {
            body.set(std::slice::from_ref(slot), value, Claim::Written, header);
        };
        for (slot, data) in &reach.fixed {
            whole(slot, Value::new(data.clone(), header));
        }
        if let Some(name) = full_name(identity) {
            whole(&reach.name, name);
        }
        let mut said = false;
        let mut omitted = Vec::new();
        for ready in rows {
            let Some(row) = target.rows.get(ready.row) else {
                continue;
            };
            self.row((row, ready), at, &mut |sent| match sent.value {
                Some(value) => {
                    said = true;
                    body.set(&sent.slots, value, sent.claim, sent.around);
                }
                None => omitted.push((sent.slots, sent.around)),
            });
        }
        if !said && !is_main {
            return None;
        }
        for (slots, origin) in omitted {
            body.omit(&slots, origin);
        }
        for constant in &target.constants {
            let via = if constant.implied {
                Via::ServiceDefault
            } else {
                Via::ProviderDefault
            };
            let value = Value::new(Data::from(&constant.value), self.default(via, self.header));
            body.fill(&every(&constant.arm), &value);
        }
        Some(body.finish())
    }

    /// An origin for what nobody wrote, shown at the header around it.
    fn default(&mut self, via: Via, around: Origin) -> Origin {
        let span = self.origins.used_at(around);
        self.origins.add(Hop {
            span,
            via,
            from: None,
            points_to: None,
        })
    }

    /// Gives to `sink` what a row sends, once for each repeated block on its way.
    fn row<'r>(
        &mut self,
        says: (&'r Row, &'r Ready),
        at: &[usize],
        sink: &mut dyn FnMut(Sent<'r>),
    ) {
        let (row, ready) = says;
        let Some(lead) = row.lead() else { return };
        let within = if ready.in_each { at } else { &[] };
        let (args, schema) = (self.scene.args, self.scene.schema);
        each_reading(args, lead, schema, within, &mut |reading| {
            if let Some(sent) = self.send(says, lead, reading) {
                sink(sent);
            }
        });
    }

    /// What a row sends for one reading of its leading argument.
    fn send<'r>(
        &mut self,
        says: (&'r Row, &'r Ready),
        lead: &[Part],
        mut reading: Reading,
    ) -> Option<Sent<'r>> {
        let (row, ready) = says;
        let truth = row
            .when
            .as_ref()
            .map(|when| self.scene.holds(when, &reading.at));
        if matches!(truth, Some(Truth::No)) {
            return None;
        }
        let slots = self.slots((ready, lead), &reading);
        let written = match &reading.found {
            Found::Value(written) => Some(written.origin),
            Found::Empty(_) | Found::Absent { .. } | Found::Unknown(..) => None,
        };
        let Some((mut value, claim)) = self.value(says, lead, &mut reading) else {
            return Some(Sent {
                slots,
                value: None,
                claim: Claim::Default,
                around: written?,
            });
        };
        if let Some(Truth::Unknown(unknown, origin)) = truth {
            value = may_be_sent(value, &unknown, origin);
        }
        value.sensitive |= reading.sensitive;
        Some(Sent {
            slots,
            value: Some(value),
            claim,
            around: reading.around,
        })
    }

    /// The value for one reading, which gives its own up for it.
    fn value(
        &mut self,
        says: (&Row, &Ready),
        lead: &[Part],
        reading: &mut Reading,
    ) -> Option<(Value, Claim)> {
        let (row, ready) = says;
        let nothing = Found::Absent { in_block: false };
        match std::mem::replace(&mut reading.found, nothing) {
            found @ (Found::Value(_) | Found::Unknown(..)) => {
                let default = row.absent_in(self.scene.major);
                let sent = if let [_] = row.tf.as_slice() {
                    let value = typed_value(found, ready.types.first())?;
                    forward(row, std::slice::from_ref(&value), default)
                } else {
                    let values = self.arguments(says, lead, (found, &reading.at))?;
                    forward(row, &values, default)
                };
                Some((sent?, Claim::Written))
            }
            Found::Empty(list) if row.map.is_empty() => {
                Some((Value::list(Vec::new(), list.origin), Claim::Written))
            }
            Found::Empty(_) => None,
            Found::Absent { in_block } => {
                let sent = row.sent_for_absent(in_block, self.scene.major);
                // What is sent for each item cannot be sent where there is none.
                let stars = |parts: &[Part]| parts.iter().filter(|part| part.is_star()).count();
                let reached = stars(lead) == reading.at.len() || stars(&row.arm) == 0;
                let sent = sent.filter(|_| reached)?;
                let origin = self.default(Via::ProviderDefault, reading.around);
                Some((Value::new(Data::from(sent), origin), Claim::Default))
            }
        }
    }

    /// The values of all arguments of a row, as the schema types them; `None` when one is absent. The
    /// leading one was found already, at those positions.
    fn arguments(
        &self,
        (row, ready): (&Row, &Ready),
        lead: &[Part],
        (found, at): (Found, &[usize]),
    ) -> Option<Vec<Value>> {
        let values = row.tf.iter().enumerate().map(|(index, path)| {
            let found = if path == lead {
                found.clone()
            } else {
                let others = read(self.scene.args, path, self.scene.schema, at);
                others.into_iter().next()?.found
            };
            typed_value(found, ready.types.get(index))
        });
        values.collect()
    }

    /// The place in the body that a row speaks of for one reading.
    fn slots<'r>(&self, (ready, lead): (&'r Ready, &[Part]), reading: &Reading) -> Cow<'r, [Slot]> {
        if ready.repeated.is_empty() {
            return Cow::Borrowed(&ready.slots);
        }
        let mut slots = ready.slots.clone();
        let own = usize::from(ready.in_each);
        let mut positions = reading.at.iter().skip(own);
        for (place, end) in &ready.repeated {
            // Where the way ended at an unknown list, the list as a whole is meant.
            let Some(position) = positions.next() else {
                slots.truncate(*place);
                break;
            };
            match slots.get_mut(*place) {
                Some(Slot::Item((_, at)) | Slot::Where((_, at), ..)) => *at = *position,
                Some(slot) => *slot = self.keyed(lead.get(..*end).unwrap_or_default(), reading),
                None => {}
            }
        }
        Cow::Owned(slots)
    }

    /// The member that the `name` of the item at `path` names.
    fn keyed(&self, path: &[Part], reading: &Reading) -> Slot {
        let mut path = path.to_vec();
        path.push(Part::Name(Arc::from("name")));
        let named = read(self.scene.args, &path, self.scene.schema, &reading.at);
        match named.into_iter().next().map(|it| it.found) {
            Some(Found::Value(value)) => match value.as_str() {
                Some(name) => Slot::Name(Arc::from(name)),
                None => Slot::Nameless,
            },
            _ => Slot::Nameless,
        }
    }
}

/// What was found at an argument, as the schema types it; `None` when that is nothing.
fn typed_value(found: Found, ty: Option<&Option<String>>) -> Option<Value> {
    let value = match found {
        Found::Value(value) => value,
        Found::Unknown(unknown, origin) => Value::new(Data::Unknown(unknown), origin),
        Found::Empty(_) | Found::Absent { .. } => return None,
    };
    Some(match ty {
        Some(Some(ty)) => typed(value, ty),
        _ => value,
    })
}

/// The slots of a constant: all items of the lists on its way.
fn every(arm: &[Part]) -> Vec<Slot> {
    let slots = arm.iter().map(|part| match part {
        Part::Name(name) => Slot::Name(Arc::clone(name)),
        _ => Slot::Append,
    });
    slots.collect()
}

/// A value that is sent only if a condition holds that is not known.
fn may_be_sent(value: Value, condition: &Arc<Unknown>, origin: Origin) -> Value {
    if matches!(value.data, Data::Unknown(_)) {
        return value;
    }
    let mut unknown = super::convert::derive(condition, "when");
    unknown.not_null = false;
    unknown.term = None;
    unknown.ty = matches!(value.data, Data::Bool(_)).then_some(Type::Bool);
    unknown.domain = Some(vec![value, Value::null(origin)]);
    Value::unknown(unknown, origin)
}
