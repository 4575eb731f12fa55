//! `azurerm_*` types: a lens file says which argument stands for which ARM property.

use std::sync::Arc;

use super::azapi::full_name;
use super::body::{Body, Claim, Slot};
use super::convert::{forward, typed};
use super::identity;
use super::read::{Found, Reading, each_reading, read};
use super::schema::{Lens, Mirror, Part, Row, Target};
use super::table::{self, argument, names};
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
        let places = match &target.each {
            Some(block) => painter.blocks(block),
            None => vec![Vec::new()],
        };
        for at in places {
            let identity = match &main {
                None => identity::of_main(written, target, lens.merge, painter.origins),
                Some(main) => identity::of_more(written, target, main, &at),
            };
            main.get_or_insert_with(|| identity.clone());
            let Some(body) = painter.paint((target, &rows), &at, &identity, index == 0) else {
                continue;
            };
            let merges = if index == 0 {
                lens.merge
            } else {
                merges(&identity, main.as_ref())
            };
            fragments.push(Fragment {
                of: id,
                kind: reach.kind.clone(),
                api: reach.api.clone(),
                identity,
                body,
                coverage: Coverage::Paths(Arc::clone(&reach.coverage)),
                merges,
                implied: false,
            });
        }
    }
    let mirrored = mirrored(lens, &fragments);
    fragments.extend(mirrored);
    fragments
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
struct Sent {
    slots: Vec<Slot>,
    /// `None` when what is written there is not sent.
    value: Option<Value>,
    claim: Claim,
    /// The block around it; where nothing is sent, what is written instead.
    around: Origin,
}

impl Painter<'_> {
    /// The positions of the repeated block `name`.
    fn blocks(&self, name: &str) -> Vec<Vec<usize>> {
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
        (target, rows): (&Target, &[usize]),
        at: &[usize],
        identity: &Identity,
        is_main: bool,
    ) -> Option<Value> {
        let mut body = Body::new(self.header);
        let name = |text: &str| vec![Slot::Name(Arc::from(text))];
        let header = self.header;
        let mut whole =
            |key: &str, value: Value| body.set(&name(key), value, Claim::Written, header);
        whole("type", Value::string(target.arm.as_str(), header));
        if let Some(api) = target.api_in(self.scene.major) {
            whole("apiVersion", Value::string(api, header));
        }
        if let Some(name) = full_name(identity) {
            whole("name", name);
        }
        let mut said = false;
        let mut omitted = Vec::new();
        for row in rows.iter().filter_map(|row| target.rows.get(*row)) {
            self.row(
                row,
                at,
                target.each.as_deref(),
                &mut |sent| match sent.value {
                    Some(value) => {
                        said = true;
                        body.set(&sent.slots, value, sent.claim, sent.around);
                    }
                    None => omitted.push((sent.slots, sent.around)),
                },
            );
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

    /// Gives to `sink` what `row` sends, once for each repeated block on its way.
    fn row(&mut self, row: &Row, at: &[usize], each: Option<&str>, sink: &mut dyn FnMut(Sent)) {
        let Some(lead) = row.lead() else { return };
        let in_each = each.is_some_and(
            |each| matches!(lead, [Part::Name(name), Part::Each, ..] if **name == *each),
        );
        let within = if in_each { at } else { &[] };
        let skip = usize::from(in_each);
        let (args, schema) = (self.scene.args, self.scene.schema);
        each_reading(args, lead, schema, within, &mut |reading| {
            if let Some(sent) = self.send(row, lead, &reading, skip) {
                sink(sent);
            }
        });
    }

    /// What `row` sends for one reading of its leading argument. The first `skip` positions are those
    /// of the block that makes the whole resource.
    fn send(&mut self, row: &Row, lead: &[Part], reading: &Reading, skip: usize) -> Option<Sent> {
        let truth = row
            .when
            .as_ref()
            .map(|when| self.scene.holds(when, &reading.at));
        if matches!(truth, Some(Truth::No)) {
            return None;
        }
        let slots = self.slots(row, lead, reading, skip);
        let Some((mut value, claim)) = self.value(row, lead, reading) else {
            let Found::Value(written) = &reading.found else {
                return None;
            };
            return Some(Sent {
                slots,
                value: None,
                claim: Claim::Default,
                around: written.origin,
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

    fn value(&mut self, row: &Row, lead: &[Part], reading: &Reading) -> Option<(Value, Claim)> {
        let default = row.absent_in(self.scene.major);
        match &reading.found {
            Found::Value(_) | Found::Unknown(..) => {
                let sent = if let [only] = row.tf.as_slice() {
                    let value = self.typed_value(only, reading.found.clone())?;
                    forward(row, std::slice::from_ref(&value), default)
                } else {
                    forward(row, &self.arguments(row, lead, reading)?, default)
                };
                Some((sent?, Claim::Written))
            }
            Found::Empty(list) if row.map.is_empty() => {
                Some((Value::list(Vec::new(), list.origin), Claim::Written))
            }
            Found::Empty(_) => None,
            Found::Absent { in_block } => {
                let sent = row.sent_for_absent(*in_block, self.scene.major);
                // What is sent for each item cannot be sent where there is none.
                let stars = |parts: &[Part]| parts.iter().filter(|part| part.is_star()).count();
                let reached = stars(lead) == reading.at.len() || stars(&row.arm) == 0;
                let sent = sent.filter(|_| reached)?;
                let origin = self.default(Via::ProviderDefault, reading.around);
                Some((Value::new(Data::from(sent), origin), Claim::Default))
            }
        }
    }

    /// The values of all arguments of a row, as the schema types them; `None` when one is absent.
    fn arguments(&self, row: &Row, lead: &[Part], reading: &Reading) -> Option<Vec<Value>> {
        let values = row.tf.iter().map(|path| {
            let found = if path == lead {
                reading.found.clone()
            } else {
                let within = &reading.at;
                let others = read(self.scene.args, path, self.scene.schema, within);
                others.into_iter().next()?.found
            };
            self.typed_value(path, found)
        });
        values.collect()
    }

    /// What was found at `path`, as the schema types it; `None` when that is nothing.
    fn typed_value(&self, path: &[Part], found: Found) -> Option<Value> {
        let value = match found {
            Found::Value(value) => value,
            Found::Unknown(unknown, origin) => Value::new(Data::Unknown(unknown), origin),
            Found::Empty(_) | Found::Absent { .. } => return None,
        };
        let schema = self.scene.schema;
        let attribute = match path {
            [Part::Name(name)] => schema.and_then(|it| it.body.attributes.get(&**name)),
            _ => schema.and_then(|schema| schema.attribute(&names(path))),
        };
        Some(match attribute {
            Some(attribute) => typed(value, element_type(&attribute.ty, path)),
            None => value,
        })
    }

    /// The place in the body that a row speaks of for one reading.
    fn slots(&self, row: &Row, lead: &[Part], reading: &Reading, skip: usize) -> Vec<Slot> {
        let ends = star_ends(lead);
        let mut positions = reading.at.iter().copied().enumerate().skip(skip);
        let mut slots = Vec::with_capacity(row.arm.len());
        for part in &row.arm {
            let item = |index: Option<(usize, usize)>| {
                let (star, position) = index?;
                let block = lead.get(..*ends.get(star)?).map(argument)?;
                Some((block, position, star))
            };
            slots.push(match part {
                Part::Name(name) => Slot::Name(Arc::clone(name)),
                Part::At(index) => Slot::Item((String::new(), *index as usize)),
                Part::Append => Slot::Append,
                Part::Where(key, value) => {
                    let item = (format!("{key}={value}"), 0);
                    Slot::Where(item, Arc::from(key.as_str()), Arc::from(value.as_str()))
                }
                Part::Each | Part::Key | Part::EachWhere(..) => {
                    // Where the way ended at an unknown list, the list as a whole is meant.
                    let Some((block, position, star)) = item(positions.next()) else {
                        break;
                    };
                    match part {
                        Part::Key => self.keyed(lead, reading, star),
                        Part::EachWhere(key, value) => {
                            let item = (format!("{block}:{key}={value}"), position);
                            Slot::Where(item, Arc::from(key.as_str()), Arc::from(value.as_str()))
                        }
                        _ => Slot::Item((block, position)),
                    }
                }
            });
        }
        slots
    }

    /// The member that an item's `name` names.
    fn keyed(&self, lead: &[Part], reading: &Reading, star: usize) -> Slot {
        let end = star_ends(lead).get(star).copied().unwrap_or_default();
        let mut path = lead.get(..end).unwrap_or_default().to_vec();
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

/// The length of the path up to and with each of its `[*]`.
fn star_ends(path: &[Part]) -> Vec<usize> {
    let stars = path.iter().enumerate().filter(|(_, part)| part.is_star());
    stars.map(|(index, _)| index + 1).collect()
}

/// The slots of a constant: all items of the lists on its way.
fn every(arm: &[Part]) -> Vec<Slot> {
    let slots = arm.iter().map(|part| match part {
        Part::Name(name) => Slot::Name(Arc::clone(name)),
        _ => Slot::Append,
    });
    slots.collect()
}

/// The type of what a path names: the attribute's, or that of its elements.
fn element_type<'t>(ty: &'t str, path: &[Part]) -> &'t str {
    let inner = |prefix: &str| ty.strip_prefix(prefix).and_then(|it| it.strip_suffix(')'));
    match path.last() {
        Some(part) if part.is_star() => inner("list(").or_else(|| inner("set(")).unwrap_or(ty),
        _ => ty,
    }
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
