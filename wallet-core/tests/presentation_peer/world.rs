//! The peers, and what a test does with them.

use crate::holder::{Holder, disclosed};
use serde_json::Value;
use std::sync::{Arc, Mutex, Weak};
use wallet_core::WalletError;
use wallet_core::presentation::{Choice, Outcome};
use wallet_parties::peers::{NodePeer, PeerPki};

pub(crate) struct World {
    pub(crate) pki: PeerPki,
    issuer: NodePeer,
    verifier: NodePeer,
}

/// A request the peer made.
pub(crate) struct Asked {
    pub(crate) link: String,
    session: String,
}

impl World {
    /// The peers, shared by the tests that run at the same time; the last one ends them.
    pub(crate) fn start() -> Arc<Self> {
        static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let world = Arc::new(Self::begin());
            *shared = Arc::downgrade(&world);
            world
        })
    }

    fn begin() -> Self {
        let pki = PeerPki::generate().unwrap();
        let issuer = NodePeer::start("issuer.mjs", &pki).unwrap();
        let verifier = NodePeer::start("verifier.mjs", &pki).unwrap();
        Self {
            pki,
            issuer,
            verifier,
        }
    }

    /// A holder with one PID.
    pub(crate) fn holder(&self) -> Holder {
        let mut holder = Holder::trusting(self.pki.anchor_pem());
        let made = self
            .issuer
            .control("/control/offer?config=pid_sdjwt")
            .unwrap();
        holder.receive(
            "pid",
            made["offer"].as_str().unwrap(),
            self.pki.anchor_pem(),
        );
        holder
    }

    /// What becomes of an offer for the citizen card of this suite, with this fault.
    pub(crate) fn citizen(&self, suite: &str, fault: &str) -> Result<Holder, WalletError> {
        let issuers = self.issuer.control("/control/keys").unwrap();
        let config = format!(
            "citizen_{}",
            suite.trim_end_matches("-2023").replace('-', "_")
        );
        let offer = format!("/control/offer?config={config}&fault={fault}");
        let made = self.issuer.control(&offer).unwrap();
        let mut holder = Holder::trusting(self.pki.anchor_pem());
        let issuer = issuers[suite].as_str().unwrap();
        holder.receive_unbound("citizen", made["offer"].as_str().unwrap(), issuer)?;
        Ok(holder)
    }

    /// A holder with one degree as JWT.
    pub(crate) fn graduate(&self) -> Holder {
        let mut holder = Holder::trusting(self.pki.anchor_pem());
        let offer = "/control/offer?config=degree_jwt";
        let made = self.issuer.control(offer).unwrap();
        let offer = made["offer"].as_str().unwrap();
        holder.receive("degree", offer, self.pki.anchor_pem());
        holder
    }

    pub(crate) fn ask(&self, query: &str) -> Asked {
        Self::asked(
            &self
                .verifier
                .control(&format!("/control/request?{query}"))
                .unwrap(),
        )
    }

    pub(crate) fn ask_with(&self, options: &Value) -> Asked {
        Self::asked(
            &self
                .verifier
                .control_with("/control/request", options)
                .unwrap(),
        )
    }

    fn asked(made: &Value) -> Asked {
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Asked {
            link: text("uri"),
            session: text("session"),
        }
    }

    pub(crate) fn result(&self, asked: &Asked) -> Value {
        self.verifier
            .control(&format!("/control/result?session={}", asked.session))
            .unwrap()
    }

    /// Answers the request and gives what was shown, after the peer found nothing wrong.
    pub(crate) fn shown(&self, asked: &Asked, choices: &[Choice]) -> (Vec<String>, Value) {
        self.shown_by(self.holder(), asked, choices)
    }

    /// The same of another holder.
    pub(crate) fn shown_by(
        &self,
        holder: Holder,
        asked: &Asked,
        choices: &[Choice],
    ) -> (Vec<String>, Value) {
        let presented = holder.present(&asked.link, choices);
        let result = self.result(asked);
        assert_eq!(result["state"], "done", "{result:#}");
        let Outcome::Accepted { redirect_uri } = presented.outcome else {
            panic!("not accepted");
        };
        assert!(redirect_uri.unwrap().contains(&asked.session));
        (disclosed(&presented.showings), result)
    }
}
