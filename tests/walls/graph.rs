//! Who imports whom, read from the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// A module, with its package first: `["crewscope_import", "forms", "otlp"]`.
pub type Module = Vec<String>;

/// What is read of a package.
#[derive(Default)]
pub struct Graph {
    /// Each module with the file that it stands in.
    pub modules: BTreeMap<Module, PathBuf>,
    /// Names that a module hands on (`pub use`), with where they come from.
    handed_on: BTreeMap<(Module, String), Module>,
    /// Paths that stand in a module, as they are written, but from the root.
    paths: Vec<(Module, Module)>,
}

impl Graph {
    /// Reads the modules of a package from its first file on.
    pub fn add(&mut self, package: &str, file: &Path) {
        self.read(vec![package.to_owned()], file);
    }

    fn read(&mut self, module: Module, file: &Path) {
        let text =
            fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.modules.insert(module.clone(), file.to_owned());
        let mut paths = Paths {
            within: module.clone(),
            found: Vec::new(),
            handed_on: Vec::new(),
        };
        paths.visit_file(&parsed);
        let Paths {
            found, handed_on, ..
        } = paths;
        self.paths
            .extend(found.into_iter().map(|path| (module.clone(), path)));
        for (name, path) in handed_on {
            self.handed_on.insert((module.clone(), name), path);
        }
        for item in &parsed.items {
            let syn::Item::Mod(inner) = item else {
                continue;
            };
            if inner.content.is_some() || is_test(&inner.attrs) {
                continue;
            }
            let name = inner.ident.to_string();
            let below = [module.clone(), vec![name.clone()]].concat();
            self.read(below, &file_of(file, &name, &inner.attrs));
        }
    }

    /// The module that a path leads to, through what modules on the way hand on. `None`: not one of ours.
    fn resolve(&self, path: &[String]) -> Option<&Module> {
        let mut path = path.to_vec();
        // No name is handed on more often than that.
        for _ in 0..8 {
            let (known, _) = (1..=path.len())
                .rev()
                .find_map(|len| self.modules.get_key_value(&path[..len]))?;
            let handed_on = path
                .get(known.len())
                .and_then(|name| self.handed_on.get(&(known.clone(), name.clone())));
            match handed_on {
                Some(from) if !from.starts_with(&path[..=known.len()]) => {
                    path = [from.clone(), path[known.len() + 1..].to_vec()].concat();
                }
                _ => return Some(known),
            }
        }
        None
    }

    /// All pairs of modules of which the first names something of the second.
    pub fn arrows(&self) -> BTreeSet<(&Module, &Module)> {
        let arrow = |(module, path): &'_ (Module, Module)| {
            let (from, _) = self.modules.get_key_value(module)?;
            let to = self.resolve(path)?;
            (from != to).then_some((from, to))
        };
        self.paths.iter().filter_map(arrow).collect()
    }
}

/// The file of `mod name;` in a file.
fn file_of(parent: &Path, name: &str, attributes: &[syn::Attribute]) -> PathBuf {
    let folder = parent.parent().unwrap_or(parent);
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("path"))
    {
        if let syn::Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(literal),
            ..
        }) = &attribute.meta
        {
            if let syn::Lit::Str(file) = &literal.lit {
                return folder.join(file.value());
            }
        }
    }
    let own = match parent.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") | None => folder.to_owned(),
        Some(stem) => folder.join(stem),
    };
    let file = own.join(format!("{name}.rs"));
    if file.is_file() {
        file
    } else {
        own.join(name).join("mod.rs")
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|word| word == "test")
    })
}

/// Collects the paths of a file that lead to modules.
struct Paths {
    within: Module,
    found: Vec<Module>,
    handed_on: Vec<(String, Module)>,
}

impl Paths {
    /// A path from the root of its package on; `None` for what begins with a name of this module or of a foreign package.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some([&self.within[..1], rest].concat()),
            "self" => Some([&self.within[..], rest].concat()),
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                let kept = self.within.len().checked_sub(up)?;
                Some([&self.within[..kept], &path[up..]].concat())
            }
            package if package.starts_with("crewscope") => Some(path.to_vec()),
            // A module of its own, named by its name alone.
            _ => Some([&self.within[..], path].concat()),
        }
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String], public: bool) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            syn::UseTree::Path(path) => {
                self.tree(&path.tree, &with(path.ident.to_string()), public)
            }
            syn::UseTree::Group(group) => group
                .items
                .iter()
                .for_each(|item| self.tree(item, before, public)),
            syn::UseTree::Glob(_) => self.found.extend(self.absolute(before)),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.keep(before, before.last().cloned(), public)
            }
            syn::UseTree::Name(name) => self.keep(
                &with(name.ident.to_string()),
                Some(name.ident.to_string()),
                public,
            ),
            syn::UseTree::Rename(name) => self.keep(
                &with(name.ident.to_string()),
                Some(name.rename.to_string()),
                public,
            ),
        }
    }

    fn keep(&mut self, path: &[String], name: Option<String>, public: bool) {
        let Some(path) = self.absolute(path) else {
            return;
        };
        if let Some(name) = name.filter(|_| public) {
            self.handed_on.push((name, path.clone()));
        }
        self.found.push(path);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, inner: &'ast syn::ItemMod) {
        if !is_test(&inner.attrs) {
            visit::visit_item_mod(self, inner);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(
            &item.tree,
            &[],
            !matches!(item.vis, syn::Visibility::Inherited),
        );
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        if parts.len() > 1 {
            self.found.extend(self.absolute(&parts));
        }
        visit::visit_path(self, path);
    }
}
