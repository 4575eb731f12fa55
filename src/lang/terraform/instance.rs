//! Module instances: what their variables, local values, outputs and addresses are.

use std::sync::Arc;

use super::convert;
use super::eval::{Evaluation, Fault, Handle, Node, Outcome, Repeated, Slot};
use super::expansion::By;
use super::inputs::Input;
use super::module_instance::{Caller, Instance};
use super::modules::Source;
use super::scope::{InstanceId, Scope, Written};
use super::section::{Expression, Nested};
use super::types::Constraint;
use super::written::weaker;
use crate::model::{Address, Data, Entry, Origin, Type, Unknown, Value, Via, Why};
use crate::source::{NoticeKind, RelPath, Span};

/// Modules that call each other deeper than this are not followed.
const DEPTH: usize = 64;

/// More module instances than this are not made for one root module.
const INSTANCES: usize = 20_000;

/// What a variable's block demands.
struct Declaration<'t> {
    block: &'t Nested<'t>,
    constraint: Constraint,
    nullable: bool,
    sensitive: bool,
}

impl Declaration<'_> {
    /// Whether a text on the command line is the value itself: that of a variable of a primitive type, or
    /// without a stated one, is no expression.
    fn takes_text(&self) -> bool {
        match self.constraint.ty {
            Type::String | Type::Number | Type::Bool => true,
            Type::Any => self.block.body.value("type").is_none(),
            Type::List(_) | Type::Set(_) | Type::Map(_) | Type::Tuple(_) | Type::Object(_) => false,
        }
    }
}

impl<'t> Evaluation<'t> {
    /// `var.name` in a module instance.
    pub(super) fn variable(&mut self, module: InstanceId, name: &'t str, span: Span) -> Outcome {
        let declared = self.instance(module).module;
        let block = declared.variables.get(name).ok_or_else(|| {
            let message = format!("The variable `{name}` is not declared in this module.");
            Fault::at(span, message)
        })?;
        let node = Node::Variable(module, name);
        Ok(self.once(node, block.header, |this| {
            this.variable_value(module, name, block)
        }))
    }

    fn variable_value(
        &mut self,
        module: InstanceId,
        name: &'t str,
        block: &'t Nested<'t>,
    ) -> Outcome {
        let constraint = match block.body.value("type") {
            Some(expression) => self.constraint(expression)?,
            None => Constraint::any(),
        };
        let flag = |name: &str| block.body.value(name).and_then(Expression::as_bool);
        let declaration = Declaration {
            block,
            constraint,
            nullable: flag("nullable").unwrap_or(true),
            sensitive: flag("sensitive") == Some(true) || flag("ephemeral") == Some(true),
        };
        let given = match self.instance(module).caller {
            None => self.input(name, &declaration)?,
            Some(caller) => self.argument_of(caller, name),
        };
        let given = given.filter(|value| declaration.nullable || !value.is_null());
        let value = match given {
            Some(value) => value,
            None => match block.body.value("default") {
                Some(default) => {
                    let scope = Scope::none(Written::Configuration);
                    self.expression(default, &scope)?
                }
                None => self.missing_value(module, name, &declaration),
            },
        };
        let typed = self.conformed(&value, name, &declaration)?;
        Ok(typed.marked(declaration.sensitive))
    }

    /// The value given to a variable of the root module from outside.
    fn input(&mut self, name: &str, declaration: &Declaration<'t>) -> Outcome<Option<Value>> {
        let Some(input) = self.inputs.get(name).copied() else {
            return Ok(None);
        };
        let scope = Scope::none(input.written());
        let value = match input {
            Input::Line(expression) => self.expression(expression, &scope)?,
            Input::Argument(text, _) if declaration.takes_text() => {
                let origin = self.given_origin(&scope);
                convert::text(text, origin)
            }
            Input::Argument(_, tree) => {
                let expression = Expression::Hcl(tree.expression());
                self.expression(expression, &scope)?
            }
        };
        Ok(Some(value))
    }

    fn given_origin(&mut self, scope: &Scope<'_>) -> Origin {
        let nowhere = Span::at(crate::source::FileId(u32::MAX), 0);
        self.written_origin(nowhere, scope)
    }

    /// The argument of a module call.
    fn argument_of(&mut self, caller: Caller, name: &str) -> Option<Value> {
        let call = self.instance(caller.module).module.calls.get(caller.call)?;
        let argument = call.body.argument(name)?;
        let span = argument.value.span();
        let what = Repeated::Call(caller.call);
        let outcome = self.within(caller.module, what, caller.instance, |this, scope| {
            this.expression(argument.value, scope)
        });
        let mut value = self.settle(outcome, span);
        value.origin = self.origins.step(span, Via::ModuleArgument, value.origin);
        Some(value)
    }

    /// A variable that has neither a value nor a default.
    fn missing_value(
        &mut self,
        module: InstanceId,
        name: &str,
        declaration: &Declaration<'t>,
    ) -> Value {
        let header = declaration.block.header;
        let caller = self.instance(module).caller;
        let call = caller.and_then(|it| self.instance(it.module).module.calls.get(it.call));
        if let Some(call) = call {
            let message = format!("This module call gives no value to the variable `{name}`.");
            self.notice(NoticeKind::InvalidConfiguration, call.header, message);
            return self.unknown_at(Unknown::because(Why::Invalid), header);
        }
        let term = format!("var.{name}");
        let mut unknown = Unknown::because(Why::Input)
            .decided_by(term.as_str())
            .spelled(term);
        unknown.not_null = !declaration.nullable;
        if declaration.constraint.ty == Type::Bool {
            let origin = self.origins.computed(header);
            let truth = |it| Value::new(Data::Bool(it), origin);
            unknown.domain = Some(vec![truth(true), truth(false)]);
        }
        if declaration.constraint.ty != Type::Any {
            unknown.ty = Some(convert::without_optional(&declaration.constraint.ty));
        }
        self.unknown_at(unknown, header)
    }

    /// The value in the type of its variable.
    fn conformed(&self, value: &Value, name: &str, declaration: &Declaration<'t>) -> Outcome {
        let Constraint { ty, defaults } = &declaration.constraint;
        let filled = defaults.apply(value);
        convert::convert(&filled, ty).map_err(|error| {
            let span = self.origins.used_at(value.origin);
            let message = format!("This is no value for the variable `{name}`: {error}.");
            Fault::at(span.unwrap_or(declaration.block.header), message)
        })
    }

    /// `local.name` in a module instance.
    pub(super) fn local(&mut self, module: InstanceId, name: &'t str, span: Span) -> Outcome {
        let declared = self.instance(module).module;
        let expression = *declared.locals.get(name).ok_or_else(|| {
            let message = format!("The local value `{name}` is not declared in this module.");
            Fault::at(span, message)
        })?;
        let node = Node::Local(module, name);
        Ok(self.once(node, expression.span(), |this| {
            this.expression(expression, &Scope::module(module))
        }))
    }

    /// The output `name` of a module instance.
    pub(super) fn output(&mut self, module: InstanceId, name: &str, span: Span) -> Outcome {
        let declared = self.instance(module).module;
        let Some((name, block)) = declared.outputs.get_key_value(name) else {
            let message = format!("The module has no output named `{name}`.");
            return Err(Fault::at(span, message));
        };
        let Some(expression) = block.body.value("value") else {
            return Err(Fault::at(block.header, "An output needs a value."));
        };
        let sensitive = block.body.value("sensitive").and_then(Expression::as_bool) == Some(true);
        let value = self.once(Node::Output(module, name), expression.span(), |this| {
            this.expression(expression, &Scope::module(module))
        });
        Ok(value.marked(sensitive))
    }

    /// All outputs of a module instance as one object.
    pub(super) fn outputs(&mut self, module: InstanceId, span: Span) -> Outcome {
        let declared = self.instance(module).module;
        let mut entries = Vec::with_capacity(declared.outputs.len());
        for name in declared.outputs.keys() {
            entries.push(Entry {
                key: Arc::from(name.as_str()),
                value: self.output(module, name, span)?,
            });
        }
        let origin = self.origins.computed(span);
        Ok(Value::map(entries, origin))
    }

    /// The instances of the module that `call` calls; `None` when that module is not in view.
    pub(super) fn module_instances(
        &mut self,
        module: InstanceId,
        call: usize,
    ) -> Option<Arc<[InstanceId]>> {
        if let Some(known) = self.called.get(&(module, call)) {
            return Some(Arc::clone(known));
        }
        let instance = self.instance(module);
        let block = instance.module.calls.get(call)?;
        let path = self.path_of(module, block.label(0));
        let Source::Folder(folder) = self.called_folder(module, block, &path) else {
            return None;
        };
        let called = self.modules.get(&folder)?;
        let expansion = self.expansion(module, Repeated::Call(call));
        // Asking how often it stands may have asked for the instances already.
        if let Some(known) = self.called.get(&(module, call)) {
            return Some(Arc::clone(known));
        }
        if self.instances.len() + expansion.instances.len() > INSTANCES {
            self.limit(format!(
                "Only the first {INSTANCES} module instances are evaluated."
            ));
            return None;
        }
        let around = self.instance(module);
        let (prefix, existence) = (around.prefix.clone(), around.existence.clone());
        let repeated = around.repeated || expansion.by != By::Nothing;
        let mut ids = Vec::with_capacity(expansion.instances.len());
        for (index, one) in expansion.instances.iter().enumerate() {
            let key = one
                .key
                .as_ref()
                .map_or_else(String::new, ToString::to_string);
            ids.push(InstanceId(
                u32::try_from(self.instances.len()).unwrap_or(u32::MAX),
            ));
            self.instances.push(Instance {
                module: called,
                prefix: format!("{prefix}module.{}{key}.", block.label(0)),
                path: path.clone(),
                caller: Some(Caller {
                    module,
                    call,
                    instance: index,
                }),
                existence: weaker(existence.clone(), one.existence.clone()),
                repeated,
            });
        }
        let ids: Arc<[InstanceId]> = Arc::from(ids);
        self.called.insert((module, call), Arc::clone(&ids));
        Some(ids)
    }

    /// Where a call leads; a module that calls itself, directly or through others, leads nowhere.
    fn called_folder(&self, module: InstanceId, block: &Nested<'_>, path: &str) -> Source {
        let mut folder = self.folder_of(module);
        let source = self.folders.source(folder, block, path);
        let Source::Folder(target) = &source else {
            return source;
        };
        let mut at = module;
        for _ in 0..DEPTH {
            if folder == target {
                return Source::Unclear;
            }
            match self.instance(at).caller {
                Some(caller) => at = caller.module,
                None => return source,
            }
            folder = self.folder_of(at);
        }
        Source::Unclear
    }

    fn folder_of(&self, module: InstanceId) -> &'t RelPath {
        let declared = self.instance(module).module;
        declared.folder.as_ref().unwrap_or(self.root)
    }

    fn path_of(&self, module: InstanceId, name: &str) -> String {
        match self.instance(module).path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// Tells the user of a call whose module is not in view.
    pub(super) fn tell_missing(&mut self, module: InstanceId, call: usize) {
        let Some(block) = self.instance(module).module.calls.get(call) else {
            return;
        };
        let name = block.label(0);
        let path = self.path_of(module, name);
        let source = self.folders.source(self.folder_of(module), block, &path);
        let (kind, message) = match source {
            Source::Elsewhere(source) => (
                NoticeKind::MissingModule,
                format!(
                    "The module `{name}` is not in the workspace (`{source}`): its resources are not judged and its outputs are unknown. `terraform init` would download it."
                ),
            ),
            Source::Unclear => (
                NoticeKind::InvalidConfiguration,
                format!("The module `{name}` has no source that is a plain text."),
            ),
            Source::Folder(folder) if self.modules.contains_key(&folder) => (
                NoticeKind::InvalidConfiguration,
                format!("The module `{name}` calls itself, directly or through others."),
            ),
            Source::Folder(folder) => (
                NoticeKind::MissingModule,
                format!(
                    "The module `{name}` is not in the workspace: `{folder}` holds no configuration. Its outputs are unknown."
                ),
            ),
        };
        self.notice(kind, block.header, message);
    }

    /// What a call to a module that is not in view gives.
    pub(super) fn missing_module(&mut self, module: InstanceId, call: usize, span: Span) -> Value {
        let instance = self.instance(module);
        let name = instance.module.calls.get(call).map_or("", |it| it.label(0));
        let term = format!("{}module.{name}", instance.prefix);
        let unknown = Unknown::because(Why::MissingModule)
            .spelled(term)
            .not_null();
        self.unknown_at(unknown, span)
    }

    /// `path.name` in a module instance.
    pub(super) fn path(&mut self, module: InstanceId, name: &str, span: Span) -> Outcome {
        let origin = self.origins.computed(span);
        match name {
            "root" => Ok(Value::string(".", origin)),
            "module" => {
                let path = self.folder_of(module).relative_to(self.root);
                Ok(Value::string(path, origin))
            }
            "cwd" => {
                let unknown = Unknown::because(Why::Elsewhere)
                    .spelled("path.cwd")
                    .typed(Type::String)
                    .not_null();
                Ok(Value::unknown(unknown, origin))
            }
            _ => {
                let message = format!("`path` has no attribute named `{name}`.");
                Err(Fault::at(span, message))
            }
        }
    }

    /// The address of a resource instance.
    pub(super) fn address(&mut self, handle: Handle) -> Address {
        if let Some(known) = self.addresses.get(&handle) {
            return known.clone();
        }
        let what = Repeated::Resource(handle.block);
        let expansion = self.expansion(handle.module, what);
        let one = expansion.instances.get(handle.instance);
        let key = one
            .and_then(|one| one.key.as_ref())
            .map_or_else(String::new, ToString::to_string);
        let mut text = String::with_capacity(128);
        text.push_str(&self.instance(handle.module).prefix);
        if let Some(declared) = self.declared(handle.module, handle.block) {
            declared.spell_address(&mut text);
        }
        text.push_str(&key);
        let address = Address::new(text);
        self.handles.insert(Arc::clone(&address.0), handle);
        // While it is being found how often a block stands, its instances have no keys yet.
        let expansion = self.expansions.get(&(handle.module, what));
        if matches!(expansion, Some(Slot::Done(_))) {
            self.addresses.insert(handle, address.clone());
        }
        address
    }

    /// The major version of the provider of a resource; `None` means the newest.
    pub(super) fn provider_major_of(&self, handle: Handle) -> Option<u32> {
        let declared = self.declared(handle.module, handle.block)?;
        self.majors.of_kind(&declared.kind)
    }
}
