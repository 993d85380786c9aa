//! One file per group of commands.

pub(crate) mod authorize;
pub(crate) mod cards;
pub(crate) mod deferred;
pub(crate) mod due;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod ordering;
pub(crate) mod present;
pub(crate) mod receive;
pub(crate) mod renew;
pub(crate) mod resolve;
pub(crate) mod selecting;
pub(crate) mod status;
pub(crate) mod store;
