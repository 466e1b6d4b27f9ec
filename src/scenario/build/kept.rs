//! What a build leaves for the next one: the parts that no draw reaches are made once.
//!
//! Which parts those are is found, not declared: while a part is made, the scenario watches whether a number that draws
//! change is read ([`Watch`](crate::scenario::watch::Watch)).

use super::Builder;
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;

/// Parts by name; nothing for those that differ from draw to draw.
#[derive(Default)]
pub(super) struct Kept {
    parts: RefCell<HashMap<String, Option<Box<dyn Any + Send + Sync>>>>,
}

/// A part that is being made; what was read before it began.
pub(super) struct Making {
    outer: bool,
}

impl Builder<'_> {
    /// A part by a name of its own: the one made before if it still holds, else made now.
    pub(super) fn kept<T: Clone + Send + Sync + 'static>(&self, name: &str, make: impl FnOnce() -> T) -> T {
        self.recall(name).unwrap_or_else(|making| self.keep(name, &making, make()))
    }

    /// A part made before that still holds; else the note that it is being made, to be handed to [`Builder::keep`].
    pub(super) fn recall<T: Clone + 'static>(&self, name: &str) -> Result<T, Making> {
        let parts = self.kept.map(|kept| kept.parts.borrow());
        let known = parts.as_ref().and_then(|parts| parts.get(name)).and_then(Option::as_ref);
        match known.and_then(|part| part.downcast_ref::<T>()) {
            Some(part) => Ok(part.clone()),
            None => Err(Making { outer: self.scenario.watch().take() }),
        }
    }

    /// Keeps a part that was made, if no draw reaches it.
    pub(super) fn keep<T: Clone + Send + Sync + 'static>(&self, name: &str, making: &Making, part: T) -> T {
        let reached = self.reached(making);
        if let Some(kept) = self.kept {
            let mut parts = kept.parts.borrow_mut();
            if !parts.contains_key(name) {
                let steady = (!reached).then(|| Box::new(part.clone()) as Box<dyn Any + Send + Sync>);
                parts.insert(name.to_owned(), steady);
            }
        }
        part
    }

    /// A large part: that of the build before if no draw reaches it, else made again.
    pub(super) fn again<T>(&mut self, name: &str, old: Option<T>, make: impl FnOnce(&mut Self) -> T) -> T {
        let steady = self.kept.is_some_and(|kept| matches!(kept.parts.borrow().get(name), Some(Some(_))));
        if let Some(old) = old.filter(|_| steady) {
            old
        } else {
            let making = Making { outer: self.scenario.watch().take() };
            let part = make(self);
            self.keep(name, &making, ());
            part
        }
    }

    /// Says that the part being made rests on another one: draws that reach that one reach this one too.
    pub(super) fn rests_on(&self, name: &str) {
        if self.kept.is_some_and(|kept| matches!(kept.parts.borrow().get(name), Some(None))) {
            self.scenario.watch().note();
        }
    }

    fn reached(&self, making: &Making) -> bool {
        let reached = self.scenario.watch().take();
        if reached || making.outer {
            // The part that this one belongs to is reached as well.
            self.scenario.watch().note();
        }
        reached
    }
}
